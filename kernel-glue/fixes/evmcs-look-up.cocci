// SPDX-License-Identifier: GPL-2.0-only
// KVM: VMX: Compare all bits of an encoding when looking into an eVMCS
//
// evmcs_field_offset() rotates its argument as 16 bits, and so ignores the bits above.  An L1 that
// executes VMREAD of 0x1681e while an eVMCS is active gets the guest's RIP, as for 0x681e, and no
// VMfail with error 12, "VMREAD/VMWRITE from/to unsupported VMCS component".  Refuse what is no
// encoding, as get_vmcs12_field_offset() does.
//
// The index comes from L1, and the table is read after a compare alone; clamp it, as the look-up
// into vmcs12 does, so that no memory behind the table is read speculatively.
//
// KVM does this since L1's VMREAD looks into an eVMCS.
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
+ index = array_index_nospec(index, nr);
...>
}
