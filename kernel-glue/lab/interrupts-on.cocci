// SPDX-License-Identifier: GPL-2.0-only
//
// Start the selftests' vCPUs, and their L2, with interrupts on.
//
// Debian's Bochs keeps external interrupts masked after a VM entry with IF clear
// in host and guest, though the VMCS asks for exits on them.  A guest that spins
// with IF clear is then never interrupted, and vmx_preemption_timer_test and
// hyperv_ipi hang.  No test depends on IF: nothing sends their guests interrupts
// without setting it first.
//
// Matches once in the library's processor.c and once in its vmx.c.

@@
struct kvm_regs regs;
@@
(
- regs.rflags = regs.rflags | 0x2;
+ regs.rflags = regs.rflags | 0x202;
|
- regs.rflags = regs.rflags | X86_EFLAGS_FIXED;
+ regs.rflags = regs.rflags | X86_EFLAGS_FIXED | X86_EFLAGS_IF;
)

@@
@@
(
- vmwrite(GUEST_RFLAGS, 2);
+ vmwrite(GUEST_RFLAGS, 0x202);
|
- vmwrite(GUEST_RFLAGS, X86_EFLAGS_FIXED);
+ vmwrite(GUEST_RFLAGS, X86_EFLAGS_FIXED | X86_EFLAGS_IF);
)
