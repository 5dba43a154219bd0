/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The revisions of vmcs12 that KVM knows, and the one of a vCPU: its IA32_VMX_BASIC has the id, and
 * VMCSs with any other id are refused.
 */
#ifndef __KVM_X86_VMX_REVISION_H
#define __KVM_X86_VMX_REVISION_H

#include <linux/kvm_host.h>

#include "vmcs12.h"
#include "layouts/vmcs12/revisions.h"

#ifdef CONFIG_KVM_VMCS12_REVISIONS

/* The default revision of a vCPU. */
#define VMCS12_DEFAULT (&vmcs12_revisions[0])

/* The revision with an id, or NULL if KVM does not know it. */
const struct vmcs12_revision *vmcs12_known(u64 id);

/*
 * Give a vCPU the revision with this id, and take away the controls that add fields which it
 * lacks.  Returns -EINVAL if KVM does not know the id; if the vCPU has run, since its guest may
 * have read the id; if it is in VMX operation; or if userspace has set a capability MSR to such a
 * control.
 */
int vmcs12_set_revision(struct kvm_vcpu *vcpu, u64 id);

/*
 * Note that userspace sets @msr, a capability MSR of a word of controls.  Returns -EINVAL if @data
 * has a control whose fields the vCPU's revision lacks.
 */
#ifdef VMCS12_SOME_LACK_FIELDS
int vmcs12_set_controls(struct kvm_vcpu *vcpu, u32 msr, u64 data);
#else
static inline int vmcs12_set_controls(struct kvm_vcpu *vcpu, u32 msr, u64 data)
{
	return 0;
}
#endif

/* Tell userspace the ids of all revisions.  Returns -EFAULT, or -E2BIG if they are too many. */
int vmcs12_get_revisions(struct kvm_vmcs12_revisions __user *revisions);

#else

static inline int vmcs12_set_revision(struct kvm_vcpu *vcpu, u64 id)
{
	return id == VMCS12_REVISION ? 0 : -EINVAL;
}

static inline int vmcs12_set_controls(struct kvm_vcpu *vcpu, u32 msr, u64 data)
{
	return 0;
}

#endif /* CONFIG_KVM_VMCS12_REVISIONS */

#endif /* __KVM_X86_VMX_REVISION_H */
