// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Loads images of every revision into the one that is kept in memory and stores them back,
 * and compares all bytes with a table of what has to move.
 */
#include "pages.h"

enum { PAGE = sizeof(((struct pages *)NULL)->to) };

/* Bytes of a member that both revisions have. */
struct move {
	unsigned int image, memory, bytes;
};

/* An element of a member that the image lacks: what a load gives it. */
struct gap {
	unsigned int memory, bytes;
	u64 neutral;
};

/* A revision that images have, and what has to be known of it. */
struct image {
	const char *name;
	const struct move *moves;
	const struct gap *gaps;
	unsigned int nr_moves, nr_gaps;
	u32 id;
	unsigned int size, launch_state;
	bool in_place, begins_with_evmcs;
};

/* What was generated, and the tables by Perl. */
#include IMAGES
#include TABLES

static unsigned long comparisons, round_trips;

static void fail(const struct image *image, const char *what, unsigned long number)
{
	printf("%s: %s %lu\n", image->name, what, number);
	exit(1);
}

static void compare(const struct image *image, const char *what, const void *is,
		    const void *right, size_t size)
{
	const u8 *a = is, *b = right;
	size_t place = 0;

	comparisons++;
	if (!memcmp(is, right, size))
		return;
	while (a[place] == b[place])
		place++;
	fail(image, what, size == sizeof(struct pages) ?
	     place - offsetof(struct pages, to) : place);
}

static void put(u8 *page, unsigned int offset, unsigned int bytes, u64 value)
{
	memcpy(page + offset, &value, bytes);
}

/* Load from one page to another: all that may change is what has to. */
static void check_load(const struct image *image, const struct vmcs12_revision *revision,
		       struct pages *pages)
{
	static struct pages expected;

	expected = *pages;
	for (unsigned int i = 0; i < image->nr_moves; i++)
		memcpy(expected.to + image->moves[i].memory, pages->from + image->moves[i].image,
		       image->moves[i].bytes);
	for (unsigned int i = 0; i < image->nr_gaps; i++)
		put(expected.to, image->gaps[i].memory, image->gaps[i].bytes,
		    image->gaps[i].neutral);
	revision->load((void *)pages->to, pages->from);
	compare(image, "loaded byte", pages, &expected, sizeof(expected));
}

static void check_store(const struct image *image, const struct vmcs12_revision *revision,
			struct pages *pages)
{
	static struct pages expected;

	expected = *pages;
	for (unsigned int i = 0; i < image->nr_moves; i++)
		memcpy(expected.to + image->moves[i].image, pages->from + image->moves[i].memory,
		       image->moves[i].bytes);
	revision->store(pages->to, (void *)pages->from);
	compare(image, "stored byte", pages, &expected, sizeof(expected));
}

static void check_tagged(const struct image *image, const struct vmcs12_revision *revision)
{
	static struct pages pages;

	for (unsigned int tagging = 0; tagging < TAGGINGS; tagging++) {
		tag(&pages, tagging);
		check_load(image, revision, &pages);
		tag(&pages, tagging);
		check_store(image, revision, &pages);
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

/* A random image is the same again in all that both have. */
static void check_round_trip(const struct image *image, const struct vmcs12_revision *revision)
{
	static u8 first[PAGE], memory[PAGE], other[PAGE], before[PAGE];

	fill(first);
	memcpy(before, first, PAGE);
	revision->load((void *)memory, first);
	revision->store(other, (void *)memory);
	for (unsigned int i = 0; i < image->nr_moves; i++)
		if (memcmp(other + image->moves[i].image, first + image->moves[i].image,
			   image->moves[i].bytes))
			fail(image, "not the same again: byte", image->moves[i].image);

	/* Stored over itself, an image has not changed at all, members or not. */
	revision->store(first, (void *)memory);
	compare(image, "changed by load and store: byte", first, before, PAGE);
	round_trips++;
}

static void check_random(const struct image *image, const struct vmcs12_revision *revision)
{
	static struct pages pages;

	tag(&pages, 0);
	fill(pages.from);
	fill(pages.to);
	check_load(image, revision, &pages);
	fill(pages.from);
	check_store(image, revision, &pages);
}

/* What the table says of an image, except what moves. */
static void check_revision(const struct image *image, const struct vmcs12_revision *revision)
{
	if (revision->id != image->id)
		fail(image, "another id:", revision->id);
	if (revision->size != image->size)
		fail(image, "another size:", revision->size);
	if (revision->launch_state != image->launch_state)
		fail(image, "another launch state:", revision->launch_state);
	if (revision->begins_with_evmcs != image->begins_with_evmcs)
		fail(image, "begins with an eVMCS:", revision->begins_with_evmcs);
	if (!revision->load != image->in_place ||
	    !revision->store != image->in_place)
		fail(image, "in place:", !revision->load);
}

int main(void)
{
	if (nr_vmcs12_revisions != ARRAY_SIZE(images)) {
		printf("%u revisions\n", nr_vmcs12_revisions);
		return 1;
	}
	for (unsigned int i = 0; i < nr_vmcs12_revisions; i++) {
		check_revision(&images[i], &vmcs12_revisions[i]);
		if (images[i].in_place)
			continue;
		check_tagged(&images[i], &vmcs12_revisions[i]);
		for (unsigned int trip = 0; trip < TRIPS; trip++) {
			check_round_trip(&images[i], &vmcs12_revisions[i]);
			if (trip % 16 == 0)
				check_random(&images[i], &vmcs12_revisions[i]);
		}
	}
	printf("%u images, %lu comparisons, %lu round trips\n", nr_vmcs12_revisions, comparisons,
	       round_trips);
	return 0;
}
