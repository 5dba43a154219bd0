/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Those that are compared, each with a vCPU of its own. */
#ifndef TESTS_BENCH_SIDES_H
#define TESTS_BENCH_SIDES_H

#include "vmcs_types.h"

#include "paths.h"
#include "vcpu.h"

enum { PAGE_BYTES = 4096, MAX_FIELDS = 1024 };

enum side { KERNEL, RESTRICT, OURS, LIMIT, REP, NOTHING, SIDES };

/* Clean fields where three groups are dirty. */
#define TYPICAL (0xffff & ~(1u << 5 | 1u << 8 | 1u << 10))

extern const char *const side_names[SIDES];
extern const struct paths *const paths[SIDES];

/* A side's own vCPU, with a vmcs12 and an eVMCS of its own. */
struct machine {
	unsigned char vmcs12[2 * PAGE_BYTES] __attribute__((aligned(PAGE_BYTES)));
	unsigned char evmcs[PAGE_BYTES] __attribute__((aligned(PAGE_BYTES)));
	struct vcpu_vmx vmx;
};

extern struct machine machines[SIDES];

/* The encodings that the kernel knows. */
extern unsigned long valid[MAX_FIELDS], nr_valid;

/* What the paths have called: syncs, and writes of a shadow VMCS. */
extern unsigned long synced, shadow_writes;

/* Before all else. */
void prepare_sides(void);

/* Another number at each call, the same in each run. */
u64 chance(void);

/* Compare what all sides do; ends the program, after a message, if anything differs. */
void check_sides(void);

#endif
