// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdlib.h>

#include "check/check.h"
#include "check/pairing.h"
#include "compare/compare.h"

/* The pairs of members.  People see more of them than a translation uses. */
struct matching {
	struct pairing pairing;
	bool related;			/* they are from one revision, or one from the other */
};

/* Call @find for each member of a without a partner; it returns the partner. */
static void for_lonely(struct matching *matching, const struct table *table,
		       const struct member *(*find)(const struct matching *, const struct table *,
						    const struct member *))
{
	struct pairing *pairing = &matching->pairing;

	for (size_t i = 0; i < pairing->a->count; i++) {
		const struct member *member = &pairing->a->members[i], *other;

		if (member->pad || pairing->of_a[i])
			continue;
		other = find(matching, table, member);
		if (other)
			pairing_add(pairing, member, other);
	}
}

/* A field may have another encoding now. */
static const struct member *find_name(const struct matching *matching, const struct table *table,
				      const struct member *member)
{
	(void)matching;
	return table_name(table, member->name);
}

/* Name number @n of a member: Microsoft's, its own, its field's; NULL after the last. */
static const char *nth_name(const struct member *member, size_t n)
{
	const struct field *field = member->field;

	if (n < 2)
		return n ? member->name : member_tlfs_name(member);
	if (!field || n >= 3 + field->linux_count)
		return NULL;
	return n == 2 ? field->name : field->linux_names[n - 3];
}

/* A name of @member that a member without a partner has in the table. */
static const struct member *find_alias(const struct matching *matching, const struct table *table,
				       const struct member *member)
{
	const struct member *found = NULL;
	const char *name;

	for (size_t n = 0; !found && (name = nth_name(member, n)); n++) {
		found = table_name(table, name);
		if (found && pairing_partner(&matching->pairing, found))
			found = NULL;
	}
	return found;
}

/*
 * How to find a member without an encoding under another name: by its first declaration, which
 * `rename` keeps, else by its bytes.
 */
static const void *identity(const struct matching *matching, const struct member *member)
{
	if (matching->related)
		return member->origin.source->bytes + member->origin.start;
	return (const void *)(uintptr_t)member->offset;
}

static const struct member *find_place(const struct matching *matching, const struct table *table,
				       const struct member *member)
{
	const void *key = identity(matching, member);
	const struct member *other;

	if (member->field || matching->pairing.a->layout->name != matching->pairing.b->layout->name)
		return NULL;
	other = table_object(table, key);
	return other && member_bytes(other) == member_bytes(member) ? other : NULL;
}

/* By encoding, else by name, as the first word, by another name, or by the bytes. */
static void match_members(struct matching *matching)
{
	const struct revision *b = matching->pairing.b;
	struct table aliases = { 0 }, places = { 0 };

	pairing_encodings(&matching->pairing);
	for_lonely(matching, &b->by_name, find_name);
	pairing_headers(&matching->pairing);
	for (size_t i = 0; i < b->count; i++) {
		struct member *member = &b->members[i];
		const char *name;

		if (member->pad || matching->pairing.of_b[i])
			continue;
		for (size_t n = 0; (name = nth_name(member, n)); n++)
			table_add_name(&aliases, name, member);
		if (!member->field)
			table_add_object(&places, identity(matching, member), member);
	}
	for_lonely(matching, &aliases, find_alias);
	for_lonely(matching, &places, find_place);
	table_free(&aliases);
	table_free(&places);
}

static bool differ_in_encoding(const struct member *from, const struct member *to)
{
	if (!from->field || !to->field)
		return from->field || to->field;
	return from->field->encoding != to->field->encoding;
}

/*
 * Only fields have groups: ignore the group of a member that becomes a field, or stops being one.
 */
static bool differ_in_group(const struct comparison *comparison, const struct member *from,
			    const struct member *to)
{
	return comparison->a->layout->clean_word && comparison->b->layout->clean_word &&
	       !from->field == !to->field && from->group != to->group;
}

/* Of the members of a that b has, too, the last with bytes from @start to @end; or NULL. */
static const struct member *kept_member_at(const struct matching *matching, int64_t start,
					   int64_t end)
{
	const struct pairing *pairing = &matching->pairing;

	for (size_t i = pairing->a->count; i--; ) {
		const struct member *member = &pairing->a->members[i];

		if (pairing->of_a[i] && member->offset < end && member_end(member) > start)
			return member;
	}
	return NULL;
}

/*
 * What is ahead of a new member may have moved, so look where the new one would lie had it not, and
 * who was there.  If that one does not follow the new one now, it made room for another reason, as
 * where layouts have another order; then look at the very bytes.
 */
static enum change newness(const struct matching *matching, const struct member *to,
			   int64_t distance_ahead)
{
	const int64_t starts[] = { to->offset - distance_ahead, to->offset };

	for (size_t i = 0; i < 2; i++) {
		const struct member *kept = kept_member_at(matching, starts[i],
							   starts[i] + member_bytes(to));

		if (!kept)
			return starts[i] < matching->pairing.a->size ? CHANGE_GAP_FILLED :
								       CHANGE_APPENDED;
		if (pairing_partner(&matching->pairing, kept)->offset > to->offset)
			break;
	}
	return CHANGE_INSERTED;
}

