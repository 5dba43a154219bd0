// SPDX-License-Identifier: GPL-2.0-only
// struct vmcs12 need not have the layout of the image that L1 and userspace know: where one
// becomes the other, it is loaded and stored.
//
// in: arch/x86/kvm/vmx/nested.c
// match: allocation 2 in enter_vmx_operation
// match: read 2 in nested_cache_shadow_vmcs12 handle_vmptrld
// match: flush 1 in nested_flush_cached_shadow_vmcs12
// match: release 1 in nested_release_vmcs12
// match: clear 1 in nested_vmx_handle_enlightened_vmptrld
// match: launch_state 1 in handle_vmclear
// match: get 1 in vmx_get_nested_state
// match: get_shadow 1 in vmx_get_nested_state
// match: set 1 in vmx_set_nested_state
// match: set_shadow 1 in vmx_set_nested_state
// match: size 1 in vmx_set_nested_state
// match: size_shadow 1 in vmx_set_nested_state

@allocation@
position p;
@@
- kzalloc@p(VMCS12_SIZE,
+ kzalloc(VMCS12_CACHE_SIZE,
  ...)

@read@
expression kvm, ghc, cache;
position p;
@@
- kvm_read_guest_cached@p(kvm, ghc, cache, VMCS12_SIZE)
+ vmcs12_read_guest(vcpu, ghc, cache)

@flush@
expression kvm, ghc, cache;
position p;
@@
  kvm_write_guest_cached@p(kvm, ghc,
- cache,
+ vmcs12_store(vcpu, cache),
  VMCS12_SIZE)

@release@
expression gfn, cache;
position p;
@@
  kvm_vcpu_write_guest_page@p(vcpu, gfn,
- cache,
+ vmcs12_store(vcpu, cache),
  0, VMCS12_SIZE)

@clear@
struct vmcs12 *cache;
position p;
@@
- memset@p(cache, 0, sizeof(*cache))
+ vmcs12_clear(vcpu, cache)

@launch_state@
position p;
@@
- offsetof@p(struct vmcs12, launch_state)
+ vmcs12_ops(vcpu)->launch_state

@get@
struct kvm_vmx_nested_state_data *user;
struct vmcs12 *cache;
position p;
@@
  copy_to_user@p(user->vmcs12,
- cache,
+ vmcs12_store(vcpu, cache),
  VMCS12_SIZE)

@get_shadow@
struct kvm_vmx_nested_state_data *user;
position p;
@@
  copy_to_user@p(user->shadow_vmcs12,
- get_shadow_vmcs12(vcpu),
+ vmcs12_store(vcpu, get_shadow_vmcs12(vcpu)),
  VMCS12_SIZE)

@set@
struct vmcs12 *cache;
expression from;
position p;
@@
- if (copy_from_user@p(cache, from, sizeof(*cache)))
- 	return -EFAULT;
+ ret = vmcs12_copy_from_user(vcpu, cache, from);
+ if (ret)
+ 	return ret;

@set_shadow@
struct vmcs12 *shadow;
expression from;
identifier failed;
position p;
@@
- if (copy_from_user@p(shadow, from, sizeof(*shadow))) {
- 	ret = -EFAULT;
- 	goto failed;
- }
+ ret = vmcs12_copy_from_user(vcpu, shadow, from);
+ if (ret)
+ 	goto failed;
+ ret = -EINVAL;

@size@
struct vmcs12 *cache;
expression state;
position p;
@@
  state->size < sizeof(*state) +
- sizeof@p(*cache)
+ vmcs12_ops(vcpu)->size

@size_shadow@
struct vmcs12 *shadow;
expression state, user;
position p;
@@
  state->size < sizeof(*state) + sizeof(user->vmcs12) +
- sizeof@p(*shadow)
+ vmcs12_ops(vcpu)->size
