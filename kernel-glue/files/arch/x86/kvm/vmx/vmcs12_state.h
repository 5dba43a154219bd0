/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Saved state for a vCPU with a revision of its own.  Part of nested.c: unlike
 * vmx_set_nested_state(), what is here refuses state before it changes anything.
 */

/* Whether KVM could enter @vmcs12, which for that is the vCPU's for a moment. */
static bool vmcs12_can_be_entered(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12)
{
	struct nested_vmx *nested = &to_vmx(vcpu)->nested;
	enum vm_entry_failure_code ignored;
	bool can;

	swap(nested->cached_vmcs12, vmcs12);
	can = !nested_vmx_check_controls(vcpu, nested->cached_vmcs12) &&
	      !nested_vmx_check_host_state(vcpu, nested->cached_vmcs12) &&
	      !nested_vmx_check_guest_state(vcpu, nested->cached_vmcs12, &ignored);
	swap(nested->cached_vmcs12, vmcs12);
	return can;
}

/*
 * Read the images that vmx_set_nested_state() is to load.  Returns -EFAULT, or -EINVAL if
 * the vCPU does not accept them, or KVM can't emulate or enter what they say.
 */
static int vmcs12_fetch_state(struct kvm_vcpu *vcpu, struct kvm_nested_state __user *user,
			      const struct kvm_nested_state *state)
{
	struct kvm_vmx_nested_state_data __user *data = &user->data.vmx[0];
	struct vmcs12 *vmcs12 = vmcs12_fetched(vcpu, false);
	struct vmcs12 *shadow = vmcs12_fetched(vcpu, true);
	const struct kvm_vmx_nested_state_hdr *hdr = &state->hdr.vmx;
	size_t room = state->size - sizeof(*state);
	bool has_pa = hdr->vmcs12_pa != INVALID_GPA;
	int r;

	if (hdr->vmxon_pa == INVALID_GPA)
		return 0;
	r = vmcs12_fetch(vcpu, vmcs12, data->vmcs12, room);
	if (r == -ENODATA)
		return has_pa || state->flags & (KVM_STATE_NESTED_GUEST_MODE |
						 KVM_STATE_NESTED_EVMCS) ? -EINVAL : 0;
	if (r)
		return r;
	if (has_pa ? hdr->vmcs12_pa == hdr->vmxon_pa || !page_address_valid(vcpu, hdr->vmcs12_pa)
		   : !(state->flags & KVM_STATE_NESTED_EVMCS))
		return -EINVAL;
	if (!(state->flags & KVM_STATE_NESTED_GUEST_MODE))
		return 0;

	if (nested_cpu_has_shadow_vmcs(vmcs12) && vmcs12->vmcs_link_pointer != INVALID_GPA) {
		if (room < sizeof(data->vmcs12))
			return -EINVAL;
		r = vmcs12_fetch(vcpu, shadow, data->shadow_vmcs12, room - sizeof(data->vmcs12));
		if (r)
			return r == -ENODATA ? -EINVAL : r;
		if (!shadow->hdr.shadow_vmcs)
			return -EINVAL;
	}
	return vmcs12_can_be_entered(vcpu, vmcs12) ? 0 : -EINVAL;
}

static int vmcs12_set_nested_state(struct kvm_vcpu *vcpu, struct kvm_nested_state __user *user,
				   struct kvm_nested_state *state)
{
	struct nested_vmx *nested = &to_vmx(vcpu)->nested;
	int r;

	if (vmcs12_own(vcpu) == VMCS12_DEFAULT)
		return vmx_set_nested_state(vcpu, user, state);

	nested->fetched_vmcs12s = kvzalloc(2 * VMCS12_CACHE_SIZE, GFP_KERNEL_ACCOUNT);
	if (!nested->fetched_vmcs12s)
		return -ENOMEM;
	r = vmcs12_fetch_state(vcpu, user, state);
	if (!r)
		r = vmx_set_nested_state(vcpu, user, state);
	kvfree(nested->fetched_vmcs12s);
	nested->fetched_vmcs12s = NULL;
	return r;
}
