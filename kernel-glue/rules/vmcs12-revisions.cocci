// SPDX-License-Identifier: GPL-2.0-only
// Each vCPU has a revision, and room for a vmcs12 that is not its own yet.
//
// in: arch/x86/kvm/vmx/vmx.[ch]
// match: member 1
// match: first 1 in __vmx_vcpu_reset

@member@
position p;
@@
  struct nested_vmx {@p
  ...
  gpa_t current_vmptr;
+ /* The revision that IA32_VMX_BASIC tells. */
+ const struct vmcs12_ops *vmcs12_ops;
+ /* What was read from guest memory, to become one of the cached ones. */
+ struct vmcs12 *staged_vmcs12;
+ /* While userspace sets the state: the two of it, if they were read before. */
+ void *fetched_vmcs12s;
  ...
  };

@first@
struct vcpu_vmx *vmx;
position p;
@@
  vmx->nested.vmxon_ptr =@p INVALID_GPA;
+ vmx->nested.vmcs12_ops = VMCS12_DEFAULT;
