// SPDX-License-Identifier: GPL-2.0-only
// The enlightened VMCS and its clean fields come from the spec: whoever accesses them
// includes evmcs_layout.h.
//
// in: struct hv_enlightened_vmcs
// same: hv_enlightened_vmcs page
// groups: HV_VMX_ENLIGHTENED_CLEAN_FIELD_
// match: structure 1
// match: groups @groups

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
