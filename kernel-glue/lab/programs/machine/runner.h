/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the program and the code in its guests agree on.
 */
#ifndef MACHINE_RUNNER_H
#define MACHINE_RUNNER_H

/* Members of struct command. */
#define COMMAND_OPERATION	0
#define COMMAND_OPERAND		8
#define COMMAND_VALUE		16
#define COMMAND_RESULT		24
#define COMMAND_SIZE		32

/* The result of a command: two flags of RFLAGS, or what ended it. */
#define RESULT_CF		0x00001
#define RESULT_ZF		0x00040
#define RESULT_VM_EXIT		0x10000
#define RESULT_EXCEPTION	0x20000		/* and its vector */

#define RUNNER_VECTORS		32
#define RUNNER_VECTOR_SIZE	8

#ifndef __ASSEMBLER__
#include <stdint.h>

/* At the begin of a runner's page. */
struct runner {
	uint64_t commands;		/* the address of those left to run */
	uint64_t count;
	uint64_t port;			/* by which it asks for more */
};

struct command {
	uint64_t operation;		/* an enum operation */
	uint64_t operand;		/* address, encoding, number of an MSR, leaf of CPUID */
	uint64_t value;			/* to write, or read */
	uint64_t result;
};

enum operation {
	VMXON, VMXOFF, VMCLEAR, VMPTRLD, VMPTRST, VMREAD, VMWRITE, VMLAUNCH, VMRESUME,
	VMCALL, CPUID, RDMSR, STORE,
	VMXON_AT, VMCLEAR_AT, VMPTRLD_AT, VMREAD_AT, VMWRITE_AT, SET_CR0, SET_CR4, SET_ES,
	WRMSR,
};

extern const char runner_begin[], runner_start[], runner_restart[], runner_vm_exit[],
	runner_vectors[], runner_end[];
#endif

#endif
