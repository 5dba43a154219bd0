// SPDX-License-Identifier: GPL-2.0-only
// Each vCPU knows how its images are handled, which have a revision of their own.
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
+ /* How the images of VMCSs are handled: they have the vCPU's revision. */
+ const struct vmcs12_ops *vmcs12_ops;
  ...
  };

@first@
struct vcpu_vmx *vmx;
position p;
@@
  vmx->nested.vmxon_ptr =@p INVALID_GPA;
+ vmx->nested.vmcs12_ops = &vmcs12_linux_6_1_ops;
