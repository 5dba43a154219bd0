/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Saved state.  A vCPU with another revision than the default one either takes it or stays as it
 * was: everything is read and checked, and all memory allocated, before vmx_set_nested_state()
 * changes anything.  With the default revision it can fail half-way, as ever.  Part of nested.c.
 */

/* Returns -EINVAL if KVM can't run L2 by @vmcs12; @run_pending: L1's VM entry is pending. */
static inline int nested_vmx_check_saved_vmcs12(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12,
						bool run_pending)
{
	enum vm_entry_failure_code ignored;

	if (nested_vmx_check_controls(vcpu, vmcs12) ||
	    nested_vmx_check_host_state(vcpu, vmcs12) ||
	    nested_vmx_check_guest_state(vcpu, vmcs12, run_pending, &ignored))
		return -EINVAL;
	return 0;
}

#ifdef CONFIG_KVM_VMCS12_REVISIONS

/* Memory for VMX operation; the vmcs12s hold the saved state. */
struct vmcs12_saved {
	struct loaded_vmcs vmcs02;
	struct vmcs *shadow_vmcs;
	struct vmcs12 *vmcs12;
	struct vmcs12 *shadow_vmcs12;
};

/* Whether vmcs12_fetch_saved() has accepted a state, and @saved has the memory for it. */
static bool vmcs12_is_fetched(const struct vmcs12_saved *saved)
{
	return saved->vmcs12;
}

static void vmcs12_free_saved(struct vmcs12_saved *saved)
{
	if (saved->shadow_vmcs)
		free_vmcs(saved->shadow_vmcs);
	kfree(saved->shadow_vmcs12);
	kfree(saved->vmcs12);
	free_loaded_vmcs(&saved->vmcs02);
}

static int vmcs12_alloc_saved(struct kvm_vcpu *vcpu, struct vmcs12_saved *saved)
{
	if (alloc_loaded_vmcs(&saved->vmcs02))
		return -ENOMEM;
	saved->vmcs12 = kzalloc(vmcs12_cache_size(vcpu), GFP_KERNEL_ACCOUNT);
	saved->shadow_vmcs12 = kzalloc(vmcs12_cache_size(vcpu), GFP_KERNEL_ACCOUNT);
	if (!saved->vmcs12 || !saved->shadow_vmcs12)
		return -ENOMEM;
	if (enable_shadow_vmcs) {
		saved->shadow_vmcs = alloc_vmcs(true);
		if (!saved->shadow_vmcs)
			return -ENOMEM;
		vmcs_clear(saved->shadow_vmcs);
	}
	return 0;
}

/*
 * Read one of the two vmcs12s of a state, for which userspace has @room bytes; also the bytes after
 * the fields, if they can be read.
 */
static int vmcs12_fetch(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12, const void __user *from,
			size_t room)
{
	size_t size = vmcs12_image_size(vcpu), rest;
	void *after = vmcs12_image(vcpu, vmcs12) + size;

	if (room < size)
		return -EINVAL;
	if (vmcs12_copy_from_user(vcpu, vmcs12, from))
		return -EFAULT;
	rest = min_t(size_t, room, VMCS12_SIZE) - size;
	if (copy_from_user(after, from + size, rest))
		memset(after, 0, rest);
	return vmcs12->hdr.revision_id == vmcs12_revision_id(vcpu) ? 0 : -EINVAL;
}

/* Whether the address of the vmcs12, and the flags, fit a state that has one, or has none. */
static bool vmcs12_pa_is_valid(struct kvm_vcpu *vcpu, const struct kvm_nested_state *state,
			       bool has_vmcs12)
{
	const struct kvm_vmx_nested_state_hdr *hdr = &state->hdr.vmx;

	if (!has_vmcs12)
		return hdr->vmcs12_pa == INVALID_GPA &&
		       !(state->flags & (KVM_STATE_NESTED_GUEST_MODE | KVM_STATE_NESTED_EVMCS));
	if (hdr->vmcs12_pa == INVALID_GPA)
		return state->flags & KVM_STATE_NESTED_EVMCS;
	return hdr->vmcs12_pa != hdr->vmxon_pa && page_address_valid(vcpu, hdr->vmcs12_pa);
}

