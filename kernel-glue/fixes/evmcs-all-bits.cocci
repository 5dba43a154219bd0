// SPDX-License-Identifier: GPL-2.0-only
// KVM: nVMX: Compare all bits of an encoding when looking into an eVMCS
//
// evmcs_field_offset() rotates the low 16 bits of its argument, and ignores the bits above.  If an
// eVMCS is active, L1's VMREAD of 0x1681e gives the guest's RIP, as that of 0x681e does, and not
// VMfail with error 12, "VMREAD/VMWRITE from/to unsupported VMCS component".
//
// Refuse what is no encoding, as get_vmcs12_field_offset() does.  KVM's own accesses to an eVMCS name
// their fields, so that the compiler drops the check.
//
// The bug is as old as L1's VMREAD from an eVMCS.
//
// in: evmcs_field_offset()
// match: bits 1 in evmcs_field_offset

@bits@
identifier encoding, clean, index, nr;
position p;
@@
evmcs_field_offset(unsigned long encoding, u16 *clean)
{
<...
- if (unlikely@p(index >= nr))
+ if (unlikely(encoding >> 15 || index >= nr))
 return -ENOENT;
...>
}
