// SPDX-License-Identifier: GPL-2.0-only
// The selftests' own enlightened VMCS, and its accessors, which were a case for each field, also
// for the CR3-target values, which KVM has none of and no selftest accesses.
//
// in: struct hv_enlightened_vmcs below tools/testing/selftests/kvm/include/x86*
// reads: enum vmcs_field below tools/testing/selftests/kvm/include/x86*
// deletes: evmcs_vmread evmcs_vmwrite
// same: hv_enlightened_vmcs page
// cases: page evmcs_vmread evmcs_vmwrite CR3_TARGET_VALUE0 CR3_TARGET_VALUE1
// cases: CR3_TARGET_VALUE2 CR3_TARGET_VALUE3
// groups: HV_VMX_ENLIGHTENED_CLEAN_FIELD_
// match: structure 1
// match: groups @groups
// match: accessors 2
// match: layout 1

@structure@
position p;
@@
- struct hv_enlightened_vmcs {@p ... };

@groups@
identifier group =~ "^HV_VMX_ENLIGHTENED_CLEAN_FIELD_";
expression bits;
position p;
@@
- #define group@p bits

@accessors@
identifier f = { evmcs_vmread, evmcs_vmwrite };
type T;
position p;
@@
- T f@p(...) { ... }

@layout depends on structure@
@@
  #include "vmx.h"
+ #include "evmcs_layout.h"
