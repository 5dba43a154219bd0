// SPDX-License-Identifier: GPL-2.0-only
/* The revision that a vCPU's VMCSs have: userspace asks which there are, and chooses. */
#include "revision.h"

#include "nested.h"
#include "vmx.h"
#include "layouts/vmcs12/linux-map.h"

static_assert(vmcs12_linux_id == VMCS12_REVISION);

/* A userspace that can't have the enlightened VMCS has no use for what begins with it. */
static bool is_known(const struct vmcs12_revision *revision)
{
	return !revision->begins_with_evmcs || vmx_nested_ops.enable_evmcs;
}

const struct vmcs12_revision *vmcs12_known(u64 id)
{
	for (unsigned int i = 0; i < nr_vmcs12_revisions; i++)
		if (vmcs12_revisions[i].id == id && is_known(&vmcs12_revisions[i]))
			return &vmcs12_revisions[i];
	return NULL;
}

int vmcs12_set_revision(struct kvm_vcpu *vcpu, u64 id)
{
	struct nested_vmx *nested = &to_vmx(vcpu)->nested;
	const struct vmcs12_revision *revision = vmcs12_known(id);

	if (!revision)
		return -EINVAL;
	if (revision != nested->revision &&
	    (vcpu->arch.last_vmentry_cpu != -1 || nested->vmxon || nested->smm.vmxon))
		return -EINVAL;
	nested->revision = revision;
	return 0;
}

int vmcs12_get_revisions(struct kvm_vmcs12_revisions __user *user)
{
	u32 __user *ids = user->ids;
	u32 room, count = 0;

	for (unsigned int i = 0; i < nr_vmcs12_revisions; i++)
		count += is_known(&vmcs12_revisions[i]);
	if (get_user(room, &user->nr) || put_user(count, &user->nr))
		return -EFAULT;
	if (room < count)
		return -E2BIG;
	for (unsigned int i = 0; i < nr_vmcs12_revisions; i++)
		if (is_known(&vmcs12_revisions[i]) &&
		    put_user(vmcs12_revisions[i].id, ids++))
			return -EFAULT;
	return 0;
}
