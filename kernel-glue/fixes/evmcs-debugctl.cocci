// SPDX-License-Identifier: GPL-2.0-only
// KVM: nVMX: Copy IA32_DEBUGCTL back to the eVMCS at a nested VM-Exit
//
// If L1 asks for debug controls to be saved, vmcs12 has what L2 wrote to IA32_DEBUGCTL.
// copy_vmcs12_to_enlightened() does not copy it: an L1 that uses an eVMCS reads the value with which
// it entered L2, and overwrites L2's with that when it clears GUEST_GRP1 of the clean fields.
//
// Copy the field.  If L1 does not ask for it to be saved, vmcs12 still has what L1 wrote.
//
// The bug is as old as the eVMCS.
//
// in: arch/x86/kvm/vmx/nested.c
// match: copy 1 in copy_vmcs12_to_enlightened

@copy@
struct vmcs12 *vmcs12;
struct hv_enlightened_vmcs *evmcs;
position p;
@@
 evmcs->guest_dr7 =@p vmcs12->guest_dr7;
+ evmcs->guest_ia32_debugctl = vmcs12->guest_ia32_debugctl;
