/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the program and the code in its guests agree on.
 */
#ifndef VMCS12_RECORD_RUNNER_H
#define VMCS12_RECORD_RUNNER_H

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

#endif
