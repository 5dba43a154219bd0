/* SPDX-License-Identifier: GPL-2.0-only */
/* A VM entry, and the guest; see vmcs_entry_guest.h. */
#include <linux/linkage.h>
#include <linux/objtool.h>
#include <asm/unwind_hints.h>

	.text

/* int vmcs_entry_run(bool resume, unsigned long host_rsp) */
SYM_FUNC_START(vmcs_entry_run)
	push	%rbp
	push	%rbx
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	mov	$1, %eax
	vmwrite	%rsp, %rsi
	jbe	2f
	/* A VM exit comes back with this stack, by a way that objtool can't see. */
	UNWIND_HINT_SAVE
	test	%dil, %dil
	jnz	1f
	vmlaunch
	jmp	3f
1:	vmresume
3:	mov	$1, %eax
	jc	2f
	mov	$2, %eax
	jmp	2f
SYM_INNER_LABEL(vmcs_entry_exit, SYM_L_GLOBAL)
	UNWIND_HINT_RESTORE
	ENDBR
	xor	%eax, %eax
2:	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbx
	pop	%rbp
	RET
SYM_FUNC_END(vmcs_entry_run)

/* Each instruction exits; vmcs_entry_test.c has the list of what it has to see. */
SYM_FUNC_START(vmcs_entry_guest)
	cpuid
	vmcall
	mov	$0x80, %edx
	outb	%al, %dx
	mov	%cr3, %rax
	hlt
	RET
SYM_FUNC_END(vmcs_entry_guest)
