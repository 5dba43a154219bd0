/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The chain as L2 runs it; chain.c computes the same.  Each round ends with a mark to L0,
 * by its port, and one to L1.
 */
#include "chain.h"

	.section .rodata
	.globl	chain_begin, chain_next, chain_end
chain_begin:
	movabsq	$CHAIN_FACTOR, %r15
	movl	$CHAIN_DATA, %esi
	movabsq	$CHAIN_SEED, %rax
	xorl	%ebp, %ebp
	xorl	%ebx, %ebx		/* the lanes: rbx and r8 to r14 */
	.irp	lane, 8, 9, 10, 11, 12, 13, 14
	xorl	%r\lane\()d, %r\lane\()d
	.endr
	pxor	%xmm15, %xmm15
	movq	%rbp, %cr2
	movq	%rbp, %dr0
round:
	movl	$CHAIN_PASSES, %ecx
pass:
	xorl	%edi, %edi
word:
	xorq	(%rsi, %rdi, 8), %rax
	imulq	%r15, %rax
	addq	%rbx, %rax
	movq	%r8, %rbx
	movq	%r9, %r8
	movq	%r10, %r9
	movq	%r11, %r10
	movq	%r12, %r11
	movq	%r13, %r12
	movq	%r14, %r13
	movq	%rax, %r14
	movq	%rax, (%rsi, %rdi, 8)
	incl	%edi
	cmpl	$CHAIN_WORDS, %edi
	jne	word
	movq	%rax, %xmm0
	paddq	%xmm0, %xmm15
	decl	%ecx
	jnz	pass

	/* What is elsewhere goes into the hash, and that there. */
	movq	%xmm15, %rdx
	xorq	%rdx, %rax
	movq	%cr2, %rdx
	addq	%rdx, %rax
	movq	%rax, %cr2
	movq	%dr0, %rdx
	xorq	%rdx, %rax
	addq	%rbp, %rax
	movq	%rax, %dr0
	swapgs				/* to the first word, or the second */
	addq	%gs:0, %rax

	incq	%rbp
	movl	$2, %edx		/* L2's port */
	outb	%al, %dx
	pushq	%rax			/* L1 keeps no registers for L2, and uses these */
	pushq	%rbx
	pushq	%r8
	pushq	%r9
	vmcall
chain_next:
	popq	%r9
	popq	%r8
	popq	%rbx
	popq	%rax
	jmp	round
chain_end:

	.section .note.GNU-stack, "", @progbits
