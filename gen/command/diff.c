// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The verb diff: what differs between two revisions. */
#include "command/picture.h"
#include "command/session.h"

/* What makes a terminal write in colours, or nothing where none are wanted. */
static void map_colours(struct session *session, struct model *model, struct value *map)
{
	static const char * const colours[][2] = {
		{ "bold", "\033[1m" }, { "red", "\033[31m" }, { "green", "\033[32m" },
		{ "yellow", "\033[33m" }, { "plain", "\033[0m" },
	};

	for (size_t i = 0; i < sizeof(colours) / sizeof(colours[0]); i++)
		map_text(&model->maker, map, colours[i][0],
			 session->options->colour_output ? colours[i][1] : "");
}

static void print_comparison(struct session *session, const struct comparison *comparison)
{
	struct model model;
	struct value *map;

	model_init(&model, &session->spec, session->options->tlfs_names);
	map = model_of_comparison(&model, comparison);
	map_text(&model.maker, map, "old", session->old_name);
	map_picture_of_comparison(&model, map, comparison);
	map_colours(session, &model, map);
	session_view(session, "diff", map);
	model_free(&model);
}

/* Compare two revisions, the first of which is of @spec. */
static void diff(struct session *session, const struct spec *spec)
{
	const struct options *options = session->options;
	const struct revision *a = session_revision(session, spec, options->arguments[0]);
	const struct revision *b = session_revision(session, &session->spec,
						    options->arguments[options->count - 1]);
	struct comparison comparison;

	if (!a || !b)
		return;
	compare_revisions(&comparison, &session->arena, a, b);
	print_comparison(session, &comparison);
	if (comparison.verdict != VERDICT_IDENTICAL)
		report_difference(&session->messages);
}

enum exit_status verb_diff(const struct options *options)
{
	bool old = options->old_spec || options->git;
	struct session session;

	session_begin(&session, options);
	if (options->count < 2 && !old) {
		report_usage(&session.messages, "diff needs two revisions, or --old-spec or "
			     "--git, which say where an older one is");
	} else if (session_load(&session)) {
		if (!old)
			diff(&session, &session.spec);
		else if (session_load_old(&session, options->old_spec, options->git))
			diff(&session, &session.old);
	}
	return session_end(&session);
}
