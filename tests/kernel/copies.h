/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Copies from the page of an eVMCS to that of a vmcs12 at a nested entry, but for what
 * the guest says is clean, and back at an exit: by the kernel's routines and by ours.
 */
#ifndef TESTS_KERNEL_COPIES_H
#define TESTS_KERNEL_COPIES_H

enum { EVMCS_BYTES = 1024, VMCS12_BYTES = 4096 };

/* What the kernel's routines write of the vCPU, outside the pages. */
enum {
	RECALC_MSR_BITMAP = 1,		/* the flag that asks for it */
	TAKE_IDS = 2,			/* the assist page's address, and the ids of VM and vCPU */
	ANYTHING_ELSE = 4,
};

unsigned int kernel_enter(void *vmcs12, void *evmcs, unsigned int clean_fields);
unsigned int kernel_leave(void *evmcs, void *vmcs12);
void our_enter(void *vmcs12, void *evmcs, unsigned int clean_fields);
void our_leave(void *evmcs, void *vmcs12);

/* The members of the kernel's eVMCS; the last has no name. */
extern const struct evmcs_member {
	const char *name;
	unsigned int offset, size;
} kernel_members[];

#endif
