// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "plan.h"

static struct plan plan_new(struct arena *arena, const struct revision *from,
			    const struct revision *to)
{
	return (struct plan){
		.from = from, .to = to,
		.runs = arena_alloc(arena, (from->count + 1) * sizeof(struct run)),
		.lost = arena_alloc(arena, (from->count + to->count + 1) * sizeof(char *)),
		.gaps = arena_alloc(arena, (to->count + 1) * sizeof(char *)),
	};
}

/* Plan to move @from to @to: with the last run, if that ends where both begin. */
static void move(struct plan *plan, const struct member *from, const struct member *to, int group)
{
	struct run *last = plan->count ? &plan->runs[plan->count - 1] : NULL;

	if (!last || last->from + last->bytes != from->offset ||
	    last->to + last->bytes != to->offset || last->group != group) {
		last = &plan->runs[plan->count++];
		*last = (struct run){ .first = from, .from = from->offset, .to = to->offset,
				      .group = group };
	}
	last->last = from;
	last->bytes += member_bytes(from);
}

/* What holds in @revision the same as @member, which is no pad; or NULL. */
static const struct member *held_as(const struct revision *revision, const struct member *member)
{
	const struct member *held = revision_counterpart(revision, member);

	if (!member->offset && revision->count && !revision->members[0].pad)
		held = &revision->members[0];
	return held && !held->pad && member_bytes(held) == member_bytes(member) ? held : NULL;
}

struct plan plan_translation(struct arena *arena, const struct revision *from,
			     const struct revision *to)
{
	struct plan plan = plan_new(arena, from, to);

	for (size_t i = 0; i < from->count; i++) {
		const struct member *member = &from->members[i], *held;

		if (member->pad)
			continue;
		held = held_as(to, member);
		if (held)
			move(&plan, member, held, GROUP_NONE);
		else
			plan.lost[plan.lost_count++] = member;
	}
	for (size_t i = 0; i < to->count; i++)
		if (!to->members[i].pad && !held_as(from, &to->members[i]))
			plan.gaps[plan.gap_count++] = &to->members[i];
	return plan;
}

/* The member of @revision with the field that @member is, or NULL. */
static const struct member *field_in(const struct revision *revision, const struct member *member)
{
	const struct member *found = revision_counterpart(revision, member);

	return found && found->field ? found : NULL;
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
			move(&plan, member, counterpart, member->group);
		else
			move(&plan, counterpart, member, GROUP_NONE);
	}
	return plan;
}
