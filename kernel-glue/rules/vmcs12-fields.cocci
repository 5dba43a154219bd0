// SPDX-License-Identifier: GPL-2.0-only
// Which fields an L1 can VMREAD and VMWRITE, and where struct vmcs12 has them, comes from the
// spec; and so does the highest index of these, which IA32_VMX_VMCS_ENUM tells.  One look-up tells how
// a field is kept in step with the VMCSs that the CPU works on; what is true of most accesses
// is asked first.  A VMREAD of an eVMCS uses the variable of its field's offset, too, until
// evmcs-read.cocci: so that goes here or there, whichever comes last.
//
// in: arch/x86/kvm/vmx/nested.c
// reads: enum vmcs_field
// deletes: is_vmcs12_ext_field nested_vmx_calc_vmcs_enum_msr VMCS12_IDX_TO_ENC
// match: helpers 1
// rare: memory sync_vmcs02_to_vmcs12_rare is_vmcs12_ext_field GUEST_BNDCFGS
// match: read 1 in handle_vmread
// match: write 1 in handle_vmwrite
// match: dirty 1 in handle_vmwrite
// match: shadowed 0 2 in init_vmcs_shadow_fields
// match: gone 0 1 in handle_vmread
// match: rare 1
// match: computed 1
// match: indices 0 1
// match: highest 1 in nested_vmx_setup_ctls_msrs

@helpers@
@@
  #include "vmx.h"
+ #include "vmcs12_fields.h"

@read@
expression encoding;
identifier offset;
statement fail, sync;
position p;
@@
+ vmcs12_end_t end;
  short offset;
  <+...
- offset = get_vmcs12_field_offset@p(encoding);
- if (offset < 0)
+ end = vmcs12_find_field_of(vcpu, encoding);
+ if (!end)
  	fail

- if (!is_guest_mode(vcpu) && is_vmcs12_ext_field(encoding))
+ if (!is_guest_mode(vcpu) && vmcs12_stale(vcpu) && vmcs_sync(encoding) & VMCS_SYNC_RARE)
  	sync

  value =
- vmcs12_read_any(vmcs12, encoding, offset)
+ vmcs12_read_field(vmcs12, encoding, end)
  ;
  ...+>

@write@
expression encoding;
identifier offset;
statement fail, fail_read_only, sync;
position p;
@@
- short offset;
+ vmcs12_end_t end;
  ...
- offset = get_vmcs12_field_offset@p(encoding);
- if (offset < 0)
+ end = vmcs12_find_field_of(vcpu, encoding);
+ if (!end)
  	fail

- if (vmcs_field_readonly(encoding) &&
-     !nested_cpu_has_vmwrite_any_field(vcpu))
+ if (!nested_cpu_has_vmwrite_any_field(vcpu) &&
+     vmcs_field_readonly(encoding))
  	fail_read_only

- if (!is_guest_mode(vcpu) && !is_shadow_field_rw(encoding))
+ if (!is_guest_mode(vcpu) && vmcs12_stale(vcpu) && !(vmcs_sync(encoding) & VMCS_SYNC_RW))
  	sync
  ...
- vmcs12_write_any(vmcs12, encoding, offset, value);
+ vmcs12_write_field(vmcs12, encoding, end, value);
  ...

@dirty@
expression encoding, dirty;
statement update;
position p;
@@
  if (!is_guest_mode(vcpu)
- && !is_shadow_field_rw(encoding)
  ) {
- if (enable_shadow_vmcs && is_shadow_field_ro@p(encoding))
+ if (enable_shadow_vmcs && (vmcs_sync(encoding) & VMCS_SYNC_RO))
  	update
- dirty = true;
+ dirty |= !(vmcs_sync(encoding) & VMCS_SYNC_RW);
  }

@gone@
identifier f = handle_vmread;
identifier offset;
position p;
@@
  f(...)
  {
  ...
- short offset@p;
  ... when != offset
  }

@shadowed@
expression encoding;
position p;
@@
- get_vmcs12_field_offset@p(encoding) < 0
+ !vmcs12_find_field(encoding)

@rare@
type T;
identifier f = is_vmcs12_ext_field;
position p;
@@
- T f@p(...) { ... }

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
+ VMCS12_VMCS_ENUM
