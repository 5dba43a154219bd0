/* SPDX-License-Identifier: GPL-2.0-only */
/* The vCPU on which a saved state is set, and what it is before that. */
#ifndef VMCS12_STATES_TARGET_H
#define VMCS12_STATES_TARGET_H

#include "change.h"
#include "result.h"
#include "start.h"

struct target {
	const char *name;
	enum kind kind;
	const char *start;		/* the nested state that it has, or NULL */
	bool fresh;			/* it never had any other */
	bool live;			/* its L2 has run */
};

extern const struct target targets[];
extern const size_t target_count;

/* A vCPU of a revision that becomes a target again and again. */
struct subject {
	const struct revision *revision;
	const struct target *target;
	struct machine machine;
	struct state own;		/* the nested state before */
	struct result rest, before;	/* without that, and with it */
	uint8_t regions[10 * PAGE];	/* what L1 has in memory, from VMXON_REGION on */
	uint8_t memory[10 * PAGE];	/* the same after L2 has run, if it has */
	bool spoilt;			/* what was set has changed it */
	bool in_l2;			/* that has led to L2 */
};

/* A subject that is to be a target; prints why and returns false if it can't. */
bool subject_create(struct subject *subject, const struct revision *revision,
		    const struct target *target);

/* Let it be what it was before. */
bool subject_bring(struct subject *subject);

/* Set a state; returns what KVM_SET_NESTED_STATE does, or the negative errno, and the result. */
int subject_set(struct subject *subject, const struct request *request, struct result *result);

/* Whether the guest's memory is another than before, but for what @request says of it. */
bool subject_memory_changed(const struct subject *subject, const struct request *request);

/* Go on with a digest of that memory. */
uint64_t subject_digest_memory(const struct subject *subject, uint64_t digest);

void subject_destroy(struct subject *subject);

#endif
