// SPDX-License-Identifier: GPL-2.0-only
// Where an L1's eVMCS has the field of a VMREAD comes from the spec.  Where a field ends in an eVMCS
// has another type than where it ends in a vmcs12.
//
// The variable of the offset goes with its last use: here or in vmcs12-fields.cocci.
//
// in: arch/x86/kvm/vmx/nested.c
// match: page 1 in handle_vmread
// match: gone 0 1 in handle_vmread

@page@
typedef u16;
expression encoding, evmcs;
identifier offset;
statement fail;
position p;
@@
  short offset;
+ evmcs_end_t evmcs_end;
  <+...
- offset = evmcs_field_offset@p(encoding, NULL);
- if (offset < 0)
+ /* An L1 may depend on this: KVM has always ignored the other bits here. */
+ evmcs_end = evmcs_find_field((u16)encoding);
+ if (!evmcs_end)
  	fail

  value =
- evmcs_read_any(evmcs, encoding, offset)
+ evmcs_read_field(evmcs, encoding, evmcs_end)
  ;
  ...+>

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
