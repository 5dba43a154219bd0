/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The two forms of a vmcs12 that a vCPU has loaded: struct vmcs12, which KVM works with,
 * and its image, the 4 KB that L1 and userspace know.  The image has a revision, which its
 * first word tells and nothing changes, and bytes that belong to no field; it goes back
 * as it came but for its fields.
 *
 * A vCPU has a revision, too, which IA32_VMX_BASIC tells.  One with the revision that all
 * have had since 2011 knows no other; one that was given another accepts images of
 * every revision.
 */
#ifndef __KVM_X86_VMX_VMCS12_IMAGE_H
#define __KVM_X86_VMX_VMCS12_IMAGE_H

#include <linux/kvm_host.h>

#include "vmcs12.h"
#include "vmcs12_fields.h"
#include "vmx.h"

/* Room for both forms; they are one where both have the same layout. */
#define VMCS12_CACHE_SIZE (2 * VMCS12_SIZE)

/* The revision with an id, or NULL. */
const struct vmcs12_ops *vmcs12_known(u64 id);

/*
 * Read an image from guest memory, once, into the staged vmcs12, and its header into @hdr.
 * Returns -EFAULT, or -EINVAL if KVM can't emulate what is in it; what has a header that
 * the vCPU does not accept is not looked into.
 */
int vmcs12_stage(struct kvm_vcpu *vcpu, struct gfn_to_hva_cache *ghc, struct vmcs_hdr *hdr);

/*
 * The same for the one that a vmcs12 links to.  Of one that is no shadow VMCS, or comes
 * with saved state, only the header is read.
 */
int vmcs12_stage_link(struct kvm_vcpu *vcpu, struct gfn_to_hva_cache *ghc,
		      struct vmcs12 *vmcs12, struct vmcs_hdr *hdr);

/*
 * Read an image of saved state, of which userspace has @room bytes, into @vmcs12, which is
 * zero.  Returns -EFAULT, -ENODATA if there are fewer bytes than its revision has, or
 * -EINVAL if the vCPU does not accept that, or KVM can't emulate what is in it.
 */
int vmcs12_fetch(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12, const void __user *from,
		 size_t room);

/*
 * Set one of the vCPU's two vmcs12s to that of saved state: to what was fetched before, else
 * to what userspace has.  Returns -EFAULT, and then what could be read is there.
 */
int vmcs12_restore(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12, const void __user *from);

/*
 * Lay @vmcs12 over its image, and return that.  It can hold all: what its revision lacks
 * is nowhere written, neither by L1, which finds no such field, nor from an eVMCS.
 */
void *vmcs12_store(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12);

/* Clear both forms, but for what is behind the fields of an image of the vCPU's revision. */
void vmcs12_clear(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12);

/* Where VMCLEAR finds the launch state in the image at @vmptr. */
u16 vmcs12_launch_state(struct kvm_vcpu *vcpu, gpa_t vmptr);

/* The vCPU's own revision. */
static inline const struct vmcs12_ops *vmcs12_own(struct kvm_vcpu *vcpu)
{
	return to_vmx(vcpu)->nested.vmcs12_ops;
}

/* The revision with an id, which is all of a word, or NULL if the vCPU does not accept it. */
static inline const struct vmcs12_ops *vmcs12_accepted(struct kvm_vcpu *vcpu, u32 id)
{
	const struct vmcs12_ops *own = vmcs12_own(vcpu);

	if (likely(id == own->id))
		return own;
	return own == VMCS12_DEFAULT ? NULL : vmcs12_known(id);
}

/* That of a vmcs12's image; what has no id that is accepted counts as the vCPU's own. */
static inline const struct vmcs12_ops *vmcs12_ops(struct kvm_vcpu *vcpu,
						  const struct vmcs12 *vmcs12)
{
	const struct vmcs12_ops *own = vmcs12_own(vcpu);

	if (likely(own == VMCS12_DEFAULT))
		return own;
	return vmcs12_accepted(vcpu, vmcs12->hdr.revision_id) ?: own;
}

/* Where the image of a revision is. */
static inline void *vmcs12_image(const struct vmcs12_ops *ops, struct vmcs12 *vmcs12)
{
	return ops->in_place ? vmcs12 : (void *)vmcs12 + VMCS12_SIZE;
}

/* Whether the vCPU's vmcs12 has to get its rarely synced fields from vmcs02 first. */
static inline bool vmcs12_stale(struct kvm_vcpu *vcpu)
{
	return to_vmx(vcpu)->nested.need_sync_vmcs02_to_vmcs12_rare;
}

/* What vmcs12_fetch() has read for one of the vCPU's two vmcs12s, or NULL. */
static inline struct vmcs12 *vmcs12_fetched(struct kvm_vcpu *vcpu, bool shadow)
{
	void *fetched = to_vmx(vcpu)->nested.fetched_vmcs12s;

	return fetched && shadow ? fetched + VMCS12_CACHE_SIZE : fetched;
}

/* Bytes of it, or of any that the vCPU may be given: userspace has to have no fewer. */
static inline size_t vmcs12_saved_size(struct kvm_vcpu *vcpu, bool shadow)
{
	const struct vmcs12 *fetched = vmcs12_fetched(vcpu, shadow);

	return fetched ? vmcs12_ops(vcpu, fetched)->size : vmcs12_own(vcpu)->size;
}

/* Let the vCPU have what was staged, instead of one of its two vmcs12s. */
static inline void vmcs12_commit(struct kvm_vcpu *vcpu, struct vmcs12 **vmcs12)
{
	swap(*vmcs12, to_vmx(vcpu)->nested.staged_vmcs12);
}

/* Where @vmcs12 has the field that an L1 means by @field: see vmcs12_end(). */
static inline unsigned int vmcs12_field_end(struct kvm_vcpu *vcpu, const struct vmcs12 *vmcs12,
					    unsigned long field)
{
	return vmcs12_end(vmcs12_ops(vcpu, vmcs12), field);
}

#endif /* __KVM_X86_VMX_VMCS12_IMAGE_H */
