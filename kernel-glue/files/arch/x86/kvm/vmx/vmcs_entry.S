/* SPDX-License-Identifier: GPL-2.0-only */
/* The VM-entry test's way into its guest, and the guest. */
#include <linux/init.h>
#include <linux/linkage.h>

#include <asm/ibt.h>
#include <asm/nospec-branch.h>

__INIT

/*
 * unsigned long vmcs_entry(u64 *rax, bool resume, u64 host_rsp_encoding)
 *
 * Enter the guest, which has all registers of the host but RSP, and changes only RAX.
 * Returns RFLAGS: an exit clears carry and zero, a failure sets one of them.  Behind both
 * is the same code, with the same stack.
 */
SYM_FUNC_START(vmcs_entry)
	vmwrite	%rsp, %rdx
	mov	(%rdi), %rax
	test	%sil, %sil
	jnz	.Lresume
	vmlaunch
	jmp	.Lentered
.Lresume:
	vmresume
.Lentered:
SYM_INNER_LABEL(vmcs_entry_exit, SYM_L_GLOBAL)
	ENDBR				/* only for objtool: an exit is no jump */
	mov	%rax, (%rdi)
	pushf
	pop	%rax
	RET
SYM_FUNC_END(vmcs_entry)

/* The guest: it counts in RAX, between instructions that exit. */
SYM_FUNC_START(vmcs_entry_guest)
	cpuid
	inc	%rax
	vmcall
	inc	%rax
	mov	%rax, %cr3
	inc	%rax
	out	%al, $0x80
	inc	%rax
	hlt
	jmp	vmcs_entry_guest
SYM_FUNC_END(vmcs_entry_guest)

__FINIT
