// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Loads images of every revision into the canonical one and stores them back, and
 * compares all bytes with a table of what has to move.  What is stored goes from the
 * canonical revision to another, so with each revision as the canonical one every
 * ordered pair is translated both by load and by store.
 */
#include "pages.h"

enum { PAGE = sizeof(((struct pages *)NULL)->to) };

/* Bytes of a member that both revisions have. */
struct move {
	unsigned int to, from, bytes;
};

/* An element of a member that the target lacks. */
struct loss {
	const char *name;
	u32 encoding;
	unsigned int from, bytes;
	u64 neutral;
	bool refuse;
};

/* An element of a member that the source lacks. */
struct gap {
	unsigned int to, bytes;
	u64 neutral;
};

typedef const struct vmcs_loss *translate_function(void *to, const void *from);

/* A translation, and what it has to be. */
struct way {
	const char *name;
	translate_function *translate;
	const struct move *moves;
	const struct loss *losses;
	const struct gap *gaps;		/* filled by load only */
	unsigned int nr_moves, nr_losses, nr_gaps;
};

static unsigned long comparisons, refusals, round_trips;

static void fail(const struct way *way, const char *what, unsigned long number)
{
	printf("%s: %s %lu\n", way->name, what, number);
	exit(1);
}

static void compare(const struct way *way, const char *what, const void *is, const void *right,
		    size_t size)
{
	const u8 *a = is, *b = right;
	size_t place = 0;

	comparisons++;
	if (!memcmp(is, right, size))
		return;
	while (a[place] == b[place])
		place++;
	fail(way, what, size == sizeof(struct pages) ?
	     place - offsetof(struct pages, to) : place);
}

/* A member that is not as it has to be is named by the translation. */
static void compare_loss(const struct way *way, const struct vmcs_loss *is,
			 const struct loss *right)
{
	refusals += right != NULL;
	if (!is && !right)
		return;
	if (!is || !right || strcmp(is->name, right->name) || is->encoding != right->encoding) {
		printf("%s: refused %s 0x%x, not %s 0x%x\n", way->name, is ? is->name : "nothing",
		       is ? is->encoding : 0, right ? right->name : "nothing",
		       right ? right->encoding : 0);
		exit(1);
	}
}

static void put(u8 *page, unsigned int offset, unsigned int bytes, u64 value)
{
	memcpy(page + offset, &value, bytes);
}

static u64 get(const u8 *page, unsigned int offset, unsigned int bytes)
{
	u64 value = 0;

	memcpy(&value, page + offset, bytes);
	return value;
}

/* What a translation that is not refused leaves. */
static void expect(struct pages *expected, const struct pages *pages, const struct way *way)
{
	*expected = *pages;
	for (unsigned int i = 0; i < way->nr_moves; i++)
		memcpy(expected->to + way->moves[i].to, pages->from + way->moves[i].from,
		       way->moves[i].bytes);
	for (unsigned int i = 0; i < way->nr_gaps; i++)
		put(expected->to, way->gaps[i].to, way->gaps[i].bytes, way->gaps[i].neutral);
}

/* Give an image nothing that is refused: 0, or what is neutral, by a bit of @choice. */
static void settle(u8 *image, const struct way *way, u64 choice)
{
	for (unsigned int i = 0; i < way->nr_losses; i++) {
		const struct loss *loss = &way->losses[i];

		if (loss->refuse)
			put(image, loss->from, loss->bytes,
			    choice >> i % 64 & 1 ? loss->neutral : 0);
	}
}

/* The first member that an image must not lose. */
static const struct loss *refused(const u8 *image, const struct way *way)
{
	for (unsigned int i = 0; i < way->nr_losses; i++) {
		const struct loss *loss = &way->losses[i];
		u64 value = get(image, loss->from, loss->bytes);

		if (loss->refuse && value && value != loss->neutral)
			return loss;
	}
	return NULL;
}

/* Translate between two pages: all that may change is what has to. */
static void check(struct pages *pages, const struct way *way)
{
	static struct pages expected;
	const struct loss *loss = refused(pages->from, way);

	if (loss)
		expected = *pages;
	else
		expect(&expected, pages, way);
	compare_loss(way, way->translate(pages->to, pages->from), loss);
	compare(way, loss ? "refused, but written: byte" : "byte", pages, &expected,
		sizeof(expected));
}

static void check_tagged(const struct way *way)
{
	static struct pages pages;

	for (unsigned int tagging = 0; tagging < TAGGINGS; tagging++) {
		for (int neutral = 0; neutral < 2; neutral++) {
			tag(&pages, tagging);
			settle(pages.from, way, neutral ? ~0ull : 0);
			if (refused(pages.from, way))
				fail(way, "could be refused, tagging", tagging);
			check(&pages, way);
		}
	}
}

