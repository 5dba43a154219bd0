// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Checks of revisions with one id.  A family is the revisions with one identity that no `because`
 * sets apart: their nearest `because` is the same.  What one revision of a family says holds for
 * all.
 */
#include <stdlib.h>

#include "check/check.h"
#include "check/name_list.h"

struct family {
	size_t number, count;		/* of all families; of its revisions */
	struct table by_encoding;	/* the members that were met first */
	struct table by_name;
	struct table revisions;		/* those members to the revisions that have them */
};

/* A member, and the revision that has it. */
struct origin {
	const struct revision *revision;
	const struct member *member;
};

struct families {
	struct table by_name;		/* the common key of a family, to the family */
	struct table by_revision;
	struct byte_claim *claims;	/* where they are gathered */
	size_t count, room;
};

static struct family *family_of(const struct checker *checker, const struct revision *revision)
{
	return table_object(&checker->families->by_revision, revision);
}

/* The family of @revision if it is not alone in it, or NULL. */
static struct family *shared_family(const struct checker *checker, const struct revision *revision)
{
	struct family *family = family_of(checker, revision);

	return family && family->count > 1 ? family : NULL;
}

static const char *family_name(const struct spec *spec, const struct revision *revision)
{
	return name_of(spec->names, arena_printf(
		spec->arena, "%s %x %s",
		revision->layout->has_version ? revision->layout->name : "", revision->id,
		revision->reasoned ? revision->reasoned->path : ""));
}

static void enter_revision(struct families *families, const struct spec *spec,
			   const struct revision *revision)
{
	struct family *family;
	const char *name;

	if (!revision_is_whole(revision) || !revision->has_id)
		return;
	name = family_name(spec, revision);
	family = table_name(&families->by_name, name);
	if (!family) {
		family = arena_alloc(spec->arena, sizeof(*family));
		family->number = families->by_name.count;
		table_add_name(&families->by_name, name, family);
	}
	family->count++;
	table_add_object(&families->by_revision, revision, family);
}

static void find_families(struct checker *checker, const struct spec *spec)
{
	checker->families = arena_alloc(spec->arena, sizeof(*checker->families));
	for (size_t i = 0; i < spec->layout_count; i++)
		for (size_t j = 0; j < spec->layouts[i]->count; j++)
			enter_revision(checker->families, spec, spec->layouts[i]->revisions[j]);
}

static void release_families(struct checker *checker)
{
	struct families *families = checker->families;

	for (size_t i = 0; i < families->by_name.room; i++) {
		struct family *family = families->by_name.slots[i].value;

		if (!family)
			continue;
		table_free(&family->by_encoding);
		table_free(&family->by_name);
		table_free(&family->revisions);
	}
	table_free(&families->by_name);
	table_free(&families->by_revision);
	free(families->claims);
}

/*
 * The member to compare @member of @revision with: the one that it was earlier in the family, or
 * that others have.  A member that is new in its family is entered for later comparisons, and
 * nothing is returned.
 */
static struct origin find_or_enter_origin(const struct checker *checker, struct family *family,
					  const struct revision *revision,
					  const struct member *member)
{
	const struct revision *from = revision->from;
	const struct member *before = from && family_of(checker, from) == family ?
				      revision_counterpart(from, member) : NULL;

	if (before && !before->pad)
		return (struct origin){ from, before };
	before = find_counterpart(&family->by_encoding, &family->by_name, member);
	if (before)
		return (struct origin){ table_object(&family->revisions, before), before };
	table_add_name(&family->by_name, member->name, (void *)member);
	if (member->field)
		table_add_number(&family->by_encoding, member->field->encoding, (void *)member);
	table_add_object(&family->revisions, member, (void *)revision);
	return (struct origin){ NULL, NULL };
}

/* The first member that a revision places differently. */
static void look_at_places(struct checker *checker, const struct revision *revision)
{
	struct family *family = shared_family(checker, revision);
	struct name_list names = name_list_new(checker->spec->arena, revision);
	const struct revision *other = NULL;

	for (size_t i = 0; family && i < revision->count; i++) {
		const struct member *member = &revision->members[i];
		struct origin origin;

		if (member->pad)
			continue;
		origin = find_or_enter_origin(checker, family, revision, member);
		if (!origin.member || members_coincide(member, origin.member))
			continue;
		other = other ? other : origin.revision;
		if (origin.revision == other)
			names.indices[names.count++] = i;
	}
	if (!names.count)
		return;
	check_report(checker, revision, revision->pos,
		     "'%s' and '%s' have one identity, 0x%x, but place %zu member%s differently",
		     revision->path, other->path, revision->id, names.count,
		     names.count == 1 ? "" : "s");
	name_list_note(&names, checker->messages, other->pos, "they differ about");
}

const struct check check_same_id = {
	.name = "same-id", .severity = SEVERITY_ERROR, .spec = find_families,
	.revision = look_at_places, .end = release_families,
	.text = "revisions with one id that disagree about an offset, without a reason",
};

