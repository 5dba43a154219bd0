// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The verbs list, layout, freeze and fmt. */
#include <string.h>

#include "base/output.h"
#include "command/picture.h"
#include "command/revisions.h"
#include "command/verbs.h"
#include "command/view.h"
#include "compare/find_in_spec.h"
#include "import/fmt.h"
#include "language/lexer.h"
#include "language/frozen.h"

enum exit_status verb_list(const struct options *options)
{
	struct session session;

	session_begin(&session, options);
	if (session_read_checked(&session)) {
		struct model model;

		model_init(&model, &session.spec, false);
		view_print(&session, "list", model_spec(&model));
		model_free(&model);
	}
	return session_end(&session);
}

enum exit_status verb_layout(const struct options *options)
{
	const struct revision *revision = NULL;
	struct session session;

	session_begin(&session, options);
	if (session_read_checked(&session))
		revision = session_revision(&session, options->arguments[0]);
	if (revision) {
		struct model model;
		struct value *map;

		model_init(&model, &session.spec, options->tlfs_names);
		map = root_of_revision(&model, revision);
		map_picture(&model, map, revision);
		view_print(&session, "layout", map);
		model_free(&model);
	}
	return session_end(&session);
}

/* Whether the table and the members of the revision are the same, whatever -W says. */
static bool table_holds(const struct frozen *frozen)
{
	const struct revision *revision = frozen->revision;
	size_t members = 0;

	for (size_t i = 0; i < revision->count; i++)
		members += !revision->members[i].pad;
	for (size_t i = 0; i < frozen->count; i++) {
		const struct frozen_row *row = &frozen->rows[i];
		const struct member *member = frozen_member(revision, row);

		if (!member || !frozen_row_holds(revision->layout, row, member))
			return false;
	}
	return members == frozen->count;
}

/* Gather the table of a revision, once; @text gets its statement if the spec lacks it. */
static void freeze(struct session *session, struct outputs *outputs, struct text *text,
		   const char *path)
{
	const struct revision *revision = session_revision(session, path);
	const struct frozen *frozen = spec_frozen(&session->spec, revision);
	struct text table = { 0 };

	if (!revision)
		return;
	if (revision->overlaps) {
		report_error(&session->messages, revision->pos,
			     "'%s' has members that share bytes: it can't be frozen", path);
		return;
	}
	text_put(&table, FROZEN_HEADER "\n");
	for (size_t i = 0; i < revision->count; i++)
		if (!revision->members[i].pad) {
			frozen_put_row(&table, revision->layout, &revision->members[i]);
			text_put(&table, "\n");
		}
	path = frozen_path(&session->arena, frozen ? frozen->pos.source->path :
			   session->options->spec, revision);
	if (frozen && frozen->has_table && !table_holds(frozen)) {
		report_error(&session->messages, frozen->pos,
			     "'%s' is not what its table says: without '%s', it is frozen anew",
			     revision->path, path);
	} else if (!outputs_have(outputs, path)) {
		outputs_add(outputs, path, &table);
		if (!frozen)
			text_printf(text, "frozen %s\n", revision->path);
	}
	text_free(&table);
}

enum exit_status verb_freeze(const struct options *options)
{
	struct text text = { 0 };
	struct outputs outputs;
	struct session session;

	session_begin(&session, options);
	outputs_init(&outputs, &session.messages, &session.names);
	session.parse.tables = TABLES_THERE;
	if (session_read_checked(&session))
		for (int i = 0; i < options->argument_count; i++)
			freeze(&session, &outputs, &text, options->arguments[i]);
	if (session.messages.status == EXIT_FINE && outputs_write(&outputs))
		output_print(&session.messages, &text);
	outputs_free(&outputs);
	text_free(&text);
	return session_end(&session);
}

static void fmt_file(struct session *session, struct outputs *outputs, const char *path)
{
	struct messages *messages = &session->messages;
	struct source *source = source_read(&session->arena, messages, path, (struct srcpos){ 0 });
	unsigned int errors = messages->errors;
	struct text text = { 0 };
	bool same;

	if (!source)
		return;
	node_free(tree_parse_file(&session->parse, source));
	if (messages->errors > errors)
		return;
	fmt_source(&text, source);
	same = text.len == source->len &&
	       (!text.len || !memcmp(text.bytes, source->bytes, text.len));
	if (session->options->check_only && !same) {
		text.len = 0;
		text_printf(&text, "%s\n", path);
		output_print(messages, &text);
		messages_worsen(messages, EXIT_CHECK_FAILED);
	} else if (session->options->write_back) {
		outputs_add(outputs, path, &text);
	} else if (!session->options->check_only) {
		output_print(messages, &text);
	}
	text_free(&text);
}

enum exit_status verb_fmt(const struct options *options)
{
	struct outputs outputs;
	struct session session;

	session_begin(&session, options);
	outputs_init(&outputs, &session.messages, &session.names);
	for (int i = 0; i < options->argument_count; i++)
		fmt_file(&session, &outputs, options->arguments[i]);
	if (session.messages.status == EXIT_FINE)
		outputs_write(&outputs);
	outputs_free(&outputs);
	return session_end(&session);
}
