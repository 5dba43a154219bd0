// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "check/pairing.h"
#include "emit/plan.h"

static struct plan plan_new(struct arena *arena, const struct revision *from,
			    const struct revision *to)
{
	return (struct plan){
		.from = from, .to = to,
		.runs = arena_alloc(arena, (from->count + 1) * sizeof(struct plan_run)),
		.lost = arena_alloc(arena, (from->count + to->count + 1) * sizeof(char *)),
		.gaps = arena_alloc(arena, (to->count + 1) * sizeof(char *)),
	};
}

/* Plan to move @from to @to, in the last run if that ends where both begin. */
static void plan_move(struct plan *plan, const struct member *from, const struct member *to,
		      int group)
{
	struct plan_run *last = plan->run_count ? &plan->runs[plan->run_count - 1] : NULL;

	if (!last || last->from + last->bytes != from->offset ||
	    last->to + last->bytes != to->offset || last->group != group) {
		last = &plan->runs[plan->run_count++];
		*last = (struct plan_run){ .first = from, .to_first = to, .from = from->offset,
					   .to = to->offset, .group = group };
	}
	last->last = from;
	last->bytes += member_bytes(from);
}

/* The member with the same content as @member and as many bytes, or NULL. */
static const struct member *held_as(const struct pairing *pairing, const struct member *member)
{
	const struct member *held = pairing_partner(pairing, member);

	return held && member_bytes(held) == member_bytes(member) ? held : NULL;
}

struct plan plan_translation(struct arena *arena, const struct revision *from,
			     const struct revision *to)
{
	struct plan plan = plan_new(arena, from, to);
	struct pairing pairing;

	pairing_init(&pairing, from, to);
	pairing_headers(&pairing);
	pairing_encodings(&pairing);
	pairing_names(&pairing);
	for (size_t i = 0; i < from->count; i++) {
		const struct member *member = &from->members[i], *held;

		if (member->pad)
			continue;
		held = held_as(&pairing, member);
		if (held)
			plan_move(&plan, member, held, GROUP_NONE);
		else
			plan.lost[plan.lost_count++] = member;
	}
	for (size_t i = 0; i < to->count; i++)
		if (!to->members[i].pad && !held_as(&pairing, &to->members[i]))
			plan.gaps[plan.gap_count++] = &to->members[i];
	pairing_free(&pairing);
	return plan;
}

/* The member of @revision with the field of @member, or NULL. */
static const struct member *field_in(const struct revision *revision, const struct member *member)
{
	return table_number(&revision->by_encoding, member->field->encoding);
}

struct plan plan_copy(struct arena *arena, const struct revision *from,
		      const struct revision *to, unsigned int when)
{
	struct plan plan = plan_new(arena, from, to);
	const struct revision *grouped = when == COPY_ENTRY ? from : to;
	const struct revision *other = when == COPY_ENTRY ? to : from;

	for (size_t i = 0; i < to->count; i++)
		if (to->members[i].field && !field_in(from, &to->members[i]))
			plan.gaps[plan.gap_count++] = &to->members[i];
	for (size_t i = 0; i < grouped->count; i++) {
		const struct member *member = &grouped->members[i], *counterpart;

		if (!member->field || !(member->copy & when))
			continue;
		counterpart = field_in(other, member);
		if (!counterpart)
			plan.lost[plan.lost_count++] = member;
		else if (when == COPY_ENTRY)
			plan_move(&plan, member, counterpart, member->group);
		else
			plan_move(&plan, counterpart, member, GROUP_NONE);
	}
	return plan;
}

/* Revisions in a plan, and the count of their members. */
struct plan_extent {
	size_t revisions, members;
};

static void add_extent(struct plan_extent *extent, const struct takings *takings)
{
	extent->revisions += takings->count;
	for (size_t i = 0; i < takings->count; i++)
		extent->members += takings->of[i].revision->count;
}

/* Each of some revisions with each of others; even a pair without members costs something. */
static size_t pairs_work(const struct plan_extent *a, const struct plan_extent *b)
{
	enum { PAIR = 32 };

	return a->revisions * (b->members + b->revisions * PAIR) + b->revisions * a->members;
}

size_t plan_work(const struct target *target)
{
	struct plan_extent memory = { 0, 0 }, all;

	add_extent(&memory, &target->memory);
	all = memory;
	add_extent(&all, &target->images);
	add_extent(&all, &target->pages);
	return pairs_work(&memory, &all);
}
