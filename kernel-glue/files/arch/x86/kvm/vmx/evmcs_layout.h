/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The enlightened VMCS of Hyper-V: its structure, where its fields are, and the copies
 * between it and struct vmcs12.
 */
#ifndef __KVM_X86_VMX_EVMCS_LAYOUT_H
#define __KVM_X86_VMX_EVMCS_LAYOUT_H

#include "vmcs12_layout.h"

/* The generated structure's name is made KVM's. */
#define hv_enlightened_vmcs_linux_6_1 hv_enlightened_vmcs
#include "layouts/evmcs/linux-6.1.h"
#include "layouts/evmcs/linux-6.1-copies.h"

#define VMCS_REVISION linux_6_1
#include "layouts/evmcs/accessors.h"

/*
 * Where the eVMCS has a field, and in @clean_field, if not NULL, the clean-field bits that
 * a write of it clears; -ENOENT if it has no such field.  KVM takes 16 bits of an
 * encoding for all of it here, and an L1 that reads an eVMCS by VMREAD may depend on that.
 */
static __always_inline int evmcs_field_offset(unsigned long field, u16 *clean_field)
{
	evmcs_linux_6_1_offset_t offset = evmcs_linux_6_1_offset((u16)field);

	if (!offset)
		return -ENOENT;
	if (clean_field)
		*clean_field = evmcs_linux_6_1_group((u16)field);
	return (__force u16)offset;
}

/* The field at an offset of the eVMCS; natural width has 64 bits. */
static __always_inline u64 evmcs_read_any(const struct hv_enlightened_vmcs *evmcs,
					  unsigned long field, u16 offset)
{
	return vmcs12_read_any((const void *)evmcs, field, offset);
}

/* Copy at a nested entry what is not marked as clean. */
static inline void evmcs_to_vmcs12(struct vmcs12 *vmcs12, const struct hv_enlightened_vmcs *evmcs,
				   u32 clean)
{
	VMCS_JOIN(evmcs_linux_6_1_to_vmcs12_, VMCS12_LAYOUT)(vmcs12, evmcs, clean);
}

/* Copy at a nested exit what the entry has changed. */
static inline void vmcs12_to_evmcs(struct hv_enlightened_vmcs *evmcs, const struct vmcs12 *vmcs12)
{
	VMCS_JOIN3(vmcs12_, VMCS12_LAYOUT, _to_evmcs_linux_6_1)(evmcs, vmcs12);
}

#endif /* __KVM_X86_VMX_EVMCS_LAYOUT_H */
