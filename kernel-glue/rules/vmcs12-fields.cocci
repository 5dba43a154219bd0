// SPDX-License-Identifier: GPL-2.0-only
// Which fields an L1 can VMREAD and VMWRITE is what its revision has, wherever struct vmcs12
// has them; and IA32_VMX_VMCS_ENUM tells the highest index of these.
//
// in: arch/x86/kvm/vmx/nested.c
// match: helpers 1
// match: access 2 in handle_vmread handle_vmwrite
// match: computed 1
// match: indices 1
// match: highest 1 in nested_vmx_setup_ctls_msrs

@helpers@
@@
  #include "vmx.h"
+ #include "vmcs12_image.h"

@access@
expression encoding;
position p;
@@
- get_vmcs12_field_offset@p(encoding)
+ vmcs12_field_offset(vcpu, vmcs12, encoding)

@computed@
type T;
identifier f = nested_vmx_calc_vmcs_enum_msr;
position p;
@@
- T f@p(...) { ... }

@indices@
typedef u16;
identifier index;
@@
- #define VMCS12_IDX_TO_ENC(index) ((u16)(((u16)(index) >> 6) | ((u16)(index) << 10)))

@highest@
position p;
@@
- nested_vmx_calc_vmcs_enum_msr@p()
+ VMCS12_DEFAULT->vmcs_enum
