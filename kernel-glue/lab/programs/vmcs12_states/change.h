/* SPDX-License-Identifier: GPL-2.0-only */
/* What is changed of a valid saved state: one, two or three things at a time. */
#ifndef VMCS12_STATES_CHANGE_H
#define VMCS12_STATES_CHANGE_H

#include "image.h"

/* What a change is of. */
enum part {
	NOTHING,
	HEADER,				/* bytes of the header */
	IMAGE,				/* bytes of the VMCS, in the default revision */
	SHADOW,				/* bytes of the shadow VMCS, likewise */
	SIZE,				/* the size that the header tells */
	READABLE,			/* the bytes of the state that can be read */
	LINKED,				/* the first word of the shadow VMCS in memory */
};

struct change {
	enum part part;
	uint16_t offset;		/* of SIZE and READABLE: which boundary */
	uint8_t bytes;
	bool flip;			/* the bits of @value, instead of setting it */
	uint64_t value;			/* of SIZE and READABLE: the distance from there */
	const char *name;
};

/* A place of a state that has sizes, or where it ends to be readable. */
enum boundary {
	NO_BYTE,
	HEADER_END,
	VMCS_END,			/* of what KVM reads of the first page */
	PAGE_END,
	SHADOW_END,
	STATE_END,
	BOUNDARIES,
};

#define MAX_CHANGES 3

/* What is changed at once. */
struct variant {
	struct change changes[MAX_CHANGES];
};

struct group {
	const char *name;
	bool whole;			/* of these none is ever left out */
	bool of_images;			/* a state without a VMCS would stay as it is */
	struct variant *variants;
	size_t count;
};

#define GROUPS 7
extern struct group groups[GROUPS];

/* Fill them. */
void make_groups(void);

/* A saved state as a vCPU of a revision is to get it. */
struct request {
	struct state state;
	size_t readable;		/* bytes of @state */
	uint32_t linked;		/* the first word of the shadow VMCS in memory */
};

/* A state of the default revision, changed, for a vCPU of @revision. */
void make_request(struct request *request, const struct revision *revision,
		  const struct state *start, const struct variant *variant);

/* Print what is changed. */
void print_variant(const struct variant *variant);

#endif
