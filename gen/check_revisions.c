// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Checks of revisions against each other and against what was promised. */
#include <string.h>

#include "check.h"
#include "fingerprint.h"
#include "text.h"

/* More names than this in one note, and neighbours are given as ranges. */
enum { NAMES_MAX = 16 };

/* The members of a revision that a message names, by their index. */
struct name_list {
	const struct revision *revision;
	size_t *indices, count;
};

static struct name_list list_names(struct checker *checker, const struct revision *revision)
{
	return (struct name_list){ .revision = revision,
				   .indices = arena_alloc(checker->spec->arena, sizeof(size_t) *
							  (revision->count + 1)) };
}

/* The last of the list's entries that follows the one at @first without a gap but pads. */
static size_t run_end(const struct name_list *list, size_t first)
{
	size_t last = first;

	for (; last + 1 < list->count; last++) {
		size_t i = list->indices[last] + 1;

		while (i < list->revision->count && list->revision->members[i].pad)
			i++;
		if (i != list->indices[last + 1])
			break;
	}
	return last;
}

static const char *list_entry(const struct name_list *list, size_t entry)
{
	return list->revision->members[list->indices[entry]].name;
}

/* A note that names them all: "a, b", or, of many, "a .. f, x .. z". */
static void note_names(struct checker *checker, struct place place, const char *what,
		       const struct name_list *list)
{
	struct text text = { 0 };

	for (size_t first = 0, last; first < list->count; first = last + 1) {
		last = list->count > NAMES_MAX ? run_end(list, first) : first;
		text_put(&text, first ? ", " : "");
		text_put(&text, list_entry(list, first));
		if (last > first)
			text_printf(&text, " .. %s", list_entry(list, last));
	}
	report_note(checker->messages, place, "%s: %.*s", what, (int)text.len, text.bytes);
	text_free(&text);
}

static void look_for_id(struct checker *checker, const struct revision *revision)
{
	const struct layout *layout = revision->layout;

	if (layout->has_version && node_child(revision->node, NODE_ID)) {
		if (check_report(checker, revision, revision->id_place,
				 "every revision of '%s' is told by the version %u, not by an id",
				 layout->name, layout->version))
			report_note(checker->messages, layout->version_place, "the version");
	} else if (!revision->has_id) {
		check_report(checker, revision, revision->place, "'%s/%s' has no id",
			     layout->name, revision->name);
	}
}

static void id_missing(struct checker *checker)
{
	for_revisions(checker, look_for_id);
}

const struct check check_id_missing = {
	"id-missing", SEVERITY_ERROR, "a revision that nothing tells from others",
	id_missing, { NULL },
};

static void look_at_reserved(struct checker *checker, const struct revision *revision)
{
	const struct spec *spec = checker->spec;

	for (size_t i = 0; !revision->layout->has_version && i < spec->layout_count; i++) {
		const struct layout *other = spec->layouts[i];

		if (!node_child(revision->node, NODE_ID) || !other->has_version ||
		    revision->id != other->version)
			continue;
		if (check_report(checker, revision, revision->id_place,
				 "the id of '%s/%s' is the version of '%s'", revision->layout->name,
				 revision->name, other->name))
			report_note(checker->messages, other->version_place, "the version");
	}
}

static void id_reserved(struct checker *checker)
{
	for_revisions(checker, look_at_reserved);
}

const struct check check_id_reserved = {
	"id-reserved", SEVERITY_ERROR, "an id that is another layout's version",
	id_reserved, { NULL },
};

static bool same_identity(const struct revision *a, const struct revision *b)
{
	return a->layout->has_version == b->layout->has_version && a->has_id && b->has_id &&
	       a->id == b->id && (!a->layout->has_version || a->layout == b->layout);
}

/* Call @look for every pair of revisions with one identity, each once. */
static void for_pairs(struct checker *checker,
		      void (*look)(struct checker *checker, const struct revision *a,
				   const struct revision *b))
{
	const struct spec *spec = checker->spec;
	const struct revision **all;
	size_t count = 0;

	for (size_t i = 0; i < spec->layout_count; i++)
		count += spec->layouts[i]->count;
	all = arena_alloc(spec->arena, (count + 1) * sizeof(*all));
	count = 0;
	for (size_t i = 0; i < spec->layout_count; i++)
		for (size_t j = 0; j < spec->layouts[i]->count; j++)
			if (revision_is_whole(spec->layouts[i]->revisions[j]))
				all[count++] = spec->layouts[i]->revisions[j];
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++)
			if (same_identity(all[i], all[j]))
				look(checker, all[i], all[j]);
}

static void look_at_line(struct checker *checker, const struct revision *a,
			 const struct revision *b)
{
	if (a->layout->has_version || !node_child(a->node, NODE_ID) ||
	    revision_root(a) == revision_root(b))
		return;
	if (check_report(checker, a, a->id_place,
			 "the id of '%s/%s' names another line of revisions", a->layout->name,
			 a->name))
		report_note(checker->messages, b->place,
			    "'%s/%s' has it, and neither is from the other", b->layout->name,
			    b->name);
}

static void id_line(struct checker *checker)
{
	for_pairs(checker, look_at_line);
}

const struct check check_id_line = {
	"id-line", SEVERITY_ERROR, "one id for two lines of revisions",
	id_line, { NULL },
};

static bool descends_from(const struct revision *revision, const struct revision *ancestor)
{
	while (revision && revision != ancestor)
		revision = revision->from;
	return revision;
}

static size_t generation(const struct revision *revision)
{
	size_t count = 0;

	while ((revision = revision->from))
		count++;
	return count;
}

