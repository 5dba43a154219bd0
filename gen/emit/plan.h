/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A plan says which bytes of one revision go where in another.  A translation moves the members
 * that two revisions of a layout share; a copy moves the fields that a kernel copies between an
 * enlightened VMCS and a vmcs12.
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
 * The translation from one revision to another of the same layout, or to itself.  It pairs the
 * first words; members by encoding; others by name, if their bytes are as many.
 */
struct plan plan_translation(struct arena *arena, const struct revision *from,
			     const struct revision *to);

/*
 * The copy into a vmcs12 at an entry, or back from it at an exit.  One of the two revisions is a
 * page; @when is COPY_ENTRY if that is @from, COPY_EXIT if it is @to.  Only fields are copied.  At
 * an entry, a run does not cross groups.  Fields that the vmcs12 lacks are lost in either
 * direction.
 */
struct plan plan_copy(struct arena *arena, const struct revision *from,
		      const struct revision *to, unsigned int when);

/*
 * The work of planning for @target, in members: it grows with the product of the revisions in
 * memory and of all revisions.
 */
size_t plan_work(const struct target *target);

#endif
