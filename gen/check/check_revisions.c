// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Checks of the ids of revisions, and of what was promised about them. */
#include "check/check.h"
#include "check/fingerprint.h"
#include "check/name_list.h"

static void look_for_id(struct checker *checker, const struct revision *revision)
{
	const struct layout *layout = revision->layout;

	if (layout->has_version && revision->id_pos.source) {
		check_report(checker, revision, revision->id_pos,
			     "every revision of '%s' is told by the version %u, not by an id",
			     layout->name, layout->version);
		report_note(checker->messages, layout->version_pos, "the version");
	} else if (!revision->has_id) {
		check_report(checker, revision, revision->pos, "'%s' has no id", revision->path);
	}
}

const struct check check_id_missing = {
	.name = "id-missing", .severity = SEVERITY_ERROR, .revision = look_for_id,
	.text = "a revision that nothing tells from others",
};

static void see_version(struct checker *checker, const struct layout *layout)
{
	if (layout->has_version)
		table_add_number(&checker->seen, layout->version, (void *)layout);
}

static void look_for_version(struct checker *checker, const struct revision *revision)
{
	const struct layout *other = table_number(&checker->seen, revision->id);

	if (!revision_says_id(revision) || !other)
		return;
	check_report(checker, revision, revision->id_pos, "the id of '%s' is the version of '%s'",
		     revision->path, other->name);
	report_note(checker->messages, other->version_pos, "the version");
}

const struct check check_id_reserved = {
	.name = "id-reserved", .severity = SEVERITY_ERROR, .layout = see_version,
	.revision = look_for_version,
	.text = "an id that is another layout's version",
};

/* By the id alone, since the version of a layout is not compared with ids. */
static void look_at_line(struct checker *checker, const struct revision *revision)
{
	const struct revision *first;

	if (revision->layout->has_version || !revision->has_id)
		return;
	first = table_add_number(&checker->seen, revision->id, (void *)revision);
	if (!first || revision_root(first) == revision_root(revision) ||
	    !revision_says_id(revision))
		return;
	check_report(checker, revision, revision->id_pos,
		     "the id of '%s' names another line of revisions", revision->path);
	report_note(checker->messages, first->pos, "'%s' has it, and neither is from the other",
		    first->path);
}

const struct check check_id_line = {
	.name = "id-line", .severity = SEVERITY_ERROR, .revision = look_at_line,
	.text = "one id for two lines of revisions",
};

static void look_at_frozen(struct checker *checker, const struct frozen *frozen)
{
	const struct revision *revision = frozen->revision;
	struct fingerprint_match match;
	struct name_list names = name_list_new(checker->spec->arena, revision);

	if (!fingerprint_compare(&match, checker->spec->arena, revision, frozen->fingerprint)) {
		check_report(checker, frozen, frozen->pos,
			     "the fingerprint of '%s' is no fingerprint", revision->path);
		return;
	}
	if (match.equal)
		return;
	check_report(checker, frozen, frozen->pos,
		     "'%s' is frozen, but its placement has changed", revision->path);
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

const struct check check_frozen = {
	.name = "frozen", .severity = SEVERITY_ERROR, .frozen = look_at_frozen,
	.text = "a frozen revision whose placement has changed",
};
