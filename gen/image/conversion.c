// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <string.h>

#include "emit/plan.h"
#include "image/conversion.h"

/* Bytes of the first word, which identifies an image. */
enum { FIRST_WORD = 4 };

/* A byte that has no place in the other image. */
enum { FREE = IMAGE_SIZE, LOST, SURPLUS };

/* Both sides of a conversion, byte by byte, while it is planned. */
struct bytes {
	uint16_t to[IMAGE_SIZE];	/* of each byte of the source */
	bool taken[IMAGE_SIZE];		/* of the target: by a member */
};

static void put_number(unsigned char *bytes, uint32_t size, uint64_t number)
{
	for (; size--; number >>= 8)
		*bytes++ = number;
}

static void put_neutral(unsigned char *image, const struct member *member)
{
	for (uint32_t i = 0; i < member->count; i++)
		put_number(image + member->offset + i * member->size, member->size,
			   member->loss.neutral);
}

/* The first word and the members that both revisions have. */
static void place_members(struct bytes *bytes, const struct plan *plan)
{
	for (size_t i = 0; i < IMAGE_SIZE; i++)
		bytes->to[i] = FREE;
	for (size_t i = 0; i < plan->lost_count; i++)
		for (uint32_t j = plan->lost[i]->offset; j < member_end(plan->lost[i]); j++)
			bytes->to[j] = LOST;
	for (size_t i = 0; i < plan->run_count; i++)
		for (uint32_t j = 0; j < plan->runs[i].bytes; j++) {
			bytes->to[plan->runs[i].from + j] = plan->runs[i].to + j;
			bytes->taken[plan->runs[i].to + j] = true;
		}
	for (size_t i = 0; i < plan->gap_count; i++)
		memset(bytes->taken + plan->gaps[i]->offset, true, member_bytes(plan->gaps[i]));
	for (size_t i = 0; i < FIRST_WORD; i++) {
		bytes->to[i] = i;
		bytes->taken[i] = true;
	}
}

/* The other bytes: the first to the first, and so on. */
static void pair_rest(struct bytes *bytes)
{
	size_t at = 0;

	for (size_t i = 0; i < IMAGE_SIZE; i++) {
		if (bytes->to[i] != FREE)
			continue;
		while (at < IMAGE_SIZE && bytes->taken[at])
			at++;
		bytes->to[i] = at < IMAGE_SIZE ? at++ : SURPLUS;
	}
}

static void add_byte(struct arena *arena, struct spans *spans, size_t from, size_t to)
{
	struct byte_span *last = spans->count ? &spans->of[spans->count - 1] : NULL;

	if (!spans->of)
		spans->of = arena_alloc(arena, IMAGE_SIZE * sizeof(*spans->of));
	if (!last || last->from + last->bytes != from || last->to + last->bytes != to) {
		last = &spans->of[spans->count++];
		*last = (struct byte_span){ .from = from, .to = to };
	}
	last->bytes++;
}

static void fill_spans(struct arena *arena, struct conversion *conversion,
		       const struct bytes *bytes)
{
	for (size_t i = 0; i < IMAGE_SIZE; i++)
		if (bytes->to[i] < IMAGE_SIZE)
			add_byte(arena, &conversion->moved, i, bytes->to[i]);
		else if (bytes->to[i] == SURPLUS)
			add_byte(arena, &conversion->surplus, i, i);
}

struct conversion *conversion_new(struct arena *arena, const struct revision *from,
				  const struct revision *to)
{
	struct conversion *conversion = arena_alloc(arena, sizeof(*conversion));
	struct bytes *bytes = arena_alloc(arena, sizeof(*bytes));
	struct plan plan = plan_translation(arena, from, to);

	place_members(bytes, &plan);
	pair_rest(bytes);
	fill_spans(arena, conversion, bytes);
	conversion->from = from;
	conversion->to = to;
	conversion->lost = plan.lost;
	for (size_t i = 0; i < plan.lost_count; i++)
		if (!plan.lost[i]->loss.drop)
			conversion->lost[conversion->lost_count++] = plan.lost[i];
	for (size_t i = 0; i < plan.gap_count; i++)
		put_neutral(conversion->blank, plan.gaps[i]);
	return conversion;
}

void conversion_run(const struct conversion *conversion, unsigned char *to,
		    const unsigned char *from)
{
	memcpy(to, conversion->blank, IMAGE_SIZE);
	for (size_t i = 0; i < conversion->moved.count; i++) {
		const struct byte_span *span = &conversion->moved.of[i];

		memcpy(to + span->to, from + span->from, span->bytes);
	}
	put_number(to, FIRST_WORD,
		   conversion->to->id | (number_at(from, FIRST_WORD) & IMAGE_SHADOW));
}
