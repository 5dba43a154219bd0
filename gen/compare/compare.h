/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What differs between two placed revisions, member by member.  Pads are no
 * members: what becomes of them follows from those.
 */
#ifndef VMCSGEN_COMPARE_H
#define VMCSGEN_COMPARE_H

#include "language/spec.h"

/* What can be said of a member, in the order in which it is; none: it is identical. */
enum change {
	CHANGE_GAP_FILLED,		/* new, among the bytes that the first revision has */
	CHANGE_APPENDED,		/* new, after them */
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
	VERDICT_COMPATIBLE,		/* who knows the first finds all of it in the second */
	VERDICT_BREAKING,
};

struct comparison {
	const struct revision *a, *b;
	struct difference *differences;	/* in order of b's bytes, those that it lacks by a's */
	size_t count;
	struct run_of_members {		/* neighbours of which one thing can be said */
		size_t first, count;	/* of the differences above */
	} *runs;
	size_t run_count;
	size_t identical, counts[CHANGES]; /* members */
	enum verdict verdict;
};

/*
 * Compare two revisions, which may be of two layouts or of two specs that share
 * their names.  What it makes is @arena's.
 */
void compare_revisions(struct comparison *comparison, struct arena *arena,
		       const struct revision *a, const struct revision *b);

/* The name of a change, as reports have it. */
const char *change_name(enum change change);

/* Bytes that a member was moved by; negative: down.  0 for one that is new or retired. */
int64_t difference_distance(const struct difference *difference);

#endif
