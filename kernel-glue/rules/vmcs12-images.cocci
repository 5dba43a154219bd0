// SPDX-License-Identifier: GPL-2.0-only
// struct vmcs12 need not be the image that L1 and userspace know: where one becomes the other,
// it is loaded and stored.  A vCPU accepts images with the id that its IA32_VMX_BASIC tells.
//
// in: arch/x86/kvm/vmx/nested.c
// match: header 1
// match: allocation 2 in enter_vmx_operation
// match: read 1 in handle_vmptrld
// match: read_shadow 1 in nested_cache_shadow_vmcs12
// match: flush 1 in nested_flush_cached_shadow_vmcs12
// match: release 1 in nested_release_vmcs12
// match: clear 1 in nested_vmx_handle_enlightened_vmptrld
// match: born 1 in nested_vmx_handle_enlightened_vmptrld
// match: accepted 6
// match: launch_state 1 in handle_vmclear
// match: get 1 in vmx_get_nested_state
// match: get_shadow 1 in vmx_get_nested_state

@header@
@@
  #include "vmx.h"
+ #include "vmcs12_image.h"

@allocation@
expression cache, flags;
position p;
@@
  cache = kzalloc@p(
- VMCS12_SIZE,
+ vmcs12_cache_size(vcpu),
  flags);

@read@
expression kvm, ghc;
struct vcpu_vmx *vmx;
position p;
@@
- kvm_read_guest_cached@p(kvm, ghc, vmx->nested.cached_vmcs12, VMCS12_SIZE)
+ vmcs12_read_guest(vcpu, ghc, vmx->nested.cached_vmcs12)

@read_shadow@
expression kvm, ghc;
position p;
@@
- kvm_read_guest_cached@p(kvm, ghc, get_shadow_vmcs12(vcpu), VMCS12_SIZE)
+ vmcs12_read_guest(vcpu, ghc, get_shadow_vmcs12(vcpu))

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

@born@
struct vmcs12 *cache;
position p;
@@
  cache->hdr.revision_id =@p
- VMCS12_REVISION
+ vmcs12_revision_id(vcpu)

@accepted@
expression id;
position p;
@@
  id@p !=
- VMCS12_REVISION
+ vmcs12_revision_id(vcpu)

@launch_state@
expression image;
position p;
@@
  image +
- offsetof@p(struct vmcs12, launch_state)
+ vmcs12_launch_state(vcpu)

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
