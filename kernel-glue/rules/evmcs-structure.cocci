// SPDX-License-Identifier: GPL-2.0-only
// The enlightened VMCS and its clean fields come from the spec: whoever accesses them
// includes evmcs_layout.h.
//
// in: arch/x86/include/asm/hyperv-tlfs.h
// same: hv_enlightened_vmcs evmcs/linux-6.1
// values: HV_VMX_ENLIGHTENED_CLEAN_FIELD_ out/linux/evmcs/fields.h
// match: structure 1
// match: groups 18

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
