/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What L2 computes: rounds of a chain in which every value depends on all before it, kept
 * in a page of memory and in whatever a vCPU has that can be lost on the way.
 */
#ifndef VMCS12_MIGRATE_CHAIN_H
#define VMCS12_MIGRATE_CHAIN_H

#define CHAIN_CODE	0x20000		/* addresses in the guest's memory */
#define CHAIN_DATA	0x21000
#define CHAIN_GS_BASE	(CHAIN_DATA + 8)	/* of L2; its kernel's is CHAIN_DATA */

#define CHAIN_WORDS	512		/* of 64 bits, in the page of data */
#define CHAIN_PASSES	32		/* over that page in each round */
#define CHAIN_LANES	8
#define CHAIN_SEED	0x243f6a8885a308d3
#define CHAIN_FACTOR	0x9e3779b97f4a7c15

#ifndef __ASSEMBLER__
#include "../machine/machine.h"

/* Put the chain into the memory of a VM that has not run yet, and what it needs. */
void chain_create(struct machine *machine);

/* Where L2 begins, and goes on after the VMCALL that ends each round. */
uint64_t chain_entry(void);
uint64_t chain_behind_vmcall(void);

/* Report what memory and registers of L2 are not as they have to be after some rounds. */
bool chain_check(struct machine *machine, uint64_t rounds);
#endif

#endif
