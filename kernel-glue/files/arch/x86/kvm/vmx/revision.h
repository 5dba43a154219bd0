/* SPDX-License-Identifier: GPL-2.0-only */
/* The revision that a vCPU's VMCSs have, as userspace chooses it. */
#ifndef __KVM_X86_VMX_REVISION_H
#define __KVM_X86_VMX_REVISION_H

#include <linux/kvm_host.h>

/*
 * Give a vCPU the revision with this id.  Returns -EINVAL if there is none, or if the vCPU
 * has run, as its guest may have read the id, and -EBUSY in VMX operation.
 */
int vmcs12_set_revision(struct kvm_vcpu *vcpu, u64 id);

/* Tell userspace the ids of all revisions.  Returns -EFAULT, or -E2BIG if they are too many. */
int vmcs12_get_revisions(struct kvm_vmcs12_revisions __user *revisions);

#endif /* __KVM_X86_VMX_REVISION_H */
