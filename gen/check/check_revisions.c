// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Checks of the ids of revisions, and of promises about them. */
#include "check/check.h"
#include "language/frozen.h"

static void look_for_id(struct checker *checker, const struct revision *revision)
{
	const struct layout *layout = revision->layout;

	if (layout->has_version && revision->id_pos.source) {
		check_report(checker, revision, revision->id_pos,
			     "every revision of '%s' is told by the version %u, not by an id",
			     layout->name, layout->version);
		report_note(checker->messages, layout->version_pos, "the version");
	} else if (!revision->has_id && !revision->from) {
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

static void report_thawed(struct checker *checker, const struct revision *revision,
			  const struct frozen_row *row, const struct member *member)
{
	struct text text = { 0 };

	frozen_put_row(&text, revision->layout, member);
	check_report(checker, srcpos_key(member->pos), member->pos,
		     "'%s' of '%s' is frozen, but has changed: its row would be '%.*s'",
		     member->name, revision->path, (int)text.len, text.bytes);
	report_note(checker->messages, row->pos, "its row in the table");
	text_free(&text);
}

static void report_lost(struct checker *checker, const struct revision *revision,
			const struct frozen_row *row)
{
	check_report(checker, row->name, row->pos, "'%s' is frozen, but not in '%s'", row->name,
		     revision->path);
	report_note(checker->messages, revision->pos, "the revision is declared here");
}

/*
 * Report only the first of neighbours that moved by the same distance, and a member that several
 * frozen revisions inherit only in the first of them.
 */
static void hold_rows(struct checker *checker, const struct frozen *frozen, bool *known)
{
	const struct revision *revision = frozen->revision;
	int64_t before = 0;

	for (size_t i = 0; i < frozen->count; i++) {
		const struct frozen_row *row = &frozen->rows[i];
		const struct member *member = frozen_member(revision, row);
		int64_t distance = member ? (int64_t)member->offset - row->offset : 0;

		if (!member)
			report_lost(checker, revision, row);
		else if (!frozen_row_holds(revision->layout, row, member) &&
			 (!distance || distance != before))
			report_thawed(checker, revision, row, member);
		if (member)
			known[member - revision->members] = true;
		before = distance;
	}
}

static void look_at_frozen(struct checker *checker, const struct frozen *frozen)
{
	const struct revision *revision = frozen->revision;
	bool *known = arena_alloc(checker->spec->arena, revision->count + 1);

	if (!frozen->has_table)
		return;
	hold_rows(checker, frozen, known);
	for (size_t i = 0; i < revision->count; i++) {
		const struct member *member = &revision->members[i];

		if (known[i] || member->pad)
			continue;
		check_report(checker, srcpos_key(member->pos), member->pos,
			     "'%s' is new in '%s', which is frozen", member->name, revision->path);
		report_note(checker->messages, frozen->pos, "it is frozen here");
	}
}

const struct check check_frozen = {
	.name = "frozen", .severity = SEVERITY_ERROR, .frozen = look_at_frozen,
	.text = "a frozen revision whose members are not what its table says",
};
