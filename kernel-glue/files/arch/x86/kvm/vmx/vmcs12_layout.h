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

#include "layouts/vmcs_access.h"

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
	/* Where struct vmcs12 has a field of the revision; 0 if an L1 finds no such field. */
	unsigned int (*offset)(unsigned long field);
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

/* The field at an offset of struct vmcs12; natural width has 64 bits. */
static inline u64 vmcs12_read_any(const struct vmcs12 *vmcs12, unsigned long field, u16 offset)
{
	return vmcs_peek(vmcs12, offset, vmcs_bytes(field));
}

/* The same, to be @value, cut to the field's width. */
static inline void vmcs12_write_any(struct vmcs12 *vmcs12, unsigned long field, u16 offset,
				    u64 value)
{
	vmcs_poke(vmcs12, offset, vmcs_bytes(field), value);
}

#endif /* __KVM_X86_VMX_VMCS12_LAYOUT_H */
