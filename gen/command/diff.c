// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The verb diff: what differs between two revisions. */
#include "command/picture.h"
#include "command/run.h"

/* What makes a terminal write in colours, or nothing where none are wanted. */
static void map_colours(struct run *run, struct model *model, struct value *map)
{
	static const char * const colours[][2] = {
		{ "bold", "\033[1m" }, { "red", "\033[31m" }, { "green", "\033[32m" },
		{ "yellow", "\033[33m" }, { "plain", "\033[0m" },
	};

	for (size_t i = 0; i < sizeof(colours) / sizeof(colours[0]); i++)
		map_text(&model->maker, map, colours[i][0],
			 run->options->colour_output ? colours[i][1] : "");
}

static void print_comparison(struct run *run, const struct comparison *comparison)
{
	struct model model;
	struct value *map;

	model_init(&model, &run->spec, run->options->tlfs_names);
	map = model_of_comparison(&model, comparison);
	map_text(&model.maker, map, "old", run->old_name);
	map_picture_of_comparison(&model, map, comparison);
	map_colours(run, &model, map);
	run_view(run, "diff", map);
	model_free(&model);
}

/* Compare two revisions, the first of which is of @spec. */
static void compare(struct run *run, const struct spec *spec)
{
	const struct options *options = run->options;
	const struct revision *a = run_revision(run, spec, options->arguments[0]);
	const struct revision *b = run_revision(run, &run->spec,
						options->arguments[options->count - 1]);
	struct comparison comparison;

	if (!a || !b)
		return;
	compare_revisions(&comparison, &run->arena, a, b);
	print_comparison(run, &comparison);
	if (run->messages.status == EXIT_FINE && comparison.verdict != VERDICT_IDENTICAL)
		run->messages.status = EXIT_CHECK_FAILED;
}

enum exit_status verb_diff(const struct options *options)
{
	bool old = options->old_spec || options->git;
	struct run run;

	run_begin(&run, options);
	if (options->count < 2 && !old) {
		report_error(&run.messages, (struct place){ 0 }, "diff needs two revisions, "
			     "or --old-spec or --git, which say where an older one is");
		run.messages.status = EXIT_WRONG_USAGE;
	} else if (run_load(&run)) {
		if (!old)
			compare(&run, &run.spec);
		else if (run_load_old(&run, options->old_spec, options->git))
			compare(&run, &run.old);
	}
	return run_end(&run);
}
