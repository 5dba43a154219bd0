/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What runs in L1 and, a second copy, in L2.  It runs the commands that userspace has
 * left for it, one instruction each, notes what came of each, and asks for more by a
 * write to its port.  It is copied to a page of the guest and fits there together with
 * its stack; struct runner and struct command are its data.
 */
#include "runner.h"

	.section .rodata
	.globl	runner_begin, runner_start, runner_restart, runner_vm_exit, runner_vectors, runner_end
	.balign	8
runner_begin:
commands:
	.quad	0
count:
	.quad	0
port:
	.quad	0

/* Where L2 begins: what was left of an earlier L2's commands it forgets. */
runner_restart:
	movq	$0, count(%rip)
/* Where L1 begins, and each level goes on. */
runner_start:
	cmpq	$0, count(%rip)
	jne	1f
	movl	port(%rip), %edx
	outb	%al, %dx
	jmp	runner_start
1:	movq	commands(%rip), %rbx
	movq	COMMAND_OPERAND(%rbx), %r8
	movq	COMMAND_VALUE(%rbx), %r9
	leaq	operations(%rip), %rcx
	movq	COMMAND_OPERATION(%rbx), %rax
	movslq	(%rcx, %rax, 4), %rax
	addq	%rcx, %rax
	test	%rsp, %rsp		/* neither CF nor ZF */
	jmp	*%rax

	.balign	4
operations:				/* in the order of enum operation */
	.long	op_vmxon - operations
	.long	op_vmxoff - operations
	.long	op_vmclear - operations
	.long	op_vmptrld - operations
	.long	op_vmptrst - operations
	.long	op_vmread - operations
	.long	op_vmwrite - operations
	.long	op_vmlaunch - operations
	.long	op_vmresume - operations
	.long	op_vmcall - operations
	.long	op_cpuid - operations
	.long	op_rdmsr - operations
	.long	op_store - operations
	.long	op_vmxon_at - operations
	.long	op_vmclear_at - operations
	.long	op_vmptrld_at - operations
	.long	op_vmread_at - operations
	.long	op_vmwrite_at - operations
	.long	op_set_cr0 - operations
	.long	op_set_cr4 - operations
	.long	op_set_es - operations
	.long	op_wrmsr - operations

op_vmxon:
	vmxon	COMMAND_OPERAND(%rbx)
	jmp	finish
op_vmxoff:
	vmxoff
	jmp	finish
op_vmclear:
	vmclear	COMMAND_OPERAND(%rbx)
	jmp	finish
op_vmptrld:
	vmptrld	COMMAND_OPERAND(%rbx)
	jmp	finish
op_vmptrst:
	vmptrst	COMMAND_VALUE(%rbx)
	movq	COMMAND_VALUE(%rbx), %r9
	jmp	finish
op_vmread:
	vmread	%r8, %r9
	jmp	finish
op_vmwrite:
	vmwrite	%r9, %r8
	jmp	finish
op_vmlaunch:
	vmlaunch
	jmp	finish
op_vmresume:
	vmresume
	jmp	finish
op_vmcall:				/* L1 may have changed every register */
	vmcall
	movl	$0, %r9d
	jmp	finish
op_cpuid:
	movl	%r8d, %eax
	xorl	%ecx, %ecx
	cpuid
	xorl	%r9d, %r9d
	xorl	%eax, %eax
	jmp	store
op_rdmsr:
	movl	%r8d, %ecx
	rdmsr
	movl	%eax, %r9d
	shlq	$32, %rdx
	orq	%rdx, %r9
	xorl	%eax, %eax
	jmp	store

op_store:
	movq	%r9, (%r8)
	xorl	%eax, %eax
	jmp	store

/* The same with operands at an address that need not be mapped. */
op_vmxon_at:
	vmxon	(%r8)
	jmp	finish
op_vmclear_at:
	vmclear	(%r8)
	jmp	finish
op_vmptrld_at:
	vmptrld	(%r8)
	jmp	finish
op_vmread_at:
	vmread	%r8, (%r9)
	jmp	finish
op_vmwrite_at:
	vmwrite	(%r9), %r8
	jmp	finish
op_set_cr0:
	movq	%r8, %cr0
	xorl	%eax, %eax
	jmp	store
op_set_cr4:
	movq	%r8, %cr4
	xorl	%eax, %eax
	jmp	store
op_set_es:
	movl	%r8d, %es
	xorl	%eax, %eax
	jmp	store
op_wrmsr:
	movl	%r8d, %ecx
	movl	%r9d, %eax
	movq	%r9, %rdx
	shrq	$32, %rdx
	wrmsr
	xorl	%eax, %eax
	jmp	store

finish:
	pushfq
	popq	%rax
	andl	$(RESULT_CF | RESULT_ZF), %eax
store:
	movq	commands(%rip), %rbx
	movq	%rax, COMMAND_RESULT(%rbx)
	movq	%r9, COMMAND_VALUE(%rbx)
	addq	$COMMAND_SIZE, commands(%rip)
	decq	count(%rip)
	jmp	runner_start

/* A VM exit of L2 ends L1's command to enter it. */
runner_vm_exit:
	movl	$RESULT_VM_EXIT, %eax
	jmp	interrupted

/* An exception ends its command; the stub has left its vector on the stack. */
exception:
	popq	%rax
	orl	$RESULT_EXCEPTION, %eax
interrupted:
	leaq	runner_begin + 0x1000(%rip), %rsp
	xorl	%r9d, %r9d
	sti
	jmp	store

	.balign	RUNNER_VECTOR_SIZE
runner_vectors:
	.set	vector, 0
	.rept	RUNNER_VECTORS
	pushq	$vector
	jmp	exception
	.balign	RUNNER_VECTOR_SIZE
	.set	vector, vector + 1
	.endr
runner_end:

	.section .note.GNU-stack, "", @progbits
