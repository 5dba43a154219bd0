// SPDX-License-Identifier: GPL-2.0-only
// The selftests' own enlightened VMCS, and its accessors, which were a case for each field.
//
// in: tools/testing/selftests/kvm/include/x86*/evmcs.h
// same: hv_enlightened_vmcs evmcs/linux-6.1
// values: HV_VMX_ENLIGHTENED_CLEAN_FIELD_ out/linux/evmcs/fields.h
// match: structure 1
// match: groups 18
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
