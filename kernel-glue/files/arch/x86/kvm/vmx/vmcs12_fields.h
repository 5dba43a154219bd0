/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where struct vmcs12 has the fields that an L1 means by VMREAD and VMWRITE, and how they
 * are kept in step with the VMCSs that the CPU works on.
 */
#ifndef __KVM_X86_VMX_VMCS12_FIELDS_H
#define __KVM_X86_VMX_VMCS12_FIELDS_H

#include "vmcs12_layout.h"
#include "layouts/vmcs_sync.h"

/* VMCS12_DEFAULT has what KVM emulates: no L1 reaches a field that this one lacks. */
#define VMCS12_EMULATED linux_6_1
#include "layouts/vmcs12/linux-6.1-map.h"
#ifdef CONFIG_KVM_INTEL_VMCS12_EVMCS_FIRST
#include "layouts/vmcs12/evmcs-first-map.h"
#endif

/*
 * Where struct vmcs12 has a field, or its high half, of a revision: where it ends, as
 * vmcs_read() and vmcs_write() want it, or 0 if an L1 finds no such field.
 */
static __always_inline unsigned int vmcs12_end(const struct vmcs12_ops *ops, unsigned long field)
{
	if ((ops != VMCS12_DEFAULT && !vmcs_end(ops->map, field)) ||
	    !vmcs_end(VMCS_JOIN3(vmcs12_, VMCS12_EMULATED, _map), field))
		return 0;
	return vmcs_end(VMCS_JOIN3(vmcs12_, VMCS12_LAYOUT, _map), field);
}

#endif /* __KVM_X86_VMX_VMCS12_FIELDS_H */
