/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where struct vmcs12 has the fields that an L1 means by VMREAD and VMWRITE, and how they
 * are kept in step with the VMCSs that the CPU works on.
 */
#ifndef __KVM_X86_VMX_VMCS12_FIELDS_H
#define __KVM_X86_VMX_VMCS12_FIELDS_H

#include "vmcs12.h"
#include "vmx.h"
#include "layouts/vmcs_sync.h"

/* What IA32_VMX_VMCS_ENUM tells an L1: the highest index of a field. */
#define VMCS12_VMCS_ENUM (VMCS_JOIN3(vmcs12_, VMCS12_LAYOUT, _highest_index) << \
			  VMCS_FIELD_INDEX_SHIFT)

/*
 * Where struct vmcs12 has a field, or its high half: where it ends, as vmcs_read() and
 * vmcs_write() want it, or 0 if an L1 finds no such field.  All revisions have the same ones.
 */
static __always_inline unsigned int vmcs12_field_end(unsigned long field)
{
	return vmcs_end(VMCS_JOIN3(vmcs12_, VMCS12_LAYOUT, _map), field);
}

/* Whether the vCPU's vmcs12 has to get its rarely synced fields from vmcs02 first. */
static inline bool vmcs12_stale(struct kvm_vcpu *vcpu)
{
	return to_vmx(vcpu)->nested.need_sync_vmcs02_to_vmcs12_rare;
}

#endif /* __KVM_X86_VMX_VMCS12_FIELDS_H */
