/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Pads account for the bytes that mean nothing. */
#ifndef VMCSGEN_PADS_H
#define VMCSGEN_PADS_H

#include "language/spec.h"

/* Set the size of @pad to @bytes bytes, in the widest unit that divides them. */
void pad_set_bytes(struct member *pad, uint64_t bytes);

/*
 * Give @revision the members of the list, whose offsets are set.  They are sorted; pads give way to
 * members that are put into them, and bytes that the spec does not mention become pads.  Members
 * that share bytes are kept and set `overlaps`.  The caller keeps the list; a member without
 * elements is left out.
 */
void pads_settle(struct spec *spec, struct revision *revision, const struct member *members,
		 size_t count);

/*
 * Whether alignment alone makes @hole of @revision: it is smaller than an element of the next
 * member and ends where that begins.  The spec need not mention it.
 */
bool hole_made_by_alignment(const struct revision *revision, const struct member *hole);

#endif
