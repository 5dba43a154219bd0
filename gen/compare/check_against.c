// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Checks of a spec against another one: what it promised earlier, or what others develop.  A
 * revision has the same path in both.
 */
#include <string.h>

#include "base/text.h"
#include "compare/check_against.h"
#include "compare/compare.h"
#include "compare/find_in_spec.h"

/* The promise of a revision: everything but the names of its members. */
enum { CHANGES_BROKEN = ((1 << CHANGES) - 1) & ~(1 << CHANGE_RENAMED) };

static bool is_broken(const struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->count; i++)
		if (comparison->differences[i].changes & CHANGES_BROKEN)
			return true;
	return false;
}

static const char *name_in(const struct comparison *comparison, size_t i)
{
	const struct difference *difference = &comparison->differences[i];

	return difference->to ? difference->to->name : difference->from->name;
}

/* Which spec has more is no change here: either may be the older one. */
static const char *changed_how(enum change change)
{
	switch (change) {
	case CHANGE_INSERTED:
	case CHANGE_GAP_FILLED:
	case CHANGE_APPENDED:
		return "only here";
	case CHANGE_RETIRED:
		return "only there";
	default:
		return change_name(change);
	}
}

/* Add "a .. b (moved)" for each run of members that differ. */
static void put_runs(struct text *text, const struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->run_count; i++) {
		const struct run_of_members *run = &comparison->runs[i];
		unsigned int changes = comparison->differences[run->first].changes & CHANGES_BROKEN;
		const char *before = " (";

		if (!changes)
			continue;
		text_printf(text, "%s%s", text->len ? ", " : "", name_in(comparison, run->first));
		if (run->count > 1)
			text_printf(text, " .. %s",
				    name_in(comparison, run->first + run->count - 1));
		for (enum change change = 0; change < CHANGES; change++)
			if (changes >> change & 1) {
				text_printf(text, "%s%s", before, changed_how(change));
				before = ", ";
			}
		text_put(text, ")");
	}
}

static void look_for_change(struct checker *checker, const struct revision *other)
{
	const struct revision *then = other->alias_of ? other->alias_of : other;
	const struct revision *now = spec_placed(checker->spec, other->path);
	struct comparison comparison;
	struct text text = { 0 };

	/* An alias in both specs is compared under its own name. */
	if (!now || (other->alias_of && now->name == then->name))
		return;
	compare_revisions(&comparison, checker->spec->arena, then, now);
	if (!is_broken(&comparison))
		return;
	check_report(checker, other, now->pos,
		     "'%s' is not what it is in %s: what is new needs a revision of its own",
		     other->path, checker->other->name);
	put_runs(&text, &comparison);
	report_note(checker->messages, other->pos, "they differ about: %.*s", (int)text.len,
		    text.bytes);
	text_free(&text);
}

static const struct check check_revision_changed = {
	.name = "revision-changed", .severity = SEVERITY_ERROR, .against = true,
	.other_revision = look_for_change,
	.text = "a revision that differs from itself in another spec",
};

static void look_for_frozen(struct checker *checker, const struct frozen *frozen)
{
	const struct revision *then = frozen->revision;
	const struct revision *now = spec_revision(checker->spec, then->path);
	const struct layout *layout = table_name(&checker->spec->layout_names, then->layout->name);

	/* A revision that was not placed is not known to be frozen; that has been reported. */
	if (now && (now->state != PLACED || spec_frozen(checker->spec, now)))
		return;
	if (!now)
		check_report(checker, frozen, layout ? layout->pos : (struct srcpos){ 0 },
			     "'%s' is frozen in %s, and is gone", then->path, checker->other->name);
	else
		check_report(checker, frozen, now->pos, "'%s' is frozen in %s, but not any more",
			     then->path, checker->other->name);
	report_note(checker->messages, frozen->pos, "it is frozen here");
}

static const struct check check_frozen_lost = {
	.name = "frozen-lost", .severity = SEVERITY_ERROR, .against = true, .promised = true,
	.other_frozen = look_for_frozen,
	.text = "a revision that is frozen in an older spec, and here gone or not frozen",
};

/* Whether two rows freeze the same: a field's name may change. */
static bool same_row(const struct frozen_row *a, const struct frozen_row *b)
{
	return a->offset == b->offset && a->size == b->size && a->count == b->count &&
	       a->encoded == b->encoded && a->encoding == b->encoding && a->group == b->group &&
	       (a->encoded || a->name == b->name);
}