/* Returns -EFAULT or -EINVAL if the vCPU can't be in guest mode with the fetched state. */
static int vmcs12_check_guest_mode(struct kvm_vcpu *vcpu, struct vmcs12_saved *saved, u16 flags,
				   const void __user *shadow, size_t room)
{
	struct vmcs12 *vmcs12 = saved->vmcs12;

	if (nested_cpu_has_shadow_vmcs(vmcs12) && vmcs12->vmcs_link_pointer != INVALID_GPA) {
		int r = vmcs12_fetch(vcpu, saved->shadow_vmcs12, shadow, room);

		if (r)
			return r;
		if (!saved->shadow_vmcs12->hdr.shadow_vmcs)
			return -EINVAL;
	}
	/* A new state has its own link; if that is bad, the cache is invalid afterwards. */
	to_vmx(vcpu)->nested.shadow_vmcs12_cache.gpa = INVALID_GPA;
	/*
	 * The checks use the vCPU's CR4.LA57; the value that L1 will have is temporarily installed.
	 */
	if (is_guest_mode(vcpu) &&
	    (kvm_read_cr4(vcpu) ^ get_vmcs12(vcpu)->host_cr4) & X86_CR4_LA57)
		return -EINVAL;
	if (nested_cr3_is_illegal(vcpu, vmcs12->guest_cr3))
		return -EINVAL;
	return nested_vmx_check_saved_vmcs12(vcpu, vmcs12, flags & KVM_STATE_NESTED_RUN_PENDING);
}

static int vmcs12_fetch_and_check(struct kvm_vcpu *vcpu, struct vmcs12_saved *saved,
				  const struct kvm_vmx_nested_state_data __user *user,
				  const struct kvm_nested_state *state)
{
	size_t room = state->size - sizeof(*state);
	bool has_vmcs12 = room >= vmcs12_image_size(vcpu);
	int r;

	if (!vmcs12_pa_is_valid(vcpu, state, has_vmcs12))
		return -EINVAL;
	if (!has_vmcs12)
		return 0;
	r = vmcs12_fetch(vcpu, saved->vmcs12, user->vmcs12, room);
	if (r || !(state->flags & KVM_STATE_NESTED_GUEST_MODE))
		return r;
	room = max_t(size_t, room, VMCS12_SIZE) - VMCS12_SIZE;
	return vmcs12_check_guest_mode(vcpu, saved, state->flags, user->shadow_vmcs12, room);
}

/*
 * Fetch a state whose header is valid.  Returns 0 if the vCPU can have it, else -EFAULT, -ENOMEM or
 * -EINVAL.  With the default revision it returns 0 and fetches nothing.
 */
static int vmcs12_fetch_saved(struct kvm_vcpu *vcpu, struct vmcs12_saved *saved,
			      const struct kvm_vmx_nested_state_data __user *user,
			      const struct kvm_nested_state *state)
{
	int r;

	memset(saved, 0, sizeof(*saved));
	if (vmcs12_revision(vcpu) == VMCS12_DEFAULT || state->hdr.vmx.vmxon_pa == INVALID_GPA)
		return 0;
	r = vmcs12_alloc_saved(vcpu, saved);
	if (!r)
		r = vmcs12_fetch_and_check(vcpu, saved, user, state);
	if (r)
		vmcs12_free_saved(saved);
	return r;
}

/* Enter VMX operation; with a fetched state use its memory, so it can't fail. */
static int vmcs12_enter_vmx_operation(struct kvm_vcpu *vcpu, const struct vmcs12_saved *saved)
{
	struct vcpu_vmx *vmx = to_vmx(vcpu);

	if (!vmcs12_is_fetched(saved))
		return enter_vmx_operation(vcpu);
	vmx->nested.vmcs02 = saved->vmcs02;
	vmx->nested.cached_vmcs12 = saved->vmcs12;
	vmx->nested.shadow_vmcs12_cache.gpa = INVALID_GPA;
	vmx->nested.cached_shadow_vmcs12 = saved->shadow_vmcs12;
	vmx->vmcs01.shadow_vmcs = saved->shadow_vmcs;
	init_vmx_operation(vcpu);
	return 0;
}

#else

struct vmcs12_saved {
};

static inline bool vmcs12_is_fetched(const struct vmcs12_saved *saved)
{
	return false;
}

static inline int vmcs12_fetch_saved(struct kvm_vcpu *vcpu, struct vmcs12_saved *saved,
				     const struct kvm_vmx_nested_state_data __user *user,
				     const struct kvm_nested_state *state)
{
	return 0;
}

static inline int vmcs12_enter_vmx_operation(struct kvm_vcpu *vcpu,
					     const struct vmcs12_saved *saved)
{
	return enter_vmx_operation(vcpu);
}

#endif /* CONFIG_KVM_VMCS12_REVISIONS */

/* Read one of the two vmcs12s, unless it was fetched.  Returns the bytes that are missing. */
static unsigned long read_saved(struct kvm_vcpu *vcpu, const struct vmcs12_saved *saved,
				struct vmcs12 *vmcs12, const void __user *from)
{
	if (vmcs12_is_fetched(saved))
		return 0;
	return vmcs12_copy_from_user(vcpu, vmcs12, from);
}
