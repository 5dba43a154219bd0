// SPDX-License-Identifier: GPL-2.0-only
// KVM: nVMX: Give L1 back what L2 wrote to IA32_DEBUGCTL, in an eVMCS, too
//
// If L1 asks for debug controls to be saved, KVM keeps what L2 writes to IA32_DEBUGCTL in vmcs12.
// copy_vmcs12_to_enlightened() does not copy the field: an L1 that uses an eVMCS reads its own
// value after the exit, and L2 loses its one when L1 marks GUEST_GRP1 as not clean.  Copy it.
//
// KVM does this since it keeps such writes in vmcs12.
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
