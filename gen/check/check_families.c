// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Checks of revisions that an image does not tell from each other.  A family is the
 * revisions with one identity between which nobody gives a reason: the nearest `because`
 * of all of them is the same one.  Within a family, what one says holds for all.
 */
#include <stdlib.h>

#include "check/check.h"
#include "check/name_list.h"

struct family {
	size_t number, count;		/* of all families; of its revisions */
	struct table by_encoding;	/* the members that were met first, to struct first */
	struct table by_name;
};

/* A member, and the revision that has it. */
struct first {
	const struct revision *revision;
	const struct member *member;
};

struct families {
	struct checker *checker;
	struct claims *claims;		/* of bytes, where they are gathered */
	struct table by_name;		/* what all that are of one have in common, to it */
	struct table by_revision;
};

static uint32_t revision_hash(const struct revision *revision)
{
	return (uint32_t)((uintptr_t)revision >> 4) * 2654435761u;
}

static struct family *family_of(const struct families *families, const struct revision *revision)
{
	return table_get(&families->by_revision, revision, revision_hash(revision));
}

static const char *family_name(const struct families *families, const struct revision *revision)
{
	const struct spec *spec = families->checker->spec;
	const struct revision *reasoned = revision->reasoned;

	return name_of(spec->names, arena_printf(
		spec->arena, "%s %x %s/%s",
		revision->layout->has_version ? revision->layout->name : "", revision->id,
		reasoned ? reasoned->layout->name : "", reasoned ? reasoned->name : ""));
}

static void enter_revision(struct families *families, struct revision *revision)
{
	struct family *family;
	const char *name;

	if (!revision_is_whole(revision) || !revision->has_id)
		return;
	name = family_name(families, revision);
	family = table_name(&families->by_name, name);
	if (!family) {
		family = arena_alloc(families->checker->spec->arena, sizeof(*family));
		family->number = families->by_name.count;
		table_add_name(&families->by_name, name, family);
	}
	family->count++;
	table_add(&families->by_revision, revision, revision_hash(revision), family);
}

/* Call @look for each revision that is not alone in its family. */
static void for_families(struct checker *checker, struct claims *claims,
			 void (*look)(struct families *families, struct family *family,
				      const struct revision *revision))
{
	struct families families = { .checker = checker, .claims = claims };
	const struct spec *spec = checker->spec;

	for (size_t i = 0; i < spec->layout_count; i++)
		for (size_t j = 0; j < spec->layouts[i]->count; j++)
			enter_revision(&families, spec->layouts[i]->revisions[j]);
	for (size_t i = 0; i < spec->layout_count; i++)
		for (size_t j = 0; j < spec->layouts[i]->count; j++) {
			const struct revision *revision = spec->layouts[i]->revisions[j];
			struct family *family = family_of(&families, revision);

			if (family && family->count > 1)
				look(&families, family, revision);
		}
	for (size_t i = 0; i < families.by_name.room; i++) {
		struct family *family = families.by_name.slots[i].value;

		if (!family)
			continue;
		table_free(&family->by_encoding);
		table_free(&family->by_name);
	}
	table_free(&families.by_name);
	table_free(&families.by_revision);
}

/* The member of a family that was met first of those that @member is the same as. */
static struct first *first_of(const struct family *family, const struct member *member)
{
	struct first *first = member->field ?
		table_number(&family->by_encoding, member->field->encoding) : NULL;

	if (first)
		return first;
	first = table_name(&family->by_name, member->name);
	return first && first->member->field && member->field ? NULL : first;
}

/*
 * What @member of @revision is held against: the member that it was in the family before,
 * or that others have.  One that is new in its family is from now on what they are held
 * against, and nothing is returned.
 */
static struct first origin_of(const struct families *families, struct family *family,
			      const struct revision *revision, const struct member *member)
{
	const struct revision *from = revision->from;
	const struct member *before = from && family_of(families, from) == family ?
				      revision_counterpart(from, member) : NULL;
	struct first *first;

	if (before && !before->pad)
		return (struct first){ from, before };
	first = first_of(family, member);
	if (first)
		return *first;
	first = arena_alloc(families->checker->spec->arena, sizeof(*first));
	*first = (struct first){ revision, member };
	table_add_name(&family->by_name, member->name, first);
	if (member->field)
		table_add_number(&family->by_encoding, member->field->encoding, first);
	return (struct first){ NULL, NULL };
}

static bool same_place(const struct member *a, const struct member *b)
{
	return a->offset == b->offset && member_bytes(a) == member_bytes(b);
}

/* What a revision places in another way than the first one that it differs from. */
static void look_at_places(struct families *families, struct family *family,
			   const struct revision *revision)
{
	struct checker *checker = families->checker;
	struct name_list names = name_list(checker->spec->arena, revision);
	const struct revision *other = NULL;

	for (size_t i = 0; i < revision->count; i++) {
		const struct member *member = &revision->members[i];
		struct first origin;

		if (member->pad)
			continue;
		origin = origin_of(families, family, revision, member);
		if (!origin.member || same_place(member, origin.member))
			continue;
		other = other ? other : origin.revision;
		if (origin.revision == other)
			names.indices[names.count++] = i;
	}
	if (!names.count)
		return;
	if (check_report(
		    checker, revision, revision->pos,
		    "'%s/%s' and '%s/%s' have one identity, 0x%x, but place %zu member%s differently",
		    revision->layout->name, revision->name, other->layout->name, other->name,
		    revision->id, names.count, names.count == 1 ? "" : "s"))
		name_list_note(&names, checker->messages, other->pos, "they differ about");
}