/* The nearest revision that both are from, or are. */
static const struct revision *common_ancestor(const struct revision *a, const struct revision *b)
{
	size_t of_a = generation(a), of_b = generation(b);

	for (; of_a > of_b; of_a--)
		a = a->from;
	for (; of_b > of_a; of_b--)
		b = b->from;
	while (a != b) {		/* both end at NULL at the same time */
		a = a->from;
		b = b->from;
	}
	return a;
}

static bool disagree(const struct revision *a, const struct revision *b,
		     const struct member *member)
{
	const struct member *x = a ? revision_counterpart(a, member) : NULL;
	const struct member *y = b ? revision_counterpart(b, member) : NULL;

	return x && y && !x->pad && !y->pad &&
	       (x->offset != y->offset || member_bytes(x) != member_bytes(y));
}

static bool lacks(const struct revision *revision, const struct member *member)
{
	return !revision || !revision_counterpart(revision, member);
}

/*
 * Whether the two are the right pair to report about @member: a revision is
 * held against the base that it took the member from, and against others only
 * if that base had no such member.
 */
static bool is_their_own(const struct revision *a, const struct revision *b,
			 const struct member *member)
{
	if (a->from == b || b->from == a)
		return true;
	return (lacks(a->from, member) || descends_from(b, a)) &&
	       (lacks(b->from, member) || descends_from(a, b));
}

/*
 * What two revisions of one identity disagree about, unless the branch of one
 * of them gives a reason.
 */
static void look_at_pair(struct checker *checker, const struct revision *a,
			 const struct revision *b)
{
	const struct revision *ancestor = common_ancestor(a, b);
	struct name_list names = list_names(checker, a);

	if (revision_reason(a, ancestor) || revision_reason(b, ancestor))
		return;
	for (size_t i = 0; i < a->count; i++) {
		const struct member *member = &a->members[i];

		if (!member->pad && disagree(a, b, member) &&
		    is_their_own(a, b, member))
			names.indices[names.count++] = i;
	}
	if (!names.count)
		return;
	if (check_report(
		    checker, a, a->place,
		    "'%s/%s' and '%s/%s' have one identity, 0x%x, but place %zu member%s differently",
		    a->layout->name, a->name, b->layout->name, b->name, a->id, names.count,
		    names.count == 1 ? "" : "s"))
		note_names(checker, b->place, "they differ about", &names);
}

static void same_id(struct checker *checker)
{
	for_pairs(checker, look_at_pair);
}

const struct check check_same_id = {
	"same-id", SEVERITY_ERROR,
	"revisions with one id that disagree about an offset, without a reason",
	same_id, { NULL },
};

/* Whether a field has changed its group, and neither member says why. */
static bool regrouped(const struct member *a, const struct member *b)
{
	return a->group != b->group && a->group != GROUP_NONE && b->group != GROUP_NONE &&
	       !a->because && !b->because;
}

static void look_at_groups(struct checker *checker, const struct revision *a,
			   const struct revision *b)
{
	const struct revision *ancestor = common_ancestor(a, b);

	if (a->layout != b->layout || revision_reason(a, ancestor) || revision_reason(b, ancestor))
		return;
	for (size_t i = 0; i < a->count; i++) {
		const struct member *member = &a->members[i];
		const struct member *other = revision_counterpart(b, member);

		if (!other || !regrouped(member, other) || !is_their_own(a, b, member))
			continue;
		/* A member that is only changed has the place of its declaration. */
		if (check_report(checker, member,
				 place_key(member->place) == place_key(other->place) ?
				 a->place : member->place,
				 "'%s' is in the group '%s' in '%s/%s', but in '%s' in '%s/%s'",
				 member->name, group_name(a->layout, member->group),
				 a->layout->name, a->name, group_name(b->layout, other->group),
				 b->layout->name, b->name))
			report_note(checker->messages, other->place, "there it is declared here");
	}
}

static void group_changed(struct checker *checker)
{
	for_pairs(checker, look_at_groups);
}

const struct check check_group_changed = {
	"group-changed", SEVERITY_ERROR,
	"a field in another group than in a revision with the same id, without a reason",
	group_changed, { NULL },
};

static void look_at_frozen(struct checker *checker, const struct frozen *frozen)
{
	const struct revision *revision = frozen->revision;
	struct fingerprint_match match;
	struct name_list names = list_names(checker, revision);

	if (!fingerprint_match(&match, checker->spec->arena, revision, frozen->fingerprint)) {
		check_report(checker, frozen, frozen->place,
			     "the fingerprint of '%s/%s' is no fingerprint", revision->layout->name,
			     revision->name);
		return;
	}
	if (match.equal)
		return;
	check_report(checker, frozen, frozen->place,
		     "'%s/%s' is frozen, but its placement has changed", revision->layout->name,
		     revision->name);
	for (size_t i = 0; i < revision->count; i++)
		if (match.changed[i])
			names.indices[names.count++] = i;
	if (names.count)
		note_names(checker, revision->place, "moved or new", &names);
	if (match.lost)
		report_note(checker->messages, revision->place,
			    "%zu place%s that it had frozen %s empty", match.lost,
			    match.lost == 1 ? "" : "s", match.lost == 1 ? "is" : "are");
}

static void frozen(struct checker *checker)
{
	for (size_t i = 0; i < checker->spec->frozen_count; i++)
		look_at_frozen(checker, &checker->spec->frozen[i]);
}

const struct check check_frozen = {
	"frozen", SEVERITY_ERROR, "a frozen revision whose placement has changed",
	frozen, { NULL },
};
