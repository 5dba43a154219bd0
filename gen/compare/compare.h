/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The differences between two placed revisions, member by member.  Pads do not count: they follow
 * from the members.
 */
#ifndef VMCSGEN_COMPARE_H
#define VMCSGEN_COMPARE_H

#include "language/spec.h"

/* The changes of a member, in the order of reports; none if it is identical. */
enum change {
	CHANGE_INSERTED,		/* new, in bytes from which the members there moved on */
	CHANGE_GAP_FILLED,		/* new, in bytes that were padding or a retired member's */
	CHANGE_APPENDED,		/* new, after all bytes of the first revision */
	CHANGE_RENAMED,
	CHANGE_RETIRED,
	CHANGE_MOVED,
	CHANGE_RESIZED,			/* its element's size, or their count */
	CHANGE_GROUP,			/* told only where both layouts have groups */
	CHANGE_ENCODING,
	CHANGES
};

/* One member: as it was, as it is, or both. */
struct difference {
	const struct member *from, *to;	/* one of them may be NULL */
	unsigned int changes;		/* 1 << enum change, or 0 */
};

enum verdict {
	VERDICT_IDENTICAL,
	VERDICT_COMPATIBLE,		/* code for the first works with the second */
	VERDICT_BREAKING,
};

struct comparison {
	const struct revision *a, *b;
	struct difference *differences;	/* by offset in b; members that b lacks by that in a */
	size_t count;
	struct run_of_members {		/* neighbours of which one thing can be said */
		size_t first, count;	/* of the differences above */
	} *runs;
	size_t run_count;
	size_t identical, counts[CHANGES]; /* members */
	enum verdict verdict;
};

/*
 * Compare two revisions, which may be of two layouts, or of two specs that share their names.  The
 * result is @arena's.
 */
void compare_revisions(struct comparison *comparison, struct arena *arena,
		       const struct revision *a, const struct revision *b);

/* The name of a change, as reports have it. */
const char *change_name(enum change change);

/* Bytes that a member moved by; negative: down. 0 for a new or retired member. */
int64_t difference_distance(const struct difference *difference);

#endif