/* Each bit of each member that is lost, alone; and but for it what is neutral. */
static void check_losses(const struct way *way)
{
	static struct pages settled, pages;

	tag(&settled, 0);
	settle(settled.from, way, 0);
	for (unsigned int i = 0; i < way->nr_losses; i++) {
		const struct loss *loss = &way->losses[i];

		for (unsigned int bit = 0; bit < 8 * loss->bytes; bit++) {
			for (int neutral = 0; neutral < 2; neutral++) {
				u64 value = (neutral ? loss->neutral : 0) ^ 1ull << bit;

				pages = settled;
				put(pages.from, loss->from, loss->bytes, value);
				if (loss->refuse && value && value != loss->neutral &&
				    refused(pages.from, way) != loss)
					fail(way, "not the one refused: loss", i);
				check(&pages, way);
			}
		}
	}
}

/* xorshift64*, the same numbers each time. */
static u64 random_number(void)
{
	static u64 state = 0x9e3779b97f4a7c15;

	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1d;
}

static void fill(u8 *page)
{
	for (unsigned int i = 0; i < PAGE; i += sizeof(u64))
		put(page, i, sizeof(u64), random_number());
}

/* Random images that lose nothing are the same again in all that both have. */
static void check_round_trip(const struct way *load, const struct way *store)
{
	static u8 image[PAGE], memory[PAGE], other[PAGE], before[PAGE];

	fill(image);
	fill(memory);
	fill(other);
	settle(image, load, random_number());
	memcpy(before, image, PAGE);
	compare_loss(load, load->translate(memory, image), NULL);
	compare_loss(store, store->translate(other, memory), NULL);
	for (unsigned int i = 0; i < load->nr_moves; i++)
		if (memcmp(other + load->moves[i].from, image + load->moves[i].from,
			   load->moves[i].bytes))
			fail(load, "not the same again: byte", load->moves[i].from);

	/* Stored over itself, an image has not changed at all, fields or not. */
	compare_loss(store, store->translate(image, memory), NULL);
	compare(load, "changed by load and store: byte", image, before, PAGE);
	round_trips++;
}

/* Random images, which are refused if there is anything to refuse. */
static void check_random(const struct way *way)
{
	static struct pages pages;

	tag(&pages, 0);
	fill(pages.from);
	check(&pages, way);
}

/* The accessors and the tables, by Perl: VMCS_REVISION and VMCS_CANONICAL, each time. */
#include ACCESSORS
#include TABLES

#define SHARED_WAY(from_to, function, ...)					\
	{ .name = #from_to, .translate = function,				\
	  .moves = moves_##from_to, .nr_moves = nr_moves_##from_to, __VA_ARGS__ }
#define WAY(from_to, function, ...)						\
	SHARED_WAY(from_to, function, .losses = losses_##from_to,		\
		   .nr_losses = nr_losses_##from_to, __VA_ARGS__)
#define GAPS(from_to) .gaps = gaps_##from_to, .nr_gaps = nr_gaps_##from_to

#define PAIR(layout, revision, canonical, image_id)				\
static const struct vmcs_loss *layout##_##revision##_load_pages(void *to, const void *from) \
{										\
	return layout##_##revision##_load(to, from);				\
}										\
static const struct vmcs_loss *layout##_##revision##_store_pages(void *to, const void *from) \
{										\
	return layout##_##revision##_store(to, from);				\
}										\
static const struct vmcs_loss *layout##_##revision##_load_shared_pages(void *to, const void *from) \
{										\
	layout##_##revision##_load_shared(to, from);				\
	return NULL;								\
}										\
static const struct vmcs_loss *layout##_##revision##_store_shared_pages(void *to, const void *from) \
{										\
	layout##_##revision##_store_shared(to, from);				\
	return NULL;								\
}
#include PAIRS
#undef PAIR

static const struct {
	struct way load, store, load_shared, store_shared;
	u32 (*id)(void);
	u32 image_id;
} pairs[] = {
#define PAIR(layout, revision, canonical, image_id)				\
	{ WAY(layout##_##revision##_to_##canonical, layout##_##revision##_load_pages, \
	      GAPS(layout##_##revision##_to_##canonical)),			\
	  WAY(layout##_##canonical##_to_##revision, layout##_##revision##_store_pages, ), \
	  SHARED_WAY(layout##_##revision##_to_##canonical,			\
		     layout##_##revision##_load_shared_pages,			\
		     GAPS(layout##_##revision##_to_##canonical)),		\
	  SHARED_WAY(layout##_##canonical##_to_##revision,			\
		     layout##_##revision##_store_shared_pages, ),		\
	  layout##_##revision##_id, image_id },
#include PAIRS
};

int main(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(pairs); i++) {
		const struct way *load = &pairs[i].load, *store = &pairs[i].store;

		if (pairs[i].id() != pairs[i].image_id)
			fail(load, "another id:", pairs[i].id());
		check_tagged(load);
		check_tagged(store);
		check_tagged(&pairs[i].load_shared);
		check_tagged(&pairs[i].store_shared);
		check_losses(load);
		check_losses(store);
		for (unsigned int image = 0; image < IMAGES; image++) {
			check_round_trip(load, store);
			if (image % 16)
				continue;
			check_random(load);
			check_random(store);
			check_random(&pairs[i].load_shared);
			check_random(&pairs[i].store_shared);
		}
	}
	printf("%zu pairs, %lu comparisons, %lu round trips, %lu refusals\n", ARRAY_SIZE(pairs),
	       comparisons, round_trips, refusals);
	return 0;
}
