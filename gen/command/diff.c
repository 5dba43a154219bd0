// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The verb diff: compares two revisions. */
#include "command/picture.h"
#include "command/revisions.h"
#include "command/verbs.h"
#include "command/view.h"

/* The escape sequences for colours, or "" if none are wanted. */
static void map_colours(struct session *session, struct model *model, struct value *map)
{
	static const char *const colours[][2] = {
		{ "bold", "\033[1m" }, { "red", "\033[31m" }, { "green", "\033[32m" },
		{ "yellow", "\033[33m" }, { "plain", "\033[0m" },
	};

	for (size_t i = 0; i < sizeof(colours) / sizeof(colours[0]); i++)
		map_text(&model->maker, map, colours[i][0],
			 session->options->colour_output ? colours[i][1] : "");
}

struct value *root_of_diff(struct session *session, struct model *model,
			   const struct comparison *comparison, const char *old)
{
	struct value *map = root_of_comparison(model, comparison);

	map_text(&model->maker, map, "old", old);
	map_picture_of_comparison(model, map, comparison);
	map_colours(session, model, map);
	return map;
}

static void print_comparison(struct session *session, const struct comparison *comparison,
			     const char *old)
{
	struct model model;

	model_init(&model, &session->spec, session->options->tlfs_names);
	view_print(session, "diff", root_of_diff(session, &model, comparison, old));
	model_free(&model);
}

/* Compare two revisions, the first of which is of @other unless that is NULL. */
static void diff(struct session *session, const struct other_version *other)
{
	const struct options *options = session->options;
	const char *first = options->arguments[0];
	const char *second = options->arguments[options->argument_count - 1];
	const struct revision *a = other ? other_version_revision(session, other, first) :
					   session_revision(session, first);
	const struct revision *b = session_revision(session, second);
	struct comparison comparison;

	if (!a || !b)
		return;
	compare_revisions(&comparison, &session->arena, a, b);
	print_comparison(session, &comparison, other ? other->name : "");
	if (comparison.verdict != VERDICT_IDENTICAL)
		messages_worsen(&session->messages, EXIT_CHECK_FAILED);
}

enum exit_status verb_diff(const struct options *options)
{
	bool old = options->old_spec || options->git;
	struct other_version other = { 0 };
	struct session session;

	session_begin(&session, options);
	if (options->argument_count < 2 && !old)
		report_usage(&session.messages, "diff needs two revisions, or --old-spec or "
			     "--git, which say where an older one is");
	else if (session_read_checked(&session) &&
		 (!old || other_version_read(&other, &session, options->old_spec, options->git)))
		diff(&session, old ? &other : NULL);
	other_version_free(&other);
	return session_end(&session);
}
