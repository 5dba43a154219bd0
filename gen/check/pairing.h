/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Pairs the members of two revisions.  A member has at most one partner, and is that one's only
 * partner, so moved values never collide.
 *
 * These functions answer different questions about two members:
 *
 *	revision_counterpart()	What does a revision have for this member?  Two may have one.
 *	pairing_partner()	Which member alone may trade its value with this one?
 *	held_as()		Is that one as large, so that the bytes can move?  (plan.c)
 *	match_members()		Which ones do people see as one, renamed or recoded?  (compare.c)
 *	members_are_one()	May both have one byte without a contradiction?  (check_families.c)
 *	match_name()		What does a name from outside mean?  (import/match.h)
 */
#ifndef VMCSGEN_PAIRING_H
#define VMCSGEN_PAIRING_H

#include "language/spec.h"

struct pairing {
	const struct revision *a, *b;	/* which may be of two layouts, or of two specs */
	const struct member **of_a;	/* the partner of each of a's members, by index, or NULL */
	const struct member **of_b;	/* the reverse */
};

/* Begin without a pair; pairing_free() it. */
void pairing_init(struct pairing *pairing, const struct revision *a, const struct revision *b);
void pairing_free(struct pairing *pairing);

/*
 * Pair, among those without a partner: the first words, which identify an image; members with one
 * encoding; members with one name, unless both are fields.
 */
void pairing_headers(struct pairing *pairing);
void pairing_encodings(struct pairing *pairing);
void pairing_names(struct pairing *pairing);

/* Pair two members, one of a and one of b; false if either has a partner already or is a pad. */
bool pairing_add(struct pairing *pairing, const struct member *of_a, const struct member *of_b);

/* The partner of @member, which is one of a's or of b's, or NULL. */
const struct member *pairing_partner(const struct pairing *pairing, const struct member *member);

#endif
