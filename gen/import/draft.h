/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A draft: a revision as a page or a struct outside the spec declares it.  It is told as
 * the statement that says so: as edits of a revision of the spec, or whole.
 */
#ifndef VMCSGEN_DRAFT_H
#define VMCSGEN_DRAFT_H

#include "emit/model.h"
#include "emit/template.h"

struct draft {
	struct layout *layout;
	const char *name;		/* without its layout */
	const char *citation;		/* its `source` */
	const struct revision *base;	/* or NULL */
	struct revision revision;	/* what was declared: draft_settle() fills it in */
	const struct field **fields;	/* of its members: those that the spec lacks */
	size_t field_count;
	bool tlfs_pads;			/* pads have TLFS names, else names of their own */
};

/*
 * Let @draft have @members: whose offsets, fields, groups and pads are decided, in any
 * order.  The list stays the caller's.  A member that is the base's has its name.
 */
void draft_settle(struct draft *draft, struct spec *spec, struct member *members, size_t count);

/* Release what it holds outside the arena. */
void draft_free(struct draft *draft);

/*
 * Print the statement, in canonical form: `same as` if nothing differs from the base, what
 * differs from it, or the whole revision if there is no base, or if that is shorter or all
 * that can be said.  It is read and placed first, to see that it says what the draft does.
 * @parse has read @spec.  False after a message.
 */
bool draft_print(const struct draft *draft, struct spec *spec, struct parse *parse,
		 struct templates *templates);

#endif