/* The place of the row, or of the statement if there are fewer rows. */
static struct srcpos row_place(const struct frozen *frozen, size_t row)
{
	return row < frozen->count ? frozen->rows[row].pos : frozen->pos;
}

static void look_for_edit(struct checker *checker, const struct frozen *then)
{
	const struct revision *revision = spec_placed(checker->spec, then->revision->path);
	const struct frozen *now = revision ? spec_frozen(checker->spec, revision) : NULL;
	size_t row = 0;

	if (!now || !now->has_table)
		return;
	while (row < now->count && row < then->count &&
	       same_row(&now->rows[row], &then->rows[row]))
		row++;
	if (row == now->count && row == then->count)
		return;
	check_report(checker, then, row_place(now, row),
		     "the table of '%s' is not the one that %s has",
		     revision->path, checker->other->name);
	report_note(checker->messages, row_place(then, row), "they differ from here on");
}

static const struct check check_frozen_edited = {
	.name = "frozen-edited", .severity = SEVERITY_ERROR, .against = true,
	.other_frozen = look_for_edit,
	.text = "a table of a frozen revision that differs from the one in another spec",
};

static struct srcpos id_place(const struct revision *revision)
{
	return revision->id_pos.source ? revision->id_pos : revision->pos;
}

static void look_for_identity(struct checker *checker, const struct revision *other)
{
	const struct revision *now = spec_placed(checker->spec, other->path);

	if (other->alias_of || !now || (now->id == other->id && now->has_id == other->has_id))
		return;
	if (now->from && other->from && now->from->name == other->from->name)
		return;			/* it is that one's id */
	if (other->layout->has_version && now->layout->has_version) {
		check_report(checker, now->layout, now->layout->version_pos,
			     "the version of '%s' is %u in %s", now->layout->name,
			     other->layout->version, checker->other->name);
		report_note(checker->messages, other->layout->version_pos, "the version there");
		return;
	}
	check_report(checker, other, id_place(now), "the id of '%s' is 0x%x in %s", now->path,
		     other->id, checker->other->name);
	report_note(checker->messages, id_place(other), "the id there");
}

static const struct check check_id_changed = {
	.name = "id-changed", .severity = SEVERITY_ERROR, .against = true,
	.other_revision = look_for_identity,
	.text = "a revision or layout that has another id in another spec",
};

/* A revision of the other spec with the id of @revision that is not of its line, or NULL. */
static const struct revision *owner_of(const struct checker *checker,
				       const struct revision *revision)
{
	const struct spec *spec = checker->other->spec;
	const struct revision *owner = NULL;

	for (size_t i = 0; i < spec->layout_count; i++)
		for (size_t j = 0; j < spec->layouts[i]->count; j++) {
			const struct revision *other = spec->layouts[i]->revisions[j], *now;

			if (!revision_is_whole(other) || !other->has_id ||
			    other->id != revision->id)
				continue;
			now = spec_placed(checker->spec, other->path);
			if (now && revision_root(now) == revision_root(revision))
				return NULL;
			owner = owner ? owner : other;
		}
	return owner;
}

static void look_for_owner(struct checker *checker, const struct revision *revision)
{
	const struct revision *owner = revision_says_id(revision) ?
				       owner_of(checker, revision) : NULL;

	if (!owner)
		return;
	check_report(checker, revision, revision->id_pos,
		     "the id of '%s' is in %s that of '%s', which it is not from", revision->path,
		     checker->other->name, owner->path);
	report_note(checker->messages, owner->pos, "it has the id there");
}

static const struct check check_id_reused = {
	.name = "id-reused", .severity = SEVERITY_ERROR, .against = true,
	.revision = look_for_owner,
	.text = "an id that another spec has for another line of revisions",
};

/* Whether both specs have the revision, and say the same of it. */
static bool is_shared(const struct checker *checker, const struct revision *revision)
{
	const struct revision *here = spec_placed(checker->spec, revision->path);
	const struct revision *there = spec_placed(checker->other->spec, revision->path);
	struct comparison comparison;

	if (!here || !there)
		return false;
	compare_revisions(&comparison, checker->spec->arena, here, there);
	return !is_broken(&comparison);
}

