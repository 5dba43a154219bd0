// SPDX-License-Identifier: GPL-2.0-only
/* The revision that a vCPU's VMCSs have: userspace asks which there are, and chooses. */
#include "revision.h"

#include "vmcs12_image.h"

int vmcs12_set_revision(struct kvm_vcpu *vcpu, u64 id)
{
	struct nested_vmx *nested = &to_vmx(vcpu)->nested;
	const struct vmcs12_ops *ops = vmcs12_known(id);

	if (!ops)
		return -EINVAL;
	if (ops != nested->vmcs12_ops) {
		if (nested->vmxon || nested->smm.vmxon)
			return -EBUSY;
		if (vcpu->arch.last_vmentry_cpu != -1)
			return -EINVAL;
	}
	nested->vmcs12_ops = ops;
	nested->msrs.basic = (nested->msrs.basic & ~GENMASK_ULL(30, 0)) | id;
	return 0;
}

int vmcs12_get_revisions(struct kvm_vmcs12_revisions __user *user)
{
	u32 room;

	if (get_user(room, &user->nr) || put_user(nr_vmcs12_revisions, &user->nr))
		return -EFAULT;
	if (room < nr_vmcs12_revisions)
		return -E2BIG;
	for (unsigned int i = 0; i < nr_vmcs12_revisions; i++)
		if (put_user(vmcs12_revisions[i]->id, &user->ids[i]))
			return -EFAULT;
	return 0;
}
