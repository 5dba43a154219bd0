/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A draft: a revision as a page or a header outside the spec declares it.  It is
 * told as the statement that makes it out of a revision of the spec.
 */
#ifndef VMCSGEN_DRAFT_H
#define VMCSGEN_DRAFT_H

#include "run.h"

struct draft {
	const char *name;		/* without its layout, which is the base's */
	const char *source;		/* its `source` */
	const struct revision *base;
	struct revision revision;	/* what was declared: draft_settle() fills it in */
	const struct field **fields;	/* of its members: those that the spec lacks */
	size_t field_count;
	bool tlfs_pads;			/* pads have TLFS names, else names of their own */
};

/*
 * Let @draft have @members: whose offsets, fields, groups and pads are decided, in any
 * order.  The list stays the caller's.  A member that is the base's has its name.
 */
void draft_settle(struct draft *draft, struct spec *spec, bool natural, struct member *members,
		  size_t count);

/* Release what it holds outside the arena. */
void draft_free(struct draft *draft);

/*
 * Print the statement, in canonical form: only what differs from the base.  It is
 * read and placed first, to see that it says what the draft does.  False after a
 * message.
 */
bool draft_print(struct run *run, const struct draft *draft);

#endif
