// SPDX-License-Identifier: GPL-2.0-only
// struct vmcs12 need not have the layout of the image that L1 and userspace know, and images
// can have other revisions than the vCPU: where one becomes the other, it is loaded and
// stored.  What is loaded was read once, and takes its place when all is checked.
//
// in: arch/x86/kvm/vmx/nested.c
// match: allocation 1 in enter_vmx_operation
// match: allocation_shadow 1 in enter_vmx_operation
// match: release_cache 2 in enter_vmx_operation free_nested
// match: read 1 in handle_vmptrld
// match: read_link 1 in nested_vmx_check_vmcs_link_ptr
// match: commit 1 in handle_vmptrld
// match: commit_shadow 1 in nested_cache_shadow_vmcs12
// match: flush 1 in nested_flush_cached_shadow_vmcs12
// match: release 1 in nested_release_vmcs12
// match: clear 1 in nested_vmx_handle_enlightened_vmptrld
// match: born 1 in nested_vmx_handle_enlightened_vmptrld
// match: evmcs 1 in nested_vmx_handle_enlightened_vmptrld
// match: launch_state 1 in handle_vmclear
// match: accepted 5 in handle_vmxon handle_vmptrld nested_vmx_check_vmcs_link_ptr vmx_set_nested_state
// match: get 1 in vmx_get_nested_state
// match: get_shadow 1 in vmx_get_nested_state
// match: set 2 in vmx_set_nested_state
// match: size 1 in vmx_set_nested_state
// match: size_shadow 1 in vmx_set_nested_state
// match: state 1

@allocation@
struct vcpu_vmx *vmx;
identifier failed, failed_next;
expression flags;
position p;
@@
  vmx->nested.cached_vmcs12 = kzalloc@p(
- VMCS12_SIZE,
+ VMCS12_CACHE_SIZE,
  flags);
  if (!vmx->nested.cached_vmcs12)
  	goto failed;
+
+ vmx->nested.staged_vmcs12 = kzalloc(VMCS12_CACHE_SIZE, flags);
+ if (!vmx->nested.staged_vmcs12)
+ 	goto failed_next;
  ...
  if (!vmx->nested.cached_shadow_vmcs12)
  	goto failed_next;

@allocation_shadow@
struct vcpu_vmx *vmx;
position p;
@@
  vmx->nested.cached_shadow_vmcs12 =
- kzalloc@p(VMCS12_SIZE,
+ kzalloc(VMCS12_CACHE_SIZE,
  ...);

@release_cache@
struct vcpu_vmx *vmx;
position p;
@@
  kfree@p(vmx->nested.cached_vmcs12);
+ kfree(vmx->nested.staged_vmcs12);

@read_link@
expression kvm, ghc;
struct vmcs_hdr hdr;
position p;
@@
- CC(kvm_read_guest_offset_cached@p(kvm, ghc, &hdr, offsetof(struct vmcs12, hdr), sizeof(hdr)))
+ CC(vmcs12_stage_link(vcpu, ghc, vmcs12, &hdr))

@read@
expression kvm, ghc;
struct vmcs_hdr hdr;
position p;
@@
- kvm_read_guest_offset_cached@p(kvm, ghc, &hdr, offsetof(struct vmcs12, hdr), sizeof(hdr))
+ vmcs12_stage(vcpu, ghc, &hdr)

@commit@
expression kvm, ghc;
struct vcpu_vmx *vmx;
position p;
@@
- if (kvm_read_guest_cached@p(kvm, ghc, vmx->nested.cached_vmcs12, VMCS12_SIZE)) { ... }
+ vmcs12_commit(vcpu, &vmx->nested.cached_vmcs12);

@commit_shadow@
expression kvm, ghc;
position p;
@@
- kvm_read_guest_cached@p(kvm, ghc, get_shadow_vmcs12(vcpu), VMCS12_SIZE);
+ vmcs12_commit(vcpu, &vmx->nested.cached_shadow_vmcs12);

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
+ vmcs12_own(vcpu)->id

@evmcs@
struct vcpu_vmx *vmx;
position p;
@@
  vmx->nested.hv_evmcs@p->revision_id !=
- VMCS12_REVISION
+ vmcs12_own(vcpu)->id

@accepted@
expression id;
position p;
@@
- id@p != VMCS12_REVISION
+ !vmcs12_accepted(vcpu, id)

@launch_state@
expression image;
position p;
@@
- image + offsetof@p(struct vmcs12, launch_state)
+ image + vmcs12_launch_state(vcpu, image)

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
- copy_from_user@p(cache, from, sizeof(*cache))
+ vmcs12_restore(vcpu, cache, from)

@size@
struct vmcs12 *cache;
expression state;
position p;
@@
  state->size < sizeof(*state) +
- sizeof@p(*cache)
+ vmcs12_saved_size(vcpu, false)

@size_shadow@
struct vmcs12 *shadow;
expression state, user;
position p;
@@
  state->size < sizeof(*state) + sizeof(user->vmcs12) +
- sizeof@p(*shadow)
+ vmcs12_saved_size(vcpu, true)

@state@
position p;
@@
+ #include "vmcs12_state.h"
+
  struct kvm_x86_nested_ops vmx_nested_ops = {
  ...,
- .set_state =@p vmx_set_nested_state,
+ .set_state = vmcs12_set_nested_state,
  ...,
  };
