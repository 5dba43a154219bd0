/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Strings of somebody else's in a list that is to be freed.  Zeroed is empty. */
#ifndef VMCSGEN_STRINGS_H
#define VMCSGEN_STRINGS_H

#include "base/arena.h"

struct strings {
	const char **items;
	size_t count, room;
};

static inline void strings_add(struct strings *strings, const char *string)
{
	strings->items = grow(strings->items, &strings->room, strings->count + 1,
			      sizeof(*strings->items));
	strings->items[strings->count++] = string;
}

#endif
