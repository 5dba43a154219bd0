/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fields of a VMCS in which L2 runs its runner.
 */
#ifndef MACHINE_L2_H
#define MACHINE_L2_H

#include "machine.h"

#define MAX_L2_FIELDS 64

struct field {
	uint32_t encoding;
	uint64_t value;
};

/* Those that L2 needs; all others are to be zero.  Returns their number. */
size_t l2_fields(struct machine *machine, struct field fields[MAX_L2_FIELDS]);

/* VMWRITE by L1, which asks for commands; returns how many failed. */
size_t write_fields(struct machine *machine, const struct field *fields, size_t count);

/* The same for a VMCS that is an eVMCS, which L1 writes as memory. */
void set_evmcs_fields(struct machine *machine, enum place place, const struct field *fields,
		      size_t count);

#endif
