/* SPDX-License-Identifier: GPL-2.0-only */
/* Valid saved states, in the default revision, from which changes begin. */
#ifndef VMCS12_STATES_START_H
#define VMCS12_STATES_START_H

#include "../machine/machine.h"

/* The state of a vCPU without its nested state. */
enum kind {
	PLAIN,
	IN_SMM,
	WITH_EVMCS,			/* the enlightened VMCS is offered */
	KINDS,
};

/* Two sets of regions: what was there must not be taken for what is set. */
enum regions { FIRST, SECOND };

/* All but VMCS_SHADOW, which is in the middle of those of struct machine. */
enum {
	VMXON_2 = 0x18000,
	VMCS_2 = 0x19000,
};

struct start {
	const char *name;
	unsigned int kinds;		/* a bit for each enum kind of vCPU that can have it */
	/* The vCPU, which must be able to have it, is asked for its capabilities. */
	void (*make)(struct machine *machine, enum regions regions, struct state *state);
};

extern const struct start starts[];
extern const size_t start_count;

/* By its name, which must be there. */
const struct start *find_start(const char *name);

#endif
