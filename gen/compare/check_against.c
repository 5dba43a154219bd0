// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Checks of a spec against another one: what was promised before, and what others
 * have in flight.  Revisions are told by their path in both.  All pass without
 * another spec.
 */
#include <string.h>

#include "base/text.h"
#include "check/check.h"
#include "compare/compare.h"

/* What of a revision is promised: all but the names of its members. */
enum { CHANGES_BROKEN = ((1 << CHANGES) - 1) & ~(1 << CHANGE_RENAMED) };

/* The revision of @spec that has the path of @revision, or NULL; aliases are followed. */
static const struct revision *of_path(const struct spec *spec, const struct revision *revision)
{
	const struct layout *layout = table_name(&spec->layout_names, revision->layout->name);

	return layout ? layout_revision(layout, revision->name) : NULL;
}

/* The same, if it could be placed. */
static const struct revision *counterpart(const struct spec *spec, const struct revision *revision)
{
	const struct revision *other = of_path(spec, revision);

	return other && other->state == PLACED ? other : NULL;
}

/* Call @look for every revision and alias of the other spec that is placed. */
static void for_others(struct checker *checker,
		       void (*look)(struct checker *checker, const struct revision *other))
{
	const struct spec *spec = checker->other ? checker->other->spec : NULL;

	for (size_t i = 0; spec && i < spec->layout_count; i++)
		for (size_t j = 0; j < spec->layouts[i]->count; j++)
			if (spec->layouts[i]->revisions[j]->state == PLACED)
				look(checker, spec->layouts[i]->revisions[j]);
}

static bool is_broken(const struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->count; i++)
		if (comparison->members[i].changes & CHANGES_BROKEN)
			return true;
	return false;
}

static const char *name_in(const struct comparison *comparison, size_t i)
{
	const struct difference *difference = &comparison->members[i];

	return difference->to ? difference->to->name : difference->from->name;
}

/* Add "a .. b (moved)" for each run of members that differ. */
static void put_runs(struct text *text, const struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->run_count; i++) {
		const struct run_of_members *run = &comparison->runs[i];
		unsigned int changes = comparison->members[run->first].changes & CHANGES_BROKEN;
		const char *before = " (";

		if (!changes)
			continue;
		text_printf(text, "%s%s", text->len ? ", " : "", name_in(comparison, run->first));
		if (run->count > 1)
			text_printf(text, " .. %s",
				    name_in(comparison, run->first + run->count - 1));
		for (enum change change = 0; change < CHANGES; change++)
			if (changes >> change & 1) {
				text_printf(text, "%s%s", before, change_name(change));
				before = ", ";
			}
		text_put(text, ")");
	}
}

static void look_for_change(struct checker *checker, const struct revision *other)
{
	const struct revision *then = other->same ? other->same : other;
	const struct revision *now = counterpart(checker->spec, other);
	struct comparison comparison;
	struct text text = { 0 };

	/* What is another name in both is looked at under its own. */
	if (!now || (other->same && now->name == then->name))
		return;
	compare_revisions(&comparison, checker->spec->arena, then, now);
	if (is_broken(&comparison) &&
	    check_report(checker, other, now->pos,
			 "'%s/%s' is not what it is in %s: what is new needs a revision of its own",
			 other->layout->name, other->name, checker->other->name)) {
		put_runs(&text, &comparison);
		report_note(checker->messages, other->pos, "they differ about: %.*s",
			    (int)text.len, text.bytes);
		text_free(&text);
	}
}

static void revision_changed(struct checker *checker)
{
	for_others(checker, look_for_change);
}

const struct check check_revision_changed = {
	"revision-changed", SEVERITY_ERROR, "a revision that differs from itself in another spec",
	revision_changed, { NULL },
};

/* The statement that freezes @revision, or NULL. */
static const struct frozen *frozen_of(const struct spec *spec, const struct revision *revision)
{
	for (size_t i = 0; i < spec->frozen_count; i++)
		if (spec->frozen[i].revision == revision)
			return &spec->frozen[i];
	return NULL;
}

static void look_for_frozen(struct checker *checker, const struct frozen *frozen)
{
	const struct revision *then = frozen->revision, *now = of_path(checker->spec, then);
	const struct layout *layout = table_name(&checker->spec->layout_names,
						 then->layout->name);

	/* What could not be placed is not known to be frozen; that has been reported. */
	if (now && (now->state != PLACED || frozen_of(checker->spec, now)))
		return;
	if (!now)
		check_report(checker, frozen, layout ? layout->pos : (struct srcpos){ 0 },
			     "'%s/%s' is frozen in %s, and is gone", then->layout->name,
			     then->name, checker->other->name);
	else
		check_report(checker, frozen, now->pos,
			     "'%s/%s' is frozen in %s, but not any more", then->layout->name,
			     then->name, checker->other->name);
	report_note(checker->messages, frozen->pos, "it is frozen here");
}

