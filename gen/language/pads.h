/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Pads: how the bytes that mean nothing are accounted for. */
#ifndef VMCSGEN_PADS_H
#define VMCSGEN_PADS_H

#include "language/spec.h"

/* Let @pad have @bytes bytes, in the widest unit that divides them. */
void pad_set_bytes(struct member *pad, uint64_t bytes);

/*
 * Give @revision the members of the list, whose offsets are set: in order, pads
 * giving way to members that carve them, and bytes that nobody wrote down as
 * pads too.  Members that share bytes all the same are kept and set `overlaps`.
 * The list stays the caller's; a member without elements is none.
 */
void pads_settle(struct spec *spec, struct revision *revision, const struct member *members,
		 size_t count);

/*
 * Whether alignment makes @hole, of @revision: it has less than the next member's bytes, and
 * goes up to that.  Nothing need be said of it.
 */
bool hole_made_by_alignment(const struct revision *revision, const struct member *hole);

#endif