static unsigned int changes_of(const struct comparison *comparison, const struct member *from,
			       const struct member *to)
{
	if (!to)
		return 1 << CHANGE_RETIRED;
	return (from->name != to->name) << CHANGE_RENAMED |
	       (from->offset != to->offset) << CHANGE_MOVED |
	       (from->size != to->size || from->count != to->count) << CHANGE_RESIZED |
	       differ_in_group(comparison, from, to) << CHANGE_GROUP |
	       differ_in_encoding(from, to) << CHANGE_ENCODING;
}

static void add_difference(struct comparison *comparison, const struct member *from,
			   const struct member *to, unsigned int changes)
{
	comparison->differences[comparison->count++] = (struct difference){
		.from = from, .to = to, .changes = changes,
	};
}

static int order_differences(const void *x, const void *y)
{
	const struct difference *a = x, *b = y;
	const struct member *of_a = a->to ? a->to : a->from, *of_b = b->to ? b->to : b->from;

	if (of_a->offset != of_b->offset)
		return of_a->offset < of_b->offset ? -1 : 1;
	if (!a->to != !b->to)
		return a->to ? 1 : -1;
	return of_a < of_b ? -1 : of_a > of_b;
}

static void list_differences(struct comparison *comparison, const struct matching *matching)
{
	const struct revision *a = comparison->a, *b = comparison->b;
	int64_t distance = 0;

	for (size_t i = 0; i < a->count; i++) {
		const struct member *from = &a->members[i], *to = matching->pairing.of_a[i];

		if (!from->pad)
			add_difference(comparison, from, to, changes_of(comparison, from, to));
	}
	for (size_t i = 0; i < b->count; i++) {
		const struct member *from = matching->pairing.of_b[i], *to = &b->members[i];

		if (from)
			distance = (int64_t)to->offset - from->offset;
		else if (!to->pad)
			add_difference(comparison, NULL, to,
				       1 << newness(matching, to, distance));
	}
	if (comparison->count)
		qsort(comparison->differences, comparison->count, sizeof(*comparison->differences),
		      order_differences);
}

int64_t difference_distance(const struct difference *difference)
{
	if (!difference->from || !difference->to)
		return 0;
	return (int64_t)difference->to->offset - difference->from->offset;
}

/* A change that concerns one member alone, which then makes a run of its own. */
enum { CHANGES_ALONE = 1 << CHANGE_RENAMED | 1 << CHANGE_RESIZED | 1 << CHANGE_ENCODING };

static bool go_together(const struct difference *x, const struct difference *y)
{
	if (x->changes != y->changes || x->changes & CHANGES_ALONE ||
	    difference_distance(x) != difference_distance(y))
		return false;
	return !(x->changes & 1 << CHANGE_GROUP) ||
	       (x->from->group == y->from->group && x->to->group == y->to->group);
}

static void find_runs(struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->count; i++) {
		const struct difference *difference = &comparison->differences[i];

		if (!i || !go_together(difference - 1, difference))
			comparison->runs[comparison->run_count++].first = i;
		comparison->runs[comparison->run_count - 1].count++;
	}
}

static void judge(struct comparison *comparison)
{
	const unsigned int compatible = 1 << CHANGE_GAP_FILLED | 1 << CHANGE_APPENDED |
					1 << CHANGE_RENAMED;
	unsigned int all = 0;

	for (size_t i = 0; i < comparison->count; i++) {
		unsigned int changes = comparison->differences[i].changes;

		all |= changes;
		comparison->identical += !changes;
		for (enum change change = 0; change < CHANGES; change++)
			comparison->counts[change] += changes >> change & 1;
	}
	comparison->verdict = !all ? VERDICT_IDENTICAL :
			      all & ~compatible ? VERDICT_BREAKING : VERDICT_COMPATIBLE;
}

void compare_revisions(struct comparison *comparison, struct arena *arena,
		       const struct revision *a, const struct revision *b)
{
	size_t most = a->count + b->count + 1;
	struct matching matching = { .related = revision_root(a) == revision_root(b) };

	*comparison = (struct comparison){
		.a = a, .b = b,
		.differences = arena_alloc(arena, most * sizeof(*comparison->differences)),
		.runs = arena_alloc(arena, most * sizeof(*comparison->runs)),
	};
	pairing_init(&matching.pairing, a, b);
	match_members(&matching);
	list_differences(comparison, &matching);
	find_runs(comparison);
	judge(comparison);
	pairing_free(&matching.pairing);
}

const char *change_name(enum change change)
{
	static const char *const names[] = { "inserted", "gap-filled", "appended", "renamed",
					     "retired", "moved", "resized", "group", "encoding" };

	return names[change];
}