static void frozen_lost(struct checker *checker)
{
	for (size_t i = 0; checker->other && i < checker->other->spec->frozen_count; i++)
		look_for_frozen(checker, &checker->other->spec->frozen[i]);
}

const struct check check_frozen_lost = {
	"frozen-lost", SEVERITY_ERROR,
	"a revision that is frozen in another spec, and here gone or not frozen",
	frozen_lost, { NULL },
};

/* Whether two fingerprints are the same but for the blanks between their lines. */
static bool same_text(const char *a, const char *b)
{
	do {
		a += strspn(a, " ");
		b += strspn(b, " ");
		if (*a != *b)
			return false;
	} while (*a++ && *b++);
	return true;
}

static void frozen_edited(struct checker *checker)
{
	const struct spec *spec = checker->other ? checker->other->spec : NULL;

	for (size_t i = 0; spec && i < spec->frozen_count; i++) {
		const struct frozen *then = &spec->frozen[i], *now;
		const struct revision *revision = counterpart(checker->spec, then->revision);

		now = revision ? frozen_of(checker->spec, revision) : NULL;
		if (!now || same_text(now->fingerprint, then->fingerprint))
			continue;
		check_report(checker, then, now->pos,
			     "the fingerprint of '%s/%s' is not the one that %s has",
			     revision->layout->name, revision->name, checker->other->name);
		report_note(checker->messages, then->pos, "it is frozen here");
	}
}

const struct check check_frozen_edited = {
	"frozen-edited", SEVERITY_ERROR, "a fingerprint that differs from the one in another spec",
	frozen_edited, { NULL },
};

static void look_for_identity(struct checker *checker, const struct revision *other)
{
	const struct revision *now = counterpart(checker->spec, other);

	if (other->same || !now || (now->id == other->id && now->has_id == other->has_id))
		return;
	if (now->from && other->from && now->from->name == other->from->name)
		return;			/* it is that one's id */
	if (other->layout->has_version && now->layout->has_version) {
		if (!check_report(checker, now->layout, now->layout->version_pos,
				  "the version of '%s' is %u in %s", now->layout->name,
				  other->layout->version, checker->other->name))
			return;
		report_note(checker->messages, other->layout->version_pos, "the version there");
		return;
	}
	check_report(checker, other, now->id_pos.source ? now->id_pos : now->pos,
		     "the id of '%s/%s' is 0x%x in %s", now->layout->name, now->name, other->id,
		     checker->other->name);
	report_note(checker->messages, other->id_pos.source ? other->id_pos : other->pos,
		    "the id there");
}

static void id_changed(struct checker *checker)
{
	for_others(checker, look_for_identity);
}

const struct check check_id_changed = {
	"id-changed", SEVERITY_ERROR, "a revision or layout that has another id in another spec",
	id_changed, { NULL },
};

/* Whether the line that @revision is of has, in this spec, the revision @other. */
static bool is_of_its_line(const struct checker *checker, const struct revision *revision,
			   const struct revision *other)
{
	const struct revision *now = counterpart(checker->spec, other);

	return now && revision_root(now) == revision_root(revision);
}

/* One of the other spec's revisions that has the id of @revision, and not its line, or NULL. */
static const struct revision *owner_of(const struct checker *checker,
				       const struct revision *revision)
{
	const struct spec *spec = checker->other->spec;
	const struct revision *owner = NULL;

	for (size_t i = 0; i < spec->layout_count; i++)
		for (size_t j = 0; j < spec->layouts[i]->count; j++) {
			const struct revision *other = spec->layouts[i]->revisions[j];

			if (other->state != PLACED || other->same || !other->has_id ||
			    other->id != revision->id)
				continue;
			if (is_of_its_line(checker, revision, other))
				return NULL;
			owner = owner ? owner : other;
		}
	return owner;
}

static void look_for_owner(struct checker *checker, const struct revision *revision)
{
	const struct revision *owner;

	if (revision->layout->has_version || !node_child(revision->node, NODE_ID))
		return;
	owner = owner_of(checker, revision);
	if (owner && check_report(checker, revision, revision->id_pos,
				  "the id of '%s/%s' is in %s that of '%s/%s', which it is not from",
				  revision->layout->name, revision->name, checker->other->name,
				  owner->layout->name, owner->name))
		report_note(checker->messages, owner->pos, "it has the id there");
}

