// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Saved states and bare pages with random images, and what `vmcsgen convert` has to
 * make of them: by the generated loads of a vmcs12, where what is converted to is the struct
 * in memory, and by tables of members.  The same images come again for the same pair of
 * revisions.
 *
 *	conversions write PAIR IMAGES	what is to be converted, to standard output
 *	conversions check PAIR IMAGES	that standard input is that, converted
 *	conversions same PAIR IMAGES	that standard input is that, as it was
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmcs_access.h"
#include "vmcs12/revisions.h"

enum { PAGE = 4096, HEADER = 128 };

struct bytes {
	unsigned int offset, bytes;
};

struct revision {
	u32 id;
	const struct bytes *members;	/* by offset, pads left out */
	unsigned int nr_members;
};

/* A member that both have. */
struct move {
	unsigned int from, to, bytes;
};

/* An element of a member that only one of them has. */
struct alone {
	unsigned int offset, bytes;
	u64 neutral;
};

struct pair {
	const char *name;
	struct revision from, to;
	const struct move *moves;
	const struct alone *lost, *gaps;
	unsigned int nr_moves, nr_lost, nr_gaps;
	const struct vmcs12_revision *of;	/* NULL: there is nothing generated */
};

/* All of this by Perl. */
#include PAIRS

static const struct pair *pair;
static u64 seed = 0x9e3779b97f4a7c15ULL;
static unsigned long long written;	/* bytes of the stream */
static enum { WRITE, CHECK, SAME } mode;

static u64 next(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

/* The bytes of a page that are no member's, in order; how many there are. */
static unsigned int free_bytes(const struct revision *revision, u16 *list)
{
	unsigned int at = 0, count = 0;

	for (unsigned int i = 0; i <= revision->nr_members; i++) {
		bool last = i == revision->nr_members;
		unsigned int end = last ? PAGE : revision->members[i].offset;

		while (at < end)
			list[count++] = at++;
		if (!last)
			at = end + revision->members[i].bytes;
	}
	return count;
}

/* An image that can be converted there and back. */
static void make_image(u8 *image, const u16 *frees, unsigned int count, unsigned int room)
{
	u32 word = pair->from.id | (next() & 0x80000000u);

	for (unsigned int i = 0; i < PAGE; i += 8)
		vmcs_poke(image, i, 8, next());
	memcpy(image, &word, sizeof(word));
	for (unsigned int i = 0; i < pair->nr_lost; i++)
		vmcs_poke(image, pair->lost[i].offset, pair->lost[i].bytes, pair->lost[i].neutral);
	for (; count > room; count--)
		image[frees[count - 1]] = 0;
}

/* What a load does, by the tables. */
static void move_members(u8 *to, const u8 *from)
{
	for (unsigned int i = 0; i < pair->nr_moves; i++)
		memcpy(to + pair->moves[i].to, from + pair->moves[i].from, pair->moves[i].bytes);
	for (unsigned int i = 0; i < pair->nr_gaps; i++)
		vmcs_poke(to, pair->gaps[i].offset, pair->gaps[i].bytes, pair->gaps[i].neutral);
}

static void convert_image(u8 *to, const u8 *from, const u16 *from_frees, const u16 *to_frees,
			  unsigned int count)
{
	u32 word;

	memset(to, 0, PAGE);
	if (pair->of && pair->of->load)
		pair->of->load((void *)to, from);
	else
		move_members(to, from);
	memcpy(&word, from, sizeof(word));
	word = pair->to.id | (word & 0x80000000u);
	memcpy(to, &word, sizeof(word));
	for (unsigned int i = 0; i < count; i++)
		to[to_frees[i]] = from[from_frees[i]];
}

static void put(const u8 *bytes, unsigned int count)
{
	static u8 is[PAGE];

	if (mode == WRITE && fwrite(bytes, 1, count, stdout) != count)
		exit(3);
	if (mode != WRITE && (fread(is, 1, count, stdin) != count || memcmp(is, bytes, count))) {
		unsigned int at = 0;

		while (is[at] == bytes[at])
			at++;
		printf("%s: byte %llu\n", pair->name, written + at);
		exit(1);
	}
	written += count;
}

static void put_header(unsigned int images)
{
	u32 begin[2] = { next() & 0xffff, HEADER + images * PAGE };
	u64 header[HEADER / 8];

	for (unsigned int i = 0; i < HEADER / 8; i++)
		header[i] = next();
	memcpy(header, begin, sizeof(begin));
	put((u8 *)header, HEADER);
}

/* In turn a page, and a state with none, with one, and with two images. */
static void put_all(unsigned long images)
{
	static u16 from_frees[PAGE], to_frees[PAGE];
	unsigned int from_count = free_bytes(&pair->from, from_frees);
	unsigned int to_count = free_bytes(&pair->to, to_frees);
	unsigned int count = from_count < to_count ? from_count : to_count;

	for (unsigned int turn = 0; images; turn++) {
		unsigned int inside = turn % 4 ? turn % 4 - 1 : 1;

		inside = inside < images ? inside : images;
		if (turn % 4)
			put_header(inside);
		for (unsigned int i = 0; i < inside; i++, images--) {
			u8 image[PAGE], converted[PAGE];

			make_image(image, from_frees, from_count, count);
			if (mode == CHECK)
				convert_image(converted, image, from_frees, to_frees, count);
			put(mode == CHECK ? converted : image, PAGE);
		}
	}
}

int main(int argc, char **argv)
{
	unsigned long images = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;

	if (!images)
		return 2;
	mode = !strcmp(argv[1], "write") ? WRITE : !strcmp(argv[1], "check") ? CHECK : SAME;
	pair = &pairs[strtoul(argv[2], NULL, 10)];
	put_all(images);
	if (mode != WRITE && getchar() != EOF) {
		printf("%s: more than %llu bytes\n", pair->name, written);
		return 1;
	}
	if (mode != WRITE)
		printf("%lu images\n", images);
	return fflush(stdout) ? 3 : 0;
}
