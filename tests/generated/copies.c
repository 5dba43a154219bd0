// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Runs each generated copy between an eVMCS and the vmcs12 in memory with all 65,536 values
 * of the clean fields, and compares all of both pages with a table of what has to move.
 */
#include "pages.h"

/* What has to move, of one member. */
struct move {
	unsigned int to, from, bytes;
	u32 groups;		/* moves if one of these is dirty */
};

/* A group that is dirty whatever the guest says. */
#define EACH_TIME 0x10000

/* The tables by Perl, which says COPIES(evmcs) for each page, too. */
#include MOVES
#include COPIES_H

static unsigned long comparisons;

/* Bring up to date what moves or stays where it was, of the groups that have @changed. */
static void expect(struct pages *pages, const struct pages *tagged, const struct move *moves,
		   unsigned int count, u32 dirty, u32 changed)
{
	for (; count--; moves++)
		if (moves->groups & changed)
			memcpy(pages->to + moves->to, moves->groups & dirty ?
			       tagged->from + moves->from : tagged->to + moves->to, moves->bytes);
}

/* Say where the pages differ first, and be done with it. */
static void compare(const struct pages *pages, const struct pages *expected, const char *what,
		    u32 clean, unsigned int tagging)
{
	const u8 *bytes = (const u8 *)pages, *right = (const u8 *)expected;
	long place = 0;

	comparisons++;
	if (!memcmp(pages, expected, sizeof(*pages)))
		return;
	while (bytes[place] == right[place])
		place++;
	printf("%s, clean 0x%x, tagging %u: byte %ld of the target is 0x%02x, not 0x%02x\n", what,
	       clean, tagging, place - (long)offsetof(struct pages, to), bytes[place],
	       right[place]);
	exit(1);
}

typedef void copy_function(struct pages *pages, u32 clean);

/*
 * One direction of one pair, with @clean up to the last one.  In one of the taggings
 * the upper half of @clean is set, which means nothing.
 */
static void check(const char *what, copy_function *copy, const struct move *moves,
		  unsigned int count, u32 last_clean)
{
	static struct pages tagged, pages, expected;

	for (unsigned int tagging = 0; tagging < TAGGINGS; tagging++) {
		u32 changed = EACH_TIME | 0xffff;

		tag(&tagged, tagging);
		pages = expected = tagged;
		for (u32 clean = 0; clean <= last_clean; changed = clean ^ (clean + 1), clean++) {
			expect(&expected, &tagged, moves, count, EACH_TIME | (~clean & 0xffff),
			       changed);
			copy(&pages, tagging == 1 ? clean | 0xffff0000 : clean);
			compare(&pages, &expected, what, clean, tagging);
			/* Outside of the target both are as they were tagged. */
			memcpy(pages.to, tagged.to, sizeof(pages.to));
		}
	}
}

#define COPIES(evmcs)								\
static void evmcs##_to_vmcs12_pages(struct pages *pages, u32 clean)		\
{										\
	evmcs##_to_vmcs12((void *)pages->to, (const void *)pages->from, clean);\
}										\
static void vmcs12_to_##evmcs##_pages(struct pages *pages, u32 clean)		\
{										\
	(void)clean;								\
	vmcs12_to_##evmcs((void *)pages->to, (const void *)pages->from);	\
}
#include PAIRS
#undef COPIES

int main(void)
{
#define CHECK(from_to, last_clean)						\
	check(#from_to, from_to##_pages, from_to##_moves, nr_##from_to##_moves, last_clean);
#define COPIES(evmcs)								\
	CHECK(evmcs##_to_vmcs12, 0xffff)					\
	CHECK(vmcs12_to_##evmcs, 0)
#include PAIRS
	printf("%lu comparisons\n", comparisons);
	return 0;
}
