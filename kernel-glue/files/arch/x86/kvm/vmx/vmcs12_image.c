// SPDX-License-Identifier: GPL-2.0-only
/* Images of vmcs12s, in any revision, and struct vmcs12: see vmcs12_image.h. */
#include "vmcs12_image.h"

#include "nested.h"

#define CREATE_TRACE_POINTS
#include "vmcs12_trace.h"

const struct vmcs12_ops *vmcs12_known(u64 id)
{
	for (unsigned int i = 0; i < nr_vmcs12_revisions; i++)
		if (vmcs12_revisions[i]->id == id)
			return vmcs12_revisions[i];
	return NULL;
}

/* Load the image of a revision, which was read to @image; returns -EINVAL if it is refused. */
static int load(struct vmcs12 *vmcs12, void *image, const struct vmcs12_ops *ops)
{
	void *place = vmcs12_image(ops, vmcs12);
	const struct vmcs_loss *refused;

	if (place != image)
		memcpy(place, image, VMCS12_SIZE);
	refused = ops->load(vmcs12, place);
	if (!refused)
		return 0;
	trace_kvm_vmcs12_refused(ops->id, refused, true);
	return -EINVAL;
}

int vmcs12_stage(struct kvm_vcpu *vcpu, struct gfn_to_hva_cache *ghc, struct vmcs_hdr *hdr)
{
	struct vmcs12 *staged = to_vmx(vcpu)->nested.staged_vmcs12;
	void *image = vmcs12_image(vmcs12_own(vcpu), staged);
	const struct vmcs12_ops *ops;
	int r;

	r = kvm_read_guest_cached(vcpu->kvm, ghc, image, VMCS12_SIZE);
	if (r)
		return r;
	memcpy(hdr, image, sizeof(*hdr));
	ops = vmcs12_accepted(vcpu, hdr->revision_id);
	return ops ? load(staged, image, ops) : 0;
}

int vmcs12_stage_link(struct kvm_vcpu *vcpu, struct gfn_to_hva_cache *ghc,
		      struct vmcs12 *vmcs12, struct vmcs_hdr *hdr)
{
	if (nested_cpu_has_shadow_vmcs(vmcs12) && !vmcs12_fetched(vcpu, true))
		return vmcs12_stage(vcpu, ghc, hdr);
	return kvm_read_guest_offset_cached(vcpu->kvm, ghc, hdr, 0, sizeof(*hdr));
}

int vmcs12_fetch(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12, const void __user *from,
		 size_t room)
{
	const struct vmcs12_ops *own = vmcs12_own(vcpu), *ops;
	void *image = vmcs12_image(own, vmcs12);
	struct vmcs_hdr hdr;

	if (room < sizeof(hdr))
		return -ENODATA;
	if (copy_from_user(&hdr, from, sizeof(hdr)))
		return -EFAULT;
	ops = vmcs12_accepted(vcpu, hdr.revision_id);
	if (ops)
		memcpy(vmcs12, &hdr, sizeof(hdr));
	if (room < (ops ?: own)->size)
		return -ENODATA;
	if (!ops)
		return -EINVAL;
	memcpy(image, &hdr, sizeof(hdr));
	if (copy_from_user(image + sizeof(hdr), from + sizeof(hdr), ops->size - sizeof(hdr)))
		return -EFAULT;
	return load(vmcs12, image, ops);
}

int vmcs12_restore(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12, const void __user *from)
{
	struct vmcs12 *fetched = vmcs12_fetched(vcpu, vmcs12 == get_shadow_vmcs12(vcpu));
	const struct vmcs12_ops *own = vmcs12_own(vcpu);
	void *image = vmcs12_image(own, vmcs12);
	unsigned long left;

	if (fetched) {
		memcpy(vmcs12, fetched, VMCS12_CACHE_SIZE);
		return 0;
	}
	left = copy_from_user(image, from, own->size);
	/* One of the default revision is never refused; the others are fetched. */
	WARN_ON_ONCE(load(vmcs12, image, own));
	return left ? -EFAULT : 0;
}

void *vmcs12_store(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12)
{
	const struct vmcs12_ops *ops = vmcs12_ops(vcpu, vmcs12);
	void *image = vmcs12_image(ops, vmcs12);
	const struct vmcs_loss *refused = ops->store(image, vmcs12);

	if (WARN_ON_ONCE(refused))
		trace_kvm_vmcs12_refused(ops->id, refused, false);
	return image;
}

void vmcs12_clear(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12)
{
	const struct vmcs12_ops *own = vmcs12_own(vcpu);

	if (vmcs12_ops(vcpu, vmcs12) != own)
		memset(vmcs12, 0, VMCS12_CACHE_SIZE);
	memset(vmcs12_image(own, vmcs12), 0, own->size);
	if (!own->in_place)
		memset(vmcs12, 0, sizeof(*vmcs12));
}

u16 vmcs12_launch_state(struct kvm_vcpu *vcpu, gpa_t vmptr)
{
	const struct vmcs12_ops *own = vmcs12_own(vcpu), *ops = NULL;
	struct vmcs_hdr hdr;

	if (own != VMCS12_DEFAULT &&
	    !kvm_vcpu_read_guest(vcpu, vmptr, &hdr, sizeof(hdr)))
		ops = vmcs12_accepted(vcpu, hdr.revision_id);
	return (ops ?: own)->launch_state;
}
