/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The revisions of vmcs12 that KVM knows, and the one that a vCPU has: its VMCSs have the id
 * that its IA32_VMX_BASIC tells, and no other is accepted.
 */
#ifndef __KVM_X86_VMX_REVISION_H
#define __KVM_X86_VMX_REVISION_H

#include <linux/kvm_host.h>

#include "vmcs12.h"

#ifdef CONFIG_KVM_VMCS12_REVISIONS

/* What KVM has to know of a revision; vmx.c holds one of these for each. */
struct vmcs12_revision {
	/* The first word of an image, but for the bit of a shadow VMCS. */
	u32 id;
	/* Bytes of an image that hold fields; userspace has to give no fewer. */
	u16 size;
	/* Where VMCLEAR finds the launch state in an image. */
	u16 launch_state;
	/* An image is a struct vmcs12. */
	bool in_place;
	/* Its use is the enlightened VMCS: a KVM without that does not know it. */
	bool begins_with_evmcs;
	/* Set struct vmcs12 to what an image has; what KVM does not emulate is ignored. */
	void (*load)(struct vmcs12 *vmcs12, const void *image);
	/* Lay struct vmcs12 over an image, whose other bytes stay. */
	void (*store)(void *image, const struct vmcs12 *vmcs12);
};

extern const struct vmcs12_revision vmcs12_linux_6_1_revision;
extern const struct vmcs12_revision vmcs12_rfc_2017_revision;
extern const struct vmcs12_revision vmcs12_evmcs_first_revision;

/* The default one first. */
extern const struct vmcs12_revision * const vmcs12_revisions[];
extern const unsigned int nr_vmcs12_revisions;

/* The revision of a vCPU that is given no other. */
#define VMCS12_DEFAULT (&vmcs12_linux_6_1_revision)

/* The revision with an id, or NULL if KVM does not know it. */
const struct vmcs12_revision *vmcs12_known(u64 id);

/*
 * Give a vCPU the revision with this id.  Returns -EINVAL if KVM does not know it, if the
 * vCPU has run, as its guest may have read the id, or if it is in VMX operation.
 */
int vmcs12_set_revision(struct kvm_vcpu *vcpu, u64 id);

/* Tell userspace the ids of all revisions.  Returns -EFAULT, or -E2BIG if they are too many. */
int vmcs12_get_revisions(struct kvm_vmcs12_revisions __user *revisions);

#else

static inline int vmcs12_set_revision(struct kvm_vcpu *vcpu, u64 id)
{
	return id == VMCS12_REVISION ? 0 : -EINVAL;
}

#endif /* CONFIG_KVM_VMCS12_REVISIONS */

#endif /* __KVM_X86_VMX_REVISION_H */
