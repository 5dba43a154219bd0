/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sync the fields of struct vmcs12 with the VMCSs of the CPU, and tell an L1 about their encodings.
 */
#ifndef __KVM_X86_VMX_VMCS12_FIELDS_H
#define __KVM_X86_VMX_VMCS12_FIELDS_H

#include "vmcs12.h"
#include "vmx.h"
#include "layouts/vmcs_sync.h"
#include "layouts/vmcs12/revisions.h"

/* What IA32_VMX_VMCS_ENUM tells an L1: the highest index of a field. */
#define VMCS12_VMCS_ENUM (VMCS12_HIGHEST_INDEX << VMCS_FIELD_INDEX_SHIFT)

/*
 * The end of a field in the vCPU's vmcs12; 0 if L1 finds none: images of its revision may lack
 * fields that struct vmcs12 has.
 */
static __always_inline vmcs12_end_t vmcs12_find_field_of(struct kvm_vcpu *vcpu, u64 encoding)
{
	vmcs12_end_t end = vmcs12_find_field(encoding);
#if defined(CONFIG_KVM_VMCS12_REVISIONS) && defined(VMCS12_SOME_LACK_FIELDS)
	const u16 *map = to_vmx(vcpu)->nested.revision->map;

	if (map && !vmcs_end(map, encoding))
		return 0;
#endif
	return end;
}

/* Whether the vCPU's vmcs12 must get its rarely synced fields from vmcs02 first. */
static inline bool vmcs12_stale(struct kvm_vcpu *vcpu)
{
	return to_vmx(vcpu)->nested.need_sync_vmcs02_to_vmcs12_rare;
}

#endif /* __KVM_X86_VMX_VMCS12_FIELDS_H */
