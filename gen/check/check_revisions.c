// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Checks of revisions against each other and against what was promised. */
#include <string.h>

#include "check/check.h"
#include "check/fingerprint.h"
#include "check/name_list.h"

static void look_for_id(struct checker *checker, const struct revision *revision)
{
	const struct layout *layout = revision->layout;

	if (layout->has_version && revision->id_pos.source) {
		if (check_report(checker, revision, revision->id_pos,
				 "every revision of '%s' is told by the version %u, not by an id",
				 layout->name, layout->version))
			report_note(checker->messages, layout->version_pos, "the version");
	} else if (!revision->has_id) {
		check_report(checker, revision, revision->pos, "'%s/%s' has no id",
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

static void id_reserved(struct checker *checker)
{
	const struct spec *spec = checker->spec;
	struct table versions = { 0 };

	for (size_t i = 0; i < spec->layout_count; i++)
		if (spec->layouts[i]->has_version)
			table_add_number(&versions, spec->layouts[i]->version, spec->layouts[i]);
	for (size_t i = 0; i < spec->layout_count; i++)
		for (size_t j = 0; j < spec->layouts[i]->count; j++) {
			const struct revision *revision = spec->layouts[i]->revisions[j];
			const struct layout *other = table_number(&versions, revision->id);

			if (!revision_is_whole(revision) || revision->layout->has_version ||
			    !revision->id_pos.source || !other)
				continue;
			if (check_report(checker, revision, revision->id_pos,
					 "the id of '%s/%s' is the version of '%s'",
					 revision->layout->name, revision->name, other->name))
				report_note(checker->messages, other->version_pos, "the version");
		}
	table_free(&versions);
}

const struct check check_id_reserved = {
	"id-reserved", SEVERITY_ERROR, "an id that is another layout's version",
	id_reserved, { NULL },
};

/* By the id alone, since the version of a layout is not compared with ids. */
static void id_line(struct checker *checker)
{
	const struct spec *spec = checker->spec;
	struct table first_of_id = { 0 };

	for (size_t i = 0; i < spec->layout_count; i++)
		for (size_t j = 0; j < spec->layouts[i]->count; j++) {
			struct revision *revision = spec->layouts[i]->revisions[j], *first;

			if (!revision_is_whole(revision) || revision->layout->has_version ||
			    !revision->has_id)
				continue;
			first = table_add_number(&first_of_id, revision->id, revision);
			if (!first || revision_root(first) == revision_root(revision) ||
			    !revision->id_pos.source)
				continue;
			if (check_report(checker, revision, revision->id_pos,
					 "the id of '%s/%s' names another line of revisions",
					 revision->layout->name, revision->name))
				report_note(checker->messages, first->pos,
					    "'%s/%s' has it, and neither is from the other",
					    first->layout->name, first->name);
		}
	table_free(&first_of_id);
}

const struct check check_id_line = {
	"id-line", SEVERITY_ERROR, "one id for two lines of revisions",
	id_line, { NULL },
};

static void look_at_frozen(struct checker *checker, const struct frozen *frozen)
{
	const struct revision *revision = frozen->revision;
	struct fingerprint_match match;
	struct name_list names = name_list(checker->spec->arena, revision);

	if (!fingerprint_match(&match, checker->spec->arena, revision, frozen->fingerprint)) {
		check_report(checker, frozen, frozen->pos,
			     "the fingerprint of '%s/%s' is no fingerprint", revision->layout->name,
			     revision->name);
		return;
	}
	if (match.equal)
		return;
	check_report(checker, frozen, frozen->pos,
		     "'%s/%s' is frozen, but its placement has changed", revision->layout->name,
		     revision->name);
	for (size_t i = 0; i < revision->count; i++)
		if (match.changed[i])
			names.indices[names.count++] = i;
	if (names.count)
		name_list_note(&names, checker->messages, revision->pos, "moved or new");
	if (match.lost)
		report_note(checker->messages, revision->pos,
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
