// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The verbs that print: check, list, layout, freeze and fmt. */
#include <string.h>
#include <sys/stat.h>

#include "base/output.h"
#include "check/fingerprint.h"
#include "command/picture.h"
#include "command/run.h"
#include "language/fmt.h"

/* What --against names: a file, or else a commit. */
static bool load_against(struct run *run)
{
	const char *against = run->options->against;
	struct stat status;
	bool loaded;

	if (!stat(against, &status) && !S_ISDIR(status.st_mode))
		return run_load_old(run, against, NULL);
	loaded = run_load_old(run, NULL, against);
	if (!loaded)
		report_note(&run->messages, (struct place){ 0 },
			    "'%s' is no file, so it was taken for a commit", against);
	return loaded;
}

enum exit_status verb_check(const struct options *options)
{
	struct other_spec other;
	bool against = false;
	struct run run;

	run_begin(&run, options);
	run_read(&run);
	if (options->against)
		against = load_against(&run);
	other = (struct other_spec){ &run.old, run.old_name };
	check_spec(&run.spec, against ? &other : NULL, &options->checks);
	return run_end(&run);
}

enum exit_status verb_list(const struct options *options)
{
	struct run run;

	run_begin(&run, options);
	if (run_load(&run)) {
		struct model model;

		model_init(&model, &run.spec, false);
		run_view(&run, "list", model_spec(&model));
		model_free(&model);
	}
	return run_end(&run);
}

enum exit_status verb_layout(const struct options *options)
{
	struct revision *revision;
	struct run run;

	run_begin(&run, options);
	revision = run_load(&run) ? run_revision(&run, &run.spec, options->arguments[0]) : NULL;
	if (revision) {
		struct model model;
		struct value *map;

		model_init(&model, &run.spec, options->tlfs_names);
		map = model_of_revision(&model, revision);
		map_picture(&model, map, revision);
		run_view(&run, "layout", map);
		model_free(&model);
	}
	return run_end(&run);
}

/* The statement that freezes a revision, as it goes into the spec. */
enum exit_status verb_freeze(const struct options *options)
{
	enum { LINE = 72 };
	struct text text = { 0 };
	struct run run;

	run_begin(&run, options);
	if (!run_load(&run))
		return run_end(&run);
	for (int i = 0; i < options->count; i++) {
		const struct revision *revision = run_revision(&run, &run.spec, options->arguments[i]);
		const char *code = revision ? fingerprint_of(&run.arena, revision) : "";

		for (size_t left = strlen(code), at = 0; at < left; at += LINE)
			text_put(&text, arena_printf(&run.arena, "%s%s%s\"%.*s\"%s", at ? "" : "frozen ",
						     at ? "" : options->arguments[i], at ? "\t\t" : " ",
						     LINE, code + at, at + LINE < left ? ",\n" : "\n"));
	}
	if (run.messages.status == EXIT_FINE)
		output_print(&run.messages, &text);
	text_free(&text);
	return run_end(&run);
}

static void fmt_file(struct run *run, struct outputs *outputs, const char *path)
{
	struct source *source = source_read(&run->arena, &run->messages, path, (struct place){ 0 });
	unsigned int errors = run->messages.errors;
	struct text text = { 0 };
	bool same;

	if (!source)
		return;
	node_free(tree_parse_file(&run->parse, source));
	if (run->messages.errors > errors)
		return;
	fmt_source(&text, source);
	same = text.len == source->len &&
	       (!text.len || !memcmp(text.bytes, source->bytes, text.len));
	if (run->options->check_only && !same) {
		text.len = 0;
		text_printf(&text, "%s\n", path);
		output_print(&run->messages, &text);
		run->messages.status = run->messages.status ? run->messages.status : EXIT_CHECK_FAILED;
	} else if (run->options->write_back) {
		outputs_add(outputs, path, &text);
	} else if (!run->options->check_only) {
		output_print(&run->messages, &text);
	}
	text_free(&text);
}

enum exit_status verb_fmt(const struct options *options)
{
	struct outputs outputs;
	struct run run;

	run_begin(&run, options);
	outputs_init(&outputs, &run.messages, &run.names);
	for (int i = 0; i < options->count; i++)
		fmt_file(&run, &outputs, options->arguments[i]);
	if (run.messages.status == EXIT_FINE)
		outputs_write(&outputs);
	outputs_free(&outputs);
	return run_end(&run);
}
