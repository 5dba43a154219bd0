/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The layout of struct vmcs12, and what KVM does with the images of vmcs12s that L1 and
 * userspace keep, which have revisions of their own.
 */
#ifndef __KVM_X86_VMX_VMCS12_LAYOUT_H
#define __KVM_X86_VMX_VMCS12_LAYOUT_H

/* One of the generated structures is struct vmcs12: its name is made KVM's. */
#ifdef CONFIG_KVM_INTEL_VMCS12_EVMCS_FIRST
#define VMCS12_LAYOUT evmcs_first
#define vmcs12_evmcs_first vmcs12
#include "layouts/vmcs12/evmcs-first.h"
#else
#define VMCS12_LAYOUT linux_6_1
#define vmcs12_linux_6_1 vmcs12
#include "layouts/vmcs12/linux-6.1.h"
#endif

#include "layouts/vmcs_translate.h"

/* How images of one revision are handled; vmx.c holds one of these for each. */
struct vmcs12_ops {
	/* What the first word of an image is, but for the bit of a shadow VMCS. */
	u32 id;
	/* Bytes of an image that hold fields; userspace has to give no fewer. */
	u16 size;
	/* Where VMCLEAR finds the launch state in an image. */
	u16 launch_state;
	/* What IA32_VMX_VMCS_ENUM tells an L1. */
	u16 vmcs_enum;
	/* An image is a struct vmcs12. */
	bool in_place;
	/* Which fields an L1 with the revision finds, if KVM emulates them. */
	const u16 *map;
	/* Set struct vmcs12 to what an image has; returns what KVM can't emulate, or NULL. */
	const struct vmcs_loss *(*load)(struct vmcs12 *vmcs12, const void *image);
	/* Lay struct vmcs12 over an image; returns what that can't hold, or NULL. */
	const struct vmcs_loss *(*store)(void *image, const struct vmcs12 *vmcs12);
};

/* What images can have; vmcs12_revisions.h has the list. */
extern const struct vmcs12_ops vmcs12_linux_6_1_ops;
extern const struct vmcs12_ops vmcs12_rfc_2017_ops;
extern const struct vmcs12_ops vmcs12_evmcs_first_ops;
extern const struct vmcs12_ops * const vmcs12_revisions[];
extern const unsigned int nr_vmcs12_revisions;

/* The revision of a vCPU that is given no other. */
#define VMCS12_DEFAULT (&vmcs12_linux_6_1_ops)

/*
 * The field at an offset of struct vmcs12; natural width has 64 bits.  For lists of fields
 * that go by width, so that the branches are foreseen; vmcs_read() is for all others.
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
