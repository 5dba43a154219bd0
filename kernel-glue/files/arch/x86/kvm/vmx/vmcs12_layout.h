/* SPDX-License-Identifier: GPL-2.0-only */
/* The layout of struct vmcs12, and the fields at its offsets. */
#ifndef __KVM_X86_VMX_VMCS12_LAYOUT_H
#define __KVM_X86_VMX_VMCS12_LAYOUT_H

#include <asm/vmx.h>

/* The generated headers assert that their encodings are those of asm/vmx.h. */
#define VMCS_LINUX_NAMES

/*
 * The definition of struct vmcs12.  Guests keep the generated structures in memory, and userspace
 * in saved state: packed, with 64 bits for natural width.  No member may ever move.
 */
#ifdef CONFIG_KVM_INTEL_VMCS12_EVMCS_FIRST
#include "layouts/vmcs12/evmcs-first.h"
#include "layouts/vmcs12/evmcs-first-map.h"
#define VMCS12_WHOLE_MAP vmcs12_evmcs_first_map
#define VMCS12_WHOLE_HIGHEST_INDEX vmcs12_evmcs_first_highest_index
#else
#include "layouts/vmcs12/linux.h"
#include "layouts/vmcs12/linux-map.h"
#define VMCS12_WHOLE_MAP vmcs12_linux_map
#define VMCS12_WHOLE_HIGHEST_INDEX vmcs12_linux_highest_index
#endif

/* The fields that an L1 finds: all, or those that this CPU has, once vmcs12_exists.c has asked. */
#ifdef VMCS12_FIELDS_VARY
extern u16 vmcs12_map[VMCS_SLOTS];
extern unsigned int vmcs12_highest_index;
#define VMCS_MAP vmcs12_map
#define VMCS12_HIGHEST_INDEX vmcs12_highest_index
#else
#define VMCS_MAP VMCS12_WHOLE_MAP
#define VMCS12_HIGHEST_INDEX VMCS12_WHOLE_HIGHEST_INDEX
#endif

/* The end of a field; sparse distinguishes it from that of an eVMCS. */
typedef u16 __bitwise vmcs12_end_t;

/*
 * Access by encoding, for VMREAD and VMWRITE.  End 0 means that no vmcs12 has the field; for a vCPU
 * whose revision has fewer fields, use vmcs12_find_field_of().
 */
static __always_inline vmcs12_end_t vmcs12_find_field(u64 encoding);
static __always_inline u64 vmcs12_read_field(const struct vmcs12 *vmcs12, u64 encoding,
					     vmcs12_end_t end);
static __always_inline void vmcs12_write_field(struct vmcs12 *vmcs12, u64 encoding,
					       vmcs12_end_t end, u64 value);

#define VMCS_STRUCT	vmcs12
#define VMCS_END	vmcs12_end_t
#define VMCS_FIND	vmcs12_find_field
#define VMCS_READ	vmcs12_read_field
#define VMCS_WRITE	vmcs12_write_field
#include "layouts/vmcs_accessors.h"

/*
 * Read the field at an offset of struct vmcs12; natural width has 64 bits.  For lists of fields
 * ordered by width, where the CPU predicts the branches.
 */
static __always_inline u64 vmcs12_read_any(const struct vmcs12 *vmcs12, unsigned long field,
					   u16 offset)
{
	const u8 *place = (const u8 *)vmcs12 + offset;

	switch (VMCS_ENC_IS_HIGH(field) ? VMCS_ENC_WIDTH_32 : VMCS_ENC_WIDTH(field)) {
	case VMCS_ENC_WIDTH_16:
		return *(const u16 *)place;
	case VMCS_ENC_WIDTH_32:
		return *(const u32 *)place;
	default:
		return *(const u64 *)place;
	}
}

/* Write it: @value, cut to the field's width. */
static __always_inline void vmcs12_write_any(struct vmcs12 *vmcs12, unsigned long field,
					     u16 offset, u64 value)
{
	u8 *place = (u8 *)vmcs12 + offset;

	switch (VMCS_ENC_IS_HIGH(field) ? VMCS_ENC_WIDTH_32 : VMCS_ENC_WIDTH(field)) {
	case VMCS_ENC_WIDTH_16:
		*(u16 *)place = value;
		break;
	case VMCS_ENC_WIDTH_32:
		*(u32 *)place = value;
		break;
	default:
		*(u64 *)place = value;
		break;
	}
}

#endif /* __KVM_X86_VMX_VMCS12_LAYOUT_H */
