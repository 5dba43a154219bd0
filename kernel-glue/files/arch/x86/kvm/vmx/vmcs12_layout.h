/* SPDX-License-Identifier: GPL-2.0-only */
/* The layout of struct vmcs12, and the fields at its offsets. */
#ifndef __KVM_X86_VMX_VMCS12_LAYOUT_H
#define __KVM_X86_VMX_VMCS12_LAYOUT_H

#include <asm/vmx.h>

/* The generated headers assert that their encodings are those of asm/vmx.h. */
#define VMCS_LINUX_NAMES

/*
 * One of the generated structures is struct vmcs12: its name is made KVM's.  What guests keep in
 * memory, and userspace in saved state, has the layouts of the generated structures, packed and
 * with 64 bits for natural width: no member of them can ever move.
 */
#ifdef CONFIG_KVM_INTEL_VMCS12_EVMCS_FIRST
#define VMCS12_LAYOUT evmcs_first
#define vmcs12_evmcs_first vmcs12
#include "layouts/vmcs12/evmcs-first.h"
#else
#define VMCS12_LAYOUT linux_6_1
#define vmcs12_linux_6_1 vmcs12
#include "layouts/vmcs12/linux-6.1.h"
#endif

#define VMCS_REVISION VMCS12_LAYOUT
#include "layouts/vmcs12/accessors.h"

/*
 * The field at an offset of struct vmcs12; natural width has 64 bits.  For lists of fields
 * that go by width, where the CPU predicts the branches; vmcs_read() is for all others.
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

/* The same, to be @value, cut to the field's width. */
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
