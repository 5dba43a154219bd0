/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A draft is a revision that a page or a struct outside the spec declares.  It is printed as a
 * statement: as edits of a revision of the spec, or whole.
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
 * Give @draft the @members, with offsets, fields, groups and pads decided, in any order.  The
 * caller keeps the list.  Members of the base keep their names.
 */
void draft_settle(struct draft *draft, struct spec *spec, struct member *members, size_t count);

/* Release what it holds outside the arena. */
void draft_free(struct draft *draft);

/*
 * Print the statement in canonical form: `same as` if nothing differs from the base; the edits; or
 * the whole revision if there is no base, or if that is shorter, or if edits can't express it.  The
 * statement is parsed and placed first, to check that it declares the draft.  @parse has read
 * @spec.  False after a message.
 */
bool draft_print(const struct draft *draft, struct spec *spec, struct parse *parse,
		 struct templates *templates);

#endif
