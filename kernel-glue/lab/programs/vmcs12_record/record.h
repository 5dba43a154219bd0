/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The record: a line for each step that says what came of it, and below it, indented,
 * what was read.  It has no times and no addresses of the host's, so that runs on two
 * kernels can be compared byte for byte; kernel-glue/lab/compare-records does.
 */
#ifndef VMCS12_RECORD_RECORD_H
#define VMCS12_RECORD_RECORD_H

#include "../machine/machine.h"

#define ENCODINGS 0x10000

/* A heading for the steps below it. */
void section(const char *title);

/* One command of the level that asks. */
void step(struct machine *machine, const char *name, enum operation operation,
	  uint64_t operand, uint64_t value);

/* Whether L2 has run and no step has lost its guest: else records agree in too little. */
bool worth_comparing(void);

/*
 * A command for each encoding of 16 bits, with further bits set.  What was accepted is
 * recorded with its value, the rest by its number.  Unless NULL, accepted[] becomes what
 * was.
 */
void sweep(struct machine *machine, const char *name, enum operation operation,
	   uint64_t further_bits, bool *accepted);

/* Write each accepted encoding, and record why that fails. */
void sweep_errors(struct machine *machine, const char *name, const bool *accepted);

/*
 * What has changed in some bytes since those of the same kind and name were seen: bytes
 * in lines of 16, ".." for one that hasn't.  The kind tells compare-records the layout.
 */
void record_bytes(const char *kind, const char *name, const void *bytes, size_t size);
void record_page(struct machine *machine, const char *kind, const char *name,
		 enum place place);

/* The same without a line in the record: for what the script itself has written. */
void see_page(const struct machine *machine, const char *kind, const char *name,
	      enum place place);

/* A step that is a system call: its result, or its error. */
void record_call(const char *name, int result);

#endif
