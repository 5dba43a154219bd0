/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Two pages whose every byte tells where it was, and what else must not change.
 */
#ifndef TESTS_GENERATED_PAGES_H
#define TESTS_GENERATED_PAGES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmcs_types.h"

/* All there is: the two pages, and bytes around them that must not be written. */
struct pages {
	u8 before[64];
	u8 from[4096];
	u8 between[64];
	u8 to[4096];
	u8 after[64];
} __attribute__((aligned(8)));

/*
 * One byte can't tell 8,384 places, but several together can.  In the first two taggings
 * a byte is the low and the high half of its place, so what moved has the place that it
 * came from.  In the third it is the complement of the first, so that a constant that
 * equals one tag does not equal the other.
 */
enum { TAGGINGS = 3 };

static inline void tag(struct pages *pages, unsigned int tagging)
{
	u8 *bytes = (u8 *)pages;

	for (unsigned int place = 0; place < sizeof(*pages); place++)
		bytes[place] = tagging == 0 ? place : tagging == 1 ? place >> 8 : ~place;
}

#endif
