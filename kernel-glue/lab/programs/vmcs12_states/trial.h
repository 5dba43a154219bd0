/* SPDX-License-Identifier: GPL-2.0-only */
/* One changed state, set on the vCPUs of all revisions, and what must come of it. */
#ifndef VMCS12_STATES_TRIAL_H
#define VMCS12_STATES_TRIAL_H

#include "target.h"

/* The vCPUs, all of the same target, of which the first has the default revision. */
struct bench {
	struct subject subjects[REVISIONS];
	int count;
	unsigned long states, taken;	/* by the default revision */
	unsigned long failed[REVISIONS];
};

struct trial {
	const struct start *start;
	const struct state *state;	/* that it makes */
	const struct variant *variant;
	bool told;			/* of what the default makes of it */
};

/*
 * Try it.  Returns the digest so far, with what the default revision makes of it.  That the
 * others make the same of it is checked, and counted and told if not.
 */
uint64_t trial_run(const struct trial *trial, struct bench *bench, uint64_t digest);

#endif
