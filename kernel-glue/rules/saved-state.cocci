// SPDX-License-Identifier: GPL-2.0-only
// A saved state can be checked before the vCPU has any of it: the checks look at the vmcs12
// that they are given, not at the vCPU's, and vmx_set_nested_state() neither reads nor
// checks again what was fetched.
//
// passed: nested_vmx_check_controls nested_vmx_check_host_state nested_vmx_check_guest_state
// in: arch/x86/kvm/vmx/nested.[ch] arch/x86/kvm/vmx/vmx.c
// match: guest_cr0 1 in nested_guest_cr0_valid
// match: checked_cr0 1 in nested_vmx_check_guest_state
// match: written_cr0 1
// match: exits 1 in nested_exit_on_intr
// match: interrupt 1 in nested_vmx_check_apicv_controls
// match: acknowledge 1 in nested_vmx_check_apicv_controls
// match: guest_cr3 1 in nested_vmx_load_cr3
// match: pending 1 in nested_vmx_check_guest_state
// match: entered 1 in nested_vmx_enter_non_root_mode
// match: saved 1
// match: enter 1 in vmx_set_nested_state
// match: size 1 in vmx_set_nested_state
// match: size_shadow 1 in vmx_set_nested_state
// match: read 2 in vmx_set_nested_state
// match: checked+restored 1 in vmx_set_nested_state
// match: checked+rechecked 1

@guest_cr0@
identifier vcpu, value, vmcs12;
position p;
@@
  nested_guest_cr0_valid(struct kvm_vcpu *vcpu,
+ struct vmcs12 *vmcs12,
  unsigned long value)
  {
  ...
- struct vmcs12 *vmcs12 = get_vmcs12@p(vcpu);
  ...
  }

@checked_cr0@
expression vcpu;
struct vmcs12 *vmcs12;
position p;
@@
- nested_guest_cr0_valid@p(vcpu, vmcs12->guest_cr0)
+ nested_guest_cr0_valid(vcpu, vmcs12, vmcs12->guest_cr0)

@written_cr0@
expression vcpu, value;
position p;
@@
- return nested_guest_cr0_valid@p(vcpu, value);
+ return nested_guest_cr0_valid(vcpu, get_vmcs12(vcpu), value);

@exits@
typedef bool;
expression vcpu;
position p;
@@
+ static inline bool nested_cpu_has_intr_exiting(struct vmcs12 *vmcs12)
+ {
+ 	return vmcs12->pin_based_vm_exec_control & PIN_BASED_EXT_INTR_MASK;
+ }
+
  nested_exit_on_intr(...)
  {
- return get_vmcs12@p(vcpu)->pin_based_vm_exec_control & PIN_BASED_EXT_INTR_MASK;
+ return nested_cpu_has_intr_exiting(get_vmcs12(vcpu));
  }

@interrupt@
expression vcpu;
position p;
@@
  nested_vmx_check_apicv_controls(...)
  {
  <+...
- nested_exit_on_intr@p(vcpu)
+ nested_cpu_has_intr_exiting(vmcs12)
  ...+>
  }

@acknowledge@
expression vcpu;
position p;
@@
  nested_vmx_check_apicv_controls(...)
  {
  <+...
- nested_exit_intr_ack_set@p(vcpu)
+ (vmcs12->vm_exit_controls & VM_EXIT_ACK_INTR_ON_EXIT)
  ...+>
  }

@guest_cr3@
typedef bool;
identifier vcpu, cr3;
expression illegal;
position p;
@@
+ static bool nested_cr3_is_illegal(struct kvm_vcpu *vcpu, unsigned long cr3)
+ {
+ 	return illegal;
+ }
+
  nested_vmx_load_cr3(struct kvm_vcpu *vcpu, unsigned long cr3, ...)
  {
  if (CC@p(
- 	illegal
+ 	nested_cr3_is_illegal(vcpu, cr3)
  	)) { ... }
  ...
  }

@pending@
typedef bool;
identifier vcpu, vmcs12, code;
position p;
@@
  nested_vmx_check_guest_state(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12,
+ bool run_pending,
  enum vm_entry_failure_code *code)
  {
  <+...
(
- to_vmx(vcpu)->nested.nested_run_pending@p
+ run_pending
|
- vcpu->arch.nested_run_pending@p
+ run_pending
)
  ...+>
  }

@entered@
expression vcpu, vmcs12, code;
position p;
@@
  nested_vmx_enter_non_root_mode(...)
  {
  ...
  if (from_vmentry) {
  <+...
- nested_vmx_check_guest_state@p(vcpu, vmcs12, code)
+ nested_vmx_check_guest_state(vcpu, vmcs12, from_vmentry, code)
  ...+>
  }
  ...
  }

@saved@
position p;
@@
+ #include "vmcs12_saved.h"
+
  vmx_set_nested_state@p(...) { ... }

@enter@
expression vcpu;
position p;
@@
  vmx_set_nested_state(...)
  {
  <+...
- enter_vmx_operation@p(vcpu)
+ vmcs12_enter_vmx_operation(vcpu, &saved)
  ...+>
  }

@size@
struct vmcs12 *cache;
expression state;
position p;
@@
  state->size < sizeof(*state) +
- sizeof@p(*cache)
+ vmcs12_image_size(vcpu)

@size_shadow@
struct vmcs12 *shadow;
expression state, user;
position p;
@@
  state->size < sizeof(*state) + sizeof(user->vmcs12) +
- sizeof@p(*shadow)
+ vmcs12_image_size(vcpu)

@read@
struct vmcs12 *cache;
expression from;
position p;
@@
- copy_from_user@p(cache, from, sizeof(*cache))
+ read_saved(vcpu, &saved, cache, from)

@checked@
expression vcpu, vmcs12;
identifier ignored, failed;
position p;
@@
- if (nested_vmx_check_controls@p(vcpu, vmcs12) ||
-     nested_vmx_check_host_state(vcpu, vmcs12) ||
-     nested_vmx_check_guest_state(vcpu, vmcs12, &ignored))
+ if (!vmcs12_is_fetched(&saved) &&
+     nested_vmx_check_saved_vmcs12(vcpu, vmcs12, vmx->nested.nested_run_pending))
  	goto failed;

@restored@
expression vcpu;
identifier ret;
position p;
@@
- ret = nested_vmx_check_restored_vmcs12@p(vcpu);
+ ret = vmcs12_is_fetched(&saved) ? 0 : nested_vmx_check_restored_vmcs12(vcpu);

@rechecked depends on restored@
expression vcpu, vmcs12, code;
position p;
@@
  nested_vmx_check_restored_vmcs12(...)
  {
  <+...
- nested_vmx_check_guest_state@p(vcpu, vmcs12, code)
+ nested_vmx_check_guest_state(vcpu, vmcs12, vcpu->arch.nested_run_pending, code)
  ...+>
  }
