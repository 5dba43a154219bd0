/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The members of a revision that a message names. */
#ifndef VMCSGEN_NAME_LIST_H
#define VMCSGEN_NAME_LIST_H

#include "language/spec.h"

struct name_list {
	const struct revision *revision;
	size_t *indices, count;		/* of members, in order; there is room for all of them */
};

/* An empty list, owned by @arena. */
struct name_list name_list_new(struct arena *arena, const struct revision *revision);

/* A note at @pos with all of them after @what: "a, b", or "a .. f, x .. z" if there are many. */
void name_list_note(const struct name_list *list, struct messages *messages, struct srcpos pos,
		    const char *what);

#endif
