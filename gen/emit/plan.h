/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Plans: which bytes of one revision go where in another.  A translation moves
 * what two revisions of a layout share; a copy moves between an enlightened
 * VMCS and a vmcs12 what its members' `copy` words say.
 */
#ifndef VMCSGEN_PLAN_H
#define VMCSGEN_PLAN_H

#include "language/spec.h"

/* Tables have 16 bits for the bytes of an image, and for an offset in it. */
enum { PLAN_BYTES_MAX = UINT16_MAX };

/* Members that lie side by side, without a gap, in both revisions. */
struct plan_run {
	const struct member *first, *last; /* of the revision that is read */
	const struct member *to_first;	/* what the first becomes */
	uint32_t from, to, bytes;
	int group;			/* at entry, that of all of them; else GROUP_NONE */
};

/* Lists are in order of the bytes of the revision that is read; the arena owns them. */
struct plan {
	const struct revision *from, *to;
	struct plan_run *runs;
	size_t run_count;
	const struct member **lost;	/* members that @to lacks */
	size_t lost_count;
	const struct member **gaps;	/* of @to that @from lacks; of a copy, fields */
	size_t gap_count;
};

/*
 * The translation from one revision to another of the same layout, or to itself.
 * The first words belong together, members by their encoding, and others by their name,
 * if they have as many bytes.
 */
struct plan plan_translation(struct arena *arena, const struct revision *from,
			     const struct revision *to);

/*
 * The copy into a vmcs12 at entry, or back from it at exit.  One of the two
 * revisions is of a layout with clean-field groups; @when is COPY_ENTRY where that
 * is @from, COPY_EXIT where it is @to.  Only fields are copied.  At entry, runs do
 * not cross groups.  What the vmcs12 lacks is lost in either direction.
 */
struct plan plan_copy(struct arena *arena, const struct revision *from,
		      const struct revision *to, unsigned int when);

/*
 * How much there is to plan for @target, in members that are looked at: it grows with what is
 * kept in memory times all that is taken.
 */
size_t plan_work(const struct target *target);

#endif