/* The nearest revision that @revision is from and that is the same in both specs. */
static const struct revision *base_of(const struct checker *checker,
				      const struct revision *revision)
{
	do
		revision = revision->from;
	while (revision && !is_shared(checker, revision));
	return revision ? spec_placed(checker->spec, revision->path) : NULL;
}

static bool descends_from(const struct revision *revision, const struct revision *ancestor)
{
	while (revision && revision != ancestor)
		revision = revision->from;
	return revision;
}

/* @same is their revision for ours; where it is elsewhere, it does not compete for bytes. */
static bool collide(const struct member *our, const struct member *their,
		    const struct member *same)
{
	if (their == same)
		return our->offset == their->offset && member_bytes(our) != member_bytes(their);
	return our->offset < member_end(their) && their->offset < member_end(our);
}

static void report_claim(struct checker *checker, const struct revision *ours,
			 const struct member *our, const struct revision *theirs,
			 const struct member *their)
{
	uint32_t start = our->offset > their->offset ? our->offset : their->offset;
	uint32_t end = member_end(our) < member_end(their) ? member_end(our) : member_end(their);

	check_report(checker, NULL, our->pos,
		     "'%s' and '%s' of %s both claim bytes %u to %u: '%s' and '%s'", ours->path,
		     theirs->path, checker->other->name, start, end - 1, our->name, their->name);
	report_note(checker->messages, their->pos, "'%s' is put there here", their->name);
}

static void report_two_places(struct checker *checker, const struct revision *ours,
			      const struct member *our, const struct revision *theirs,
			      const struct member *their)
{
	check_report(checker, NULL, our->pos, "'%s' has '%s' at byte %u, and '%s' of %s at byte %u",
		     ours->path, our->name, our->offset, theirs->path, checker->other->name,
		     their->offset);
	report_note(checker->messages, their->pos, "it is put there here");
}

/*
 * If a shared revision differs between the specs, it is known to have changed: then compare only
 * what each spec has alone.
 */
static void hold_rivals(struct checker *checker, const struct revision *ours,
			const struct revision *theirs)
{
	bool one = ours->name == theirs->name;

	for (size_t i = 0; i < ours->count; i++) {
		const struct member *our = &ours->members[i];
		const struct member *same = revision_counterpart(theirs, our);

		if (!member_is_put(ours->from, our) || (one && same))
			continue;
		if (same && member_is_put(theirs->from, same) && same->offset != our->offset)
			report_two_places(checker, ours, our, theirs, same);
		for (size_t j = 0; j < theirs->count; j++) {
			const struct member *their = &theirs->members[j];

			if (member_is_put(theirs->from, their) && collide(our, their, same) &&
			    !(one && revision_counterpart(ours, their)))
				report_claim(checker, ours, our, theirs, their);
		}
	}
}

/* Whether both revisions are in one spec only, or are one that both specs have. */
static bool are_rivals(const struct checker *checker, const struct revision *ours,
		       const struct revision *theirs)
{
	if (ours->name == theirs->name)
		return !is_shared(checker, ours);
	return !spec_revision(checker->other->spec, ours->path) &&
	       !spec_revision(checker->spec, theirs->path);
}

/*
 * Compare each revision that only this spec has with each that only the other one has, if their
 * layout is the same and both are from shared revisions: from one, or from two of which one is from
 * the other.
 */
static void look_for_rivals(struct checker *checker, const struct revision *ours)
{
	const struct layout *layout = table_name(&checker->other->spec->layout_names,
						 ours->layout->name);
	const struct revision *base = base_of(checker, ours);

	for (size_t i = 0; layout && base && i < layout->count; i++) {
		const struct revision *theirs = layout->revisions[i], *other;

		if (!revision_is_whole(theirs) || !are_rivals(checker, ours, theirs))
			continue;
		other = base_of(checker, theirs);
		if (other && (descends_from(base, other) || descends_from(other, base)))
			hold_rivals(checker, ours, theirs);
	}
}

static const struct check check_claim = {
	.name = "claim", .severity = SEVERITY_ERROR, .against = true,
	.revision = look_for_rivals,
	.text = "bytes that a new revision here and one in another spec both use",
};

const struct check *const against_checks[] = {
	&check_revision_changed, &check_frozen_lost, &check_frozen_edited,
	&check_id_changed, &check_id_reused, &check_claim, NULL
};
