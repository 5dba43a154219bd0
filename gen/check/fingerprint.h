/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The fingerprint of a revision's placement: 18 bits for each member, in order
 * of the bytes, three characters each, so that a change can be told member by
 * member.  Pads and names of encoded members do not count.
 */
#ifndef VMCSGEN_FINGERPRINT_H
#define VMCSGEN_FINGERPRINT_H

#include "language/spec.h"

/* The fingerprint of @revision, owned by @arena. */
char *fingerprint_of(struct arena *arena, const struct revision *revision);

/* How a revision compares with a fingerprint taken earlier. */
struct fingerprint_match {
	bool equal;			/* in all: the rest is not filled in */
	bool *changed;			/* of each member: it is not where it was, or new */
	size_t lost;			/* members of then that are no more where they were */
};

/* Compare; false if @text is no fingerprint.  @match's array is @arena's. */
bool fingerprint_compare(struct fingerprint_match *match, struct arena *arena,
		       const struct revision *revision, const char *text);

#endif
