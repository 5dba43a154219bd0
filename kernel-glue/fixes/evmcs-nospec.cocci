// SPDX-License-Identifier: GPL-2.0-only
// KVM: nVMX: Fix speculative out-of-bounds read when looking into an eVMCS
//
// L1's VMREAD chooses the index into vmcs_field_to_evmcs_1[] while an eVMCS is active.  The index is
// compared with the size of the table, and nothing keeps a CPU from reading behind the table before
// the compare is done.  What is read there is an offset into the eVMCS, which is read in turn.
//
// Clamp the index, as get_vmcs12_field_offset() does.  KVM's own accesses to an eVMCS, as a guest of
// Hyper-V, name their fields: leave those as they are, they are constants in hot paths.
//
// The bug is as old as L1's VMREAD from an eVMCS.
//
// in: evmcs_field_offset()
// match: clamp 1 in evmcs_field_offset

@clamp@
identifier encoding, clean, index, nr;
position p;
expression test;
@@
evmcs_field_offset(unsigned long encoding, u16 *clean)
{
<...
 if (unlikely@p(\(index >= nr\|test || index >= nr\)))
 return -ENOENT;
+ if (!__builtin_constant_p(encoding))
+ 	index = array_index_nospec(index, nr);
...>
}
