/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The lines of a revision as edits, with every word resolved; place.c turns them into members with
 * offsets.
 */
#ifndef VMCSGEN_PLACE_H
#define VMCSGEN_PLACE_H

#include "language/spec.h"

/* A number of the spec, for messages that point at it. */
struct number {
	int64_t value;
	bool large;			/* it is meant without a sign: bit 63 counts */
	struct srcpos pos;
};

/* A property that an edit gives a member, other than its bytes. */
struct attribute {
	enum attribute_kind {
		ATTRIBUTE_TLFS,		/* text */
		ATTRIBUTE_BECAUSE,	/* text */
		ATTRIBUTE_GROUP,	/* number: a clean-field bit or GROUP_... */
		ATTRIBUTE_LOOKUP,	/* number: LOOKUP_... */
		ATTRIBUTE_DROP,
		ATTRIBUTE_NEUTRAL,	/* number */
	} kind;
	const char *text;
	struct number number;
	struct srcpos pos;
};

struct attributes {
	struct attribute *of;
	size_t count;
};

/* A member that an edit names. */
struct member_name {
	const char *name;		/* NULL: none */
	struct srcpos pos;
};

/* Members from the first to the last; one member if there is no last. */
struct range {
	struct member_name first, last;
	struct srcpos pos;
};

struct edit {
	enum edit_kind {
		EDIT_APPEND,		/* @member goes after the last one */
		EDIT_AT,		/* @member goes to its offset */
		EDIT_OVER,		/* @member gets the bytes of the one in @range */
		EDIT_PAD_TO,		/* the pad @member goes from the last one up to @number */
		EDIT_RENAME,		/* that in @range is called as @member; @attributes */
		EDIT_RETIRE,		/* @range becomes the pad @member, if that has a name */
		EDIT_MOVE,		/* @range goes up by @number bytes */
		EDIT_CHANGE,		/* @range gets @attributes */
		EDIT_EMBED,		/* members of @other, where they lie there */
		EDIT_REST_OF,		/* members of @other that are missing */
		EDIT_LOOKUP_AS,		/* look up what @other does */
	} kind;
	struct member member;
	struct range range;
	struct number number;
	struct attributes attributes;
	struct revision *other;		/* NULL if there is no such revision */
	struct srcpos other_pos;
	struct srcpos pos;
};

/* Give @member the @attributes; report one that does not fit it. */
void member_set(struct messages *messages, struct member *member,
		const struct attributes *attributes);

/* @number as an element of @size bytes; a message if it does not fit. */
uint64_t neutral_value(struct messages *messages, const struct number *number, uint32_t size);

/*
 * Place @revision, whose edits are resolved, and the revisions that it builds on.  False after a
 * message.
 */
bool revision_place(struct spec *spec, struct revision *revision);

#endif