static void same_id(struct checker *checker)
{
	for_families(checker, NULL, look_at_places);
}

const struct check check_same_id = {
	"same-id", SEVERITY_ERROR,
	"revisions with one id that disagree about an offset, without a reason",
	same_id, { NULL },
};

/* A field whose group is said, and not for a reason of its own. */
static bool is_grouped(const struct member *member)
{
	return !member->pad && member->group != GROUP_NONE && !member->because;
}

static void look_at_groups(struct families *families, struct family *family,
			   const struct revision *revision)
{
	struct checker *checker = families->checker;

	for (size_t i = 0; i < revision->count; i++) {
		const struct member *member = &revision->members[i];
		struct first origin;

		if (!is_grouped(member))
			continue;
		origin = origin_of(families, family, revision, member);
		if (!origin.member || !is_grouped(origin.member) ||
		    origin.revision->layout != revision->layout ||
		    origin.member->group == member->group)
			continue;
		/* A member that is only changed has the place of its declaration. */
		if (check_report(checker, member,
				 srcpos_key(member->pos) == srcpos_key(origin.member->pos) ?
				 revision->pos : member->pos,
				 "'%s' is in the group '%s' in '%s/%s', but in '%s' in '%s/%s'",
				 member->name, group_name(revision->layout, member->group),
				 revision->layout->name, revision->name,
				 group_name(revision->layout, origin.member->group),
				 origin.revision->layout->name, origin.revision->name))
			report_note(checker->messages, origin.member->pos,
				    "there it is declared here");
	}
}

static void group_changed(struct checker *checker)
{
	for_families(checker, NULL, look_at_groups);
}

const struct check check_group_changed = {
	"group-changed", SEVERITY_ERROR,
	"a field in another group than in a revision with the same id, without a reason",
	group_changed, { NULL },
};

/* Bytes that a revision has given to a member. */
struct claim {
	const struct family *family;
	const struct revision *revision;
	const struct member *member;
	size_t order;			/* in which revisions are listed */
};

struct claims {
	struct claim *of;
	size_t count, room;
};

/* What is where the revision that it is from has it was claimed there. */
static void gather_claims(struct families *families, struct family *family,
			  const struct revision *revision)
{
	const struct revision *from = revision->from;
	struct claims *claims = families->claims;

	if (from && family_of(families, from) != family)
		from = NULL;
	for (size_t i = 0; i < revision->count; i++) {
		const struct member *member = &revision->members[i];
		const struct member *before = from ? revision_counterpart(from, member) : NULL;

		if (member->pad || member == revision_header(revision) ||
		    (before && !before->pad && same_place(before, member)))
			continue;
		claims->of = grow(claims->of, &claims->room, claims->count + 1,
				  sizeof(*claims->of));
		claims->of[claims->count] = (struct claim){ family, revision, member,
							    claims->count };
		claims->count++;
	}
}

static int compare_claims(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;

	if (x->family != y->family)
		return x->family->number < y->family->number ? -1 : 1;
	if (x->member->offset != y->member->offset)
		return x->member->offset < y->member->offset ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* Whether two members of different revisions are one: by encoding, any name, or declaration. */
static bool is_same(const struct member *a, const struct member *b)
{
	if (a->field && b->field)
		return a->field->encoding == b->field->encoding;
	return a->name == b->name || member_tlfs_name(a) == member_tlfs_name(b) ||
	       srcpos_key(a->origin) == srcpos_key(b->origin);
}

static void report_claims(struct checker *checker, const struct claim *a, const struct claim *b)
{
	const struct claim *new = a->order > b->order ? a : b, *old = new == a ? b : a;
	uint32_t a_end = member_end(a->member), b_end = member_end(b->member);

	if (!check_sound(checker, new->revision) || !check_sound(checker, old->revision) ||
	    !check_sound(checker, srcpos_key(new->member->pos)) ||
	    !check_sound(checker, srcpos_key(old->member->pos)))
		return;
	if (check_report(checker, srcpos_key(new->member->pos), new->member->pos,
			 "'%s/%s' and '%s/%s' have one identity, 0x%x, but bytes %u to %u are '%s' and '%s'",
			 new->revision->layout->name, new->revision->name,
			 old->revision->layout->name, old->revision->name, new->revision->id,
			 b->member->offset, (a_end < b_end ? a_end : b_end) - 1,
			 new->member->name, old->member->name))
		report_note(checker->messages, old->member->pos, "there they are given to '%s'",
			    old->member->name);
}

/*
 * Each claim is held against the one that reaches furthest of those before it: if it
 * meets any, then also that one, or both are the same member, and that one was reported.
 */
static void byte_twice(struct checker *checker)
{
	struct claims claims = { .of = NULL };
	const struct claim *furthest = NULL;

	for_families(checker, &claims, gather_claims);
	if (claims.count)
		qsort(claims.of, claims.count, sizeof(*claims.of), compare_claims);
	for (size_t i = 0; i < claims.count; i++) {
		const struct claim *claim = &claims.of[i];
		bool meets = furthest && furthest->family == claim->family &&
			     claim->member->offset < member_end(furthest->member);

		if (meets && claim->revision != furthest->revision &&
		    !is_same(claim->member, furthest->member))
			report_claims(checker, furthest, claim);
		if (!meets || member_end(claim->member) > member_end(furthest->member))
			furthest = claim;
	}
	free(claims.of);
}

const struct check check_byte_twice = {
	"byte-twice", SEVERITY_ERROR,
	"a byte that two revisions with one id give to two members, without a reason",
	byte_twice, { &check_same_id, &check_id_line, &check_overlap },
};
