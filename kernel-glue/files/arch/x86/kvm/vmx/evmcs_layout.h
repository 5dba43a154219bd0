/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The enlightened VMCS of Hyper-V: its structure, where its fields are, and the copies
 * between it and struct vmcs12.
 */
#ifndef __KVM_X86_VMX_EVMCS_LAYOUT_H
#define __KVM_X86_VMX_EVMCS_LAYOUT_H

#include <linux/errno.h>

#include "vmcs12_layout.h"

#ifdef CONFIG_KVM_INTEL_VMCS12_EVMCS_FIRST
#include "layouts/vmcs12/evmcs-first-copies.h"
#else
#include "layouts/vmcs12/linux-copies.h"
#endif
#include "layouts/evmcs/linux-map.h"

/* The end of a field in an eVMCS; 0: it has no such field. */
typedef u16 __bitwise evmcs_end_t;

static __always_inline evmcs_end_t evmcs_find_field(u64 encoding);
static __always_inline u64 evmcs_read_field(const struct hv_enlightened_vmcs *evmcs, u64 encoding,
					    evmcs_end_t end);
/* The clean-field bits that a write of the field clears. */
static __always_inline u16 evmcs_clean_fields(u64 encoding);

#define VMCS_STRUCT	hv_enlightened_vmcs
#define VMCS_MAP	evmcs_linux_map
#define VMCS_GROUPS	evmcs_linux_groups
#define VMCS_END	evmcs_end_t
#define VMCS_FIND	evmcs_find_field
#define VMCS_READ	evmcs_read_field
#define VMCS_CLEAN	evmcs_clean_fields
#include "layouts/vmcs_accessors.h"

/*
 * Where the field begins in the current eVMCS of a KVM that is a guest of Hyper-V, and in
 * @clean_field, if not NULL, the clean-field bits that a write of it clears; -ENOENT if there is
 * no such field.  KVM takes 16 bits of an encoding for all of it here.
 */
static __always_inline int evmcs_field_offset(unsigned long field, u16 *clean_field)
{
	unsigned int offset = vmcs_offset(evmcs_linux_map, (u16)field);

	if (!offset)
		return -ENOENT;
	if (clean_field)
		*clean_field = evmcs_clean_fields((u16)field);
	return offset;
}

#endif /* __KVM_X86_VMX_EVMCS_LAYOUT_H */
