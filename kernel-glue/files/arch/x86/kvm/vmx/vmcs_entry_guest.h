/* SPDX-License-Identifier: GPL-2.0-only */
/* What vmcs_entry_test.c can't say in C; see vmcs_entry_guest.S. */
#ifndef __KVM_X86_VMX_VMCS_ENTRY_GUEST_H
#define __KVM_X86_VMX_VMCS_ENTRY_GUEST_H

#include <linux/types.h>

/*
 * Enter the guest of the current VMCS, by VMRESUME or else by VMLAUNCH; @host_rsp is the
 * encoding of that field.  Returns 0 at a VM exit, 1 for VMfailInvalid and 2 for
 * VMfailValid.
 */
int vmcs_entry_run(bool resume, unsigned long host_rsp);

/* Where a VM exit has to lead to, and where the guest begins; neither is called. */
void vmcs_entry_exit(void);
void vmcs_entry_guest(void);

#endif /* __KVM_X86_VMX_VMCS_ENTRY_GUEST_H */