/* A field with a group and without a reason of its own for it. */
static bool is_grouped(const struct member *member)
{
	return !member->pad && member->group != GROUP_NONE && !member->because;
}

static void look_at_groups(struct checker *checker, const struct revision *revision,
			   const struct member *member)
{
	struct family *family = shared_family(checker, revision);
	struct origin origin;

	if (!family || !is_grouped(member))
		return;
	origin = find_or_enter_origin(checker, family, revision, member);
	if (!origin.member || !is_grouped(origin.member) ||
	    origin.revision->layout != revision->layout || origin.member->group == member->group)
		return;
	/* A member that is only changed has the place of its declaration. */
	check_report(checker, member,
		     srcpos_key(member->pos) == srcpos_key(origin.member->pos) ?
		     revision->pos : member->pos,
		     "'%s' is in the group '%s' in '%s', but in '%s' in '%s'", member->name,
		     group_name(revision->layout, member->group), revision->path,
		     group_name(revision->layout, origin.member->group), origin.revision->path);
	report_note(checker->messages, origin.member->pos, "there it is declared here");
}

const struct check check_group_changed = {
	.name = "group-changed", .severity = SEVERITY_ERROR, .spec = find_families,
	.member = look_at_groups, .end = release_families,
	.text = "a field in another group than in a revision with the same id, without a reason",
};

/* Bytes that a revision has given to a member. */
struct byte_claim {
	const struct family *family;
	const struct revision *revision;
	const struct member *member;
	size_t order;			/* in which revisions are listed */
};

/*
 * Gather @member if this revision places it; one that lies where `from` has it was gathered
 * with `from`.
 */
static void gather_claim(struct checker *checker, const struct revision *revision,
			 const struct member *member)
{
	struct family *family = shared_family(checker, revision);
	struct families *families = checker->families;
	const struct revision *from = revision->from;

	if (from && family_of(checker, from) != family)
		from = NULL;
	if (!family || member == revision_header(revision) || !member_is_put(from, member))
		return;
	families->claims = grow(families->claims, &families->room, families->count + 1,
				sizeof(*families->claims));
	families->claims[families->count] = (struct byte_claim){ family, revision, member,
								 families->count };
	families->count++;
}

static int compare_byte_claims(const void *a, const void *b)
{
	const struct byte_claim *x = a, *y = b;

	if (x->family != y->family)
		return x->family->number < y->family->number ? -1 : 1;
	if (x->member->offset != y->member->offset)
		return x->member->offset < y->member->offset ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/*
 * Whether two members of different revisions are the same one: by encoding, any name, or
 * declaration.
 */
static bool members_are_one(const struct member *a, const struct member *b)
{
	if (a->field && b->field)
		return a->field->encoding == b->field->encoding;
	return a->name == b->name || member_tlfs_name(a) == member_tlfs_name(b) ||
	       srcpos_key(a->origin) == srcpos_key(b->origin);
}

static void report_byte(struct checker *checker, const struct byte_claim *a,
			const struct byte_claim *b)
{
	const struct byte_claim *new = a->order > b->order ? a : b, *old = new == a ? b : a;
	uint32_t a_end = member_end(a->member), b_end = member_end(b->member);

	if (!check_sound(checker, new->revision) || !check_sound(checker, old->revision) ||
	    !check_sound(checker, srcpos_key(new->member->pos)) ||
	    !check_sound(checker, srcpos_key(old->member->pos)))
		return;
	check_report(checker, srcpos_key(new->member->pos), new->member->pos,
		     "'%s' and '%s' have one identity, 0x%x, but bytes %u to %u are '%s' and '%s'",
		     new->revision->path, old->revision->path, new->revision->id,
		     b->member->offset, (a_end < b_end ? a_end : b_end) - 1, new->member->name,
		     old->member->name);
	report_note(checker->messages, old->member->pos, "there they are given to '%s'",
		    old->member->name);
}

/*
 * Compare each claim with the earlier one that reaches furthest.  If it overlaps any claim, it
 * overlaps that one, or both are the same member and the overlap has been reported.
 */
static void look_at_claims(struct checker *checker)
{
	const struct byte_claim *claims = checker->families->claims, *furthest = NULL;
	size_t count = checker->families->count;

	if (count)
		qsort(checker->families->claims, count, sizeof(*claims), compare_byte_claims);
	for (size_t i = 0; i < count; i++) {
		const struct byte_claim *claim = &claims[i];
		bool meets = furthest && furthest->family == claim->family &&
			     claim->member->offset < member_end(furthest->member);

		if (meets && claim->revision != furthest->revision &&
		    !members_are_one(claim->member, furthest->member))
			report_byte(checker, furthest, claim);
		if (!meets || member_end(claim->member) > member_end(furthest->member))
			furthest = claim;
	}
	release_families(checker);
}

const struct check check_byte_twice = {
	.name = "byte-twice", .severity = SEVERITY_ERROR, .spec = find_families,
	.member = gather_claim, .end = look_at_claims,
	.text = "a byte that two revisions with one id give to two members, without a reason",
	.needs = { &check_same_id, &check_id_line, &check_overlap },
};
