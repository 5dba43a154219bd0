// SPDX-License-Identifier: GPL-2.0-only
// The structure, its offsets, the look-up by encoding and the accessors come from the spec:
// vmcs12_layout.h brings them.
//
// in: struct vmcs12
// in: vmcs12_field_offsets[]
// in: arch/x86/kvm/vmx/vmx.c
// reads: struct vmcs_hdr
// reads: enum vmcs_field
// deletes: natural_width vmx_check_vmcs12_offsets get_vmcs12_field_offset vmcs12_read_any
// deletes: vmcs12_write_any vmcs12_field_offsets nr_vmcs12_fields CHECK_OFFSET
// deletes: VMCS12_OFFSET FIELD FIELD64 kvm_supported_vmcs12_field_offsets
// deletes: VMCS12_CASE64 cpu_has_vmcs12_field nested_vmx_setup_vmcs12_fields
// same: vmcs12 memory
// entries: FIELD memory
// offsets: vmx_check_vmcs12_offsets CHECK_OFFSET memory
// match: width 1
// match: structure 1
// match: assertion 1
// match: functions 4
// match: tables 2
// match: layout 1
// match: check 1

@width@
type T;
@@
- typedef T natural_width;

@structure@
position p;
@@
- struct vmcs12 {@p ... };

@assertion@
identifier member, offset;
expression e;
@@
- #define CHECK_OFFSET(member, offset) e

@functions@
identifier f = { vmx_check_vmcs12_offsets, get_vmcs12_field_offset, vmcs12_read_any,
		 vmcs12_write_any };
type T;
position p;
@@
- T f@p(...) { ... }

@tables@
identifier table = { vmcs12_field_offsets, nr_vmcs12_fields };
type T;
position p;
@@
(
- extern T table@p[];
|
- extern T table@p;
)

@layout depends on structure@
@@
  #include "vmcs.h"
+ #include "vmcs12_layout.h"

@check@
position p;
@@
- vmx_check_vmcs12_offsets@p();
