/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The two forms of a vmcs12 that a vCPU has loaded: struct vmcs12, which KVM works with,
 * and its image, the 4 KB that L1 and userspace know.  The image is in the vCPU's
 * revision and holds bytes that belong to no field; they go back as they came.
 */
#ifndef __KVM_X86_VMX_VMCS12_IMAGE_H
#define __KVM_X86_VMX_VMCS12_IMAGE_H

#include <linux/kvm_host.h>

#include "vmcs12.h"
#include "vmx.h"

/* Room for both; they are one where both have the same layout. */
#define VMCS12_CACHE_SIZE (2 * VMCS12_SIZE)

static inline const struct vmcs12_ops *vmcs12_ops(struct kvm_vcpu *vcpu)
{
	return to_vmx(vcpu)->nested.vmcs12_ops;
}

static inline void *vmcs12_image(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12)
{
	return vmcs12_ops(vcpu)->in_place ? vmcs12 : (void *)vmcs12 + VMCS12_SIZE;
}

/* Set @vmcs12 to what its image has.  Returns -EINVAL if it can't hold that. */
static inline int vmcs12_load(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12)
{
	return vmcs12_ops(vcpu)->load(vmcs12, vmcs12_image(vcpu, vmcs12)) ? -EINVAL : 0;
}

/*
 * Lay @vmcs12 over its image, and return that.  It can hold all: what its revision lacks
 * is nowhere written, neither by L1, which has no such field, nor from an eVMCS.
 */
static inline void *vmcs12_store(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12)
{
	void *image = vmcs12_image(vcpu, vmcs12);

	WARN_ON_ONCE(vmcs12_ops(vcpu)->store(image, vmcs12));
	return image;
}

/* Clear both forms, but for what is behind the image's fields. */
static inline void vmcs12_clear(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12)
{
	memset(vmcs12_image(vcpu, vmcs12), 0, vmcs12_ops(vcpu)->size);
	if (!vmcs12_ops(vcpu)->in_place)
		memset(vmcs12, 0, sizeof(*vmcs12));
}

/* Load from guest memory.  Returns what the read does, or as vmcs12_load(). */
static inline int vmcs12_read_guest(struct kvm_vcpu *vcpu, struct gfn_to_hva_cache *ghc,
				    struct vmcs12 *vmcs12)
{
	int r = kvm_read_guest_cached(vcpu->kvm, ghc, vmcs12_image(vcpu, vmcs12), VMCS12_SIZE);

	return r ? r : vmcs12_load(vcpu, vmcs12);
}

/*
 * Load from saved state.  Returns -EFAULT, or as vmcs12_load().  What could be read is
 * loaded in any case: userspace sees it when it asks for the state again.
 */
static inline int vmcs12_copy_from_user(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12,
					const void __user *from)
{
	void *image = vmcs12_image(vcpu, vmcs12);
	unsigned long left = copy_from_user(image, from, vmcs12_ops(vcpu)->size);
	int r = vmcs12_load(vcpu, vmcs12);

	return left ? -EFAULT : r;
}

/* Where @vmcs12 has the field that an L1 means by @field; -ENOENT if L1 has no such field. */
static inline short vmcs12_field_offset(struct kvm_vcpu *vcpu, unsigned long field)
{
	return vmcs12_ops(vcpu)->offset(field) ?: -ENOENT;
}

#endif /* __KVM_X86_VMX_VMCS12_IMAGE_H */
