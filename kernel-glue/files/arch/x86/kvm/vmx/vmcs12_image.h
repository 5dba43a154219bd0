/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The two forms of a loaded vmcs12: struct vmcs12, which KVM works with, and its image, the 4 KB
 * that L1 and userspace know.  The image has the vCPU's revision; its bytes that belong to no field
 * stay as they are.  If that revision has the layout of struct vmcs12, the image is the struct
 * vmcs12; without CONFIG_KVM_VMCS12_REVISIONS it always is.
 */
#ifndef __KVM_X86_VMX_VMCS12_IMAGE_H
#define __KVM_X86_VMX_VMCS12_IMAGE_H

#include <linux/kvm_host.h>

#include "revision.h"
#include "vmcs12.h"
#include "vmx.h"

#ifdef CONFIG_KVM_VMCS12_REVISIONS

static inline const struct vmcs12_revision *vmcs12_revision(struct kvm_vcpu *vcpu)
{
	return to_vmx(vcpu)->nested.revision;
}

/* The only id that the vCPU's images may have. */
static inline u32 vmcs12_revision_id(struct kvm_vcpu *vcpu)
{
	return vmcs12_revision(vcpu)->id;
}

/* Bytes of an image that hold fields; userspace must give at least as many. */
static inline size_t vmcs12_image_size(struct kvm_vcpu *vcpu)
{
	return vmcs12_revision(vcpu)->size;
}

/* Where an image has the launch state. */
static inline size_t vmcs12_launch_state(struct kvm_vcpu *vcpu)
{
	return vmcs12_revision(vcpu)->launch_state;
}

/*
 * Whether VMPTRLD is of the current region, whose id has changed since.  The SDM says that it
 * fails; KVM never checked, and does not check with the default revision.
 */
static inline bool vmcs12_current_is_foreign(struct kvm_vcpu *vcpu, gpa_t vmptr)
{
	struct vmcs_hdr hdr;

	return vmptr == to_vmx(vcpu)->nested.current_vmptr &&
	       vmcs12_revision(vcpu) != VMCS12_DEFAULT &&
	       (kvm_read_guest(vcpu->kvm, vmptr, &hdr, sizeof(hdr)) ||
		hdr.revision_id != vmcs12_revision_id(vcpu));
}

/* Whether the vCPU's images are struct vmcs12s, so that nothing is translated. */
static inline bool vmcs12_in_place(struct kvm_vcpu *vcpu)
{
	return !vmcs12_revision(vcpu)->load;
}

/* Bytes of memory for a vmcs12 in both forms. */
static inline size_t vmcs12_cache_size(struct kvm_vcpu *vcpu)
{
	return vmcs12_in_place(vcpu) ? VMCS12_SIZE : 2 * VMCS12_SIZE;
}

static inline void *vmcs12_image(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12)
{
	return vmcs12_in_place(vcpu) ? vmcs12 : (void *)vmcs12 + VMCS12_SIZE;
}

/* Set @vmcs12 to what its image has. */
static inline void vmcs12_load(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12)
{
	if (!vmcs12_in_place(vcpu))
		vmcs12_revision(vcpu)->load(vmcs12, vmcs12_image(vcpu, vmcs12));
}

/* Store @vmcs12 into its image, and return that. */
static inline void *vmcs12_store(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12)
{
	void *image = vmcs12_image(vcpu, vmcs12);

	if (!vmcs12_in_place(vcpu))
		vmcs12_revision(vcpu)->store(image, vmcs12);
	return image;
}

/* Clear the fields of both forms. */
static inline void vmcs12_clear(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12)
{
	memset(vmcs12, 0, sizeof(*vmcs12));
	if (!vmcs12_in_place(vcpu))
		memset(vmcs12_image(vcpu, vmcs12), 0, vmcs12_image_size(vcpu));
}

/* A new vCPU has the default revision. */
static inline void vmcs12_init_revision(struct vcpu_vmx *vmx)
{
	vmx->nested.revision = VMCS12_DEFAULT;
}

#else

static inline u32 vmcs12_revision_id(struct kvm_vcpu *vcpu)
{
	return VMCS12_REVISION;
}

static inline size_t vmcs12_image_size(struct kvm_vcpu *vcpu)
{
	return sizeof(struct vmcs12);
}

static inline size_t vmcs12_launch_state(struct kvm_vcpu *vcpu)
{
	return offsetof(struct vmcs12, launch_state);
}

static inline bool vmcs12_current_is_foreign(struct kvm_vcpu *vcpu, gpa_t vmptr)
{
	return false;
}

static inline size_t vmcs12_cache_size(struct kvm_vcpu *vcpu)
{
	return VMCS12_SIZE;
}

static inline void *vmcs12_image(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12)
{
	return vmcs12;
}

static inline void vmcs12_load(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12)
{
}

static inline void *vmcs12_store(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12)
{
	return vmcs12;
}

static inline void vmcs12_clear(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12)
{
	memset(vmcs12, 0, sizeof(*vmcs12));
}

static inline void vmcs12_init_revision(struct vcpu_vmx *vmx)
{
}

#endif /* CONFIG_KVM_VMCS12_REVISIONS */

/*
 * Read @vmcs12 from guest memory.  Returns what kvm_read_guest_cached() does; after a failure, what
 * could be read is there, as ever.
 */
static inline int vmcs12_read_guest(struct kvm_vcpu *vcpu, struct gfn_to_hva_cache *ghc,
				    struct vmcs12 *vmcs12)
{
	int r = kvm_read_guest_cached(vcpu->kvm, ghc, vmcs12_image(vcpu, vmcs12), VMCS12_SIZE);

	vmcs12_load(vcpu, vmcs12);
	return r;
}

/* Read the fields of @vmcs12 from userspace.  Returns the bytes that could not be read. */
static inline unsigned long vmcs12_copy_from_user(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12,
						  const void __user *from)
{
	unsigned long left = copy_from_user(vmcs12_image(vcpu, vmcs12), from,
					    vmcs12_image_size(vcpu));

	vmcs12_load(vcpu, vmcs12);
	return left;
}

#endif /* __KVM_X86_VMX_VMCS12_IMAGE_H */