static void id_reused(struct checker *checker)
{
	if (checker->other)
		for_revisions(checker, look_for_owner);
}

const struct check check_id_reused = {
	"id-reused", SEVERITY_ERROR, "an id that another spec has for another line of revisions",
	id_reused, { NULL },
};

/* Whether both specs have the revision, and say the same of it. */
static bool is_shared(const struct checker *checker, const struct revision *revision)
{
	const struct revision *here = counterpart(checker->spec, revision);
	const struct revision *there = counterpart(checker->other->spec, revision);
	struct comparison comparison;

	if (!here || !there)
		return false;
	compare_revisions(&comparison, checker->spec->arena, here, there);
	return !is_broken(&comparison);
}

/* The nearest revision that @revision is from and that both specs have, as this one has it. */
static const struct revision *base_of(const struct checker *checker,
				      const struct revision *revision)
{
	do
		revision = revision->from;
	while (revision && !is_shared(checker, revision));
	return revision ? counterpart(checker->spec, revision) : NULL;
}

static bool descends_from(const struct revision *revision, const struct revision *ancestor)
{
	while (revision && revision != ancestor)
		revision = revision->from;
	return revision;
}

/* Whether @revision has put @member where it is, and not one that it is from. */
static bool is_put_by(const struct revision *revision, const struct member *member)
{
	const struct member *before = revision->from ?
		revision_counterpart(revision->from, member) : NULL;

	return !member->pad && (!before || before->pad || before->offset != member->offset ||
				member_bytes(before) != member_bytes(member));
}

/* @same is the one of theirs that belongs to ours; elsewhere, it is no rival for bytes. */
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
		     "'%s/%s' and '%s/%s' of %s both claim bytes %u to %u: '%s' and '%s'",
		     ours->layout->name, ours->name, theirs->layout->name, theirs->name,
		     checker->other->name, start, end - 1, our->name, their->name);
	report_note(checker->messages, their->pos, "'%s' is put there here", their->name);
}

static void report_two_places(struct checker *checker, const struct revision *ours,
			      const struct member *our, const struct revision *theirs,
			      const struct member *their)
{
	check_report(checker, NULL, our->pos,
		     "'%s/%s' has '%s' at byte %u, and '%s/%s' of %s at byte %u",
		     ours->layout->name, ours->name, our->name, our->offset,
		     theirs->layout->name, theirs->name, checker->other->name, their->offset);
	report_note(checker->messages, their->pos, "it is put there here");
}

/*
 * What both have, one revision that the specs disagree about is known to have
 * changed; then only what each has to itself is looked at.
 */
static void compare_claims(struct checker *checker, const struct revision *ours,
			   const struct revision *theirs)
{
	bool one = ours->name == theirs->name;

	for (size_t i = 0; i < ours->count; i++) {
		const struct member *our = &ours->members[i];
		const struct member *same = revision_counterpart(theirs, our);

		if (!is_put_by(ours, our) || (one && same))
			continue;
		if (same && is_put_by(theirs, same) && same->offset != our->offset)
			report_two_places(checker, ours, our, theirs, same);
		for (size_t j = 0; j < theirs->count; j++) {
			const struct member *their = &theirs->members[j];

			if (is_put_by(theirs, their) && collide(our, their, same) &&
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
	return !of_path(checker->other->spec, ours) && !of_path(checker->spec, theirs);
}

/*
 * Each revision that is in flight in this spec with each in the other one, of the
 * same layout, if both are from what both specs have: from one revision, or from
 * two of which one is from the other.
 */
static void look_for_claims(struct checker *checker, const struct revision *ours)
{
	const struct layout *layout = table_name(&checker->other->spec->layout_names,
						 ours->layout->name);
	const struct revision *base = base_of(checker, ours);

	if (!layout || !base)
		return;
	for (size_t i = 0; i < layout->count; i++) {
		const struct revision *theirs = layout->revisions[i], *other;

		if (theirs->state != PLACED || theirs->same || !are_rivals(checker, ours, theirs))
			continue;
		other = base_of(checker, theirs);
		if (other && (descends_from(base, other) || descends_from(other, base)))
			compare_claims(checker, ours, theirs);
	}
}

static void claim(struct checker *checker)
{
	if (checker->other)
		for_revisions(checker, look_for_claims);
}

const struct check check_claim = {
	"claim", SEVERITY_ERROR, "bytes that a new revision here and one in another spec both use",
	claim, { NULL },
};
