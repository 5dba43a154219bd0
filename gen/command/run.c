// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <string.h>
#include <unistd.h>

#include "base/output.h"
#include "command/git.h"
#include "command/run.h"

void run_begin(struct run *run, const struct options *options)
{
	*run = (struct run){ .options = options, .old_name = "" };
	run->messages = (struct messages){ .to = stderr, .colour = options->colour };
	names_init(&run->names, &run->arena);
	run->parse = (struct parse){ .arena = &run->arena, .names = &run->names,
				     .messages = &run->messages };
	run->templates = (struct templates){ .folder = options->templates, .arena = &run->arena,
					     .names = &run->names, .messages = &run->messages,
					     .sources = &run->template_sources };
}

void run_read(struct run *run)
{
	run->tree = tree_parse(&run->parse, run->options->spec);
	spec_resolve(&run->spec, &run->parse, run->tree);
}

bool run_load(struct run *run)
{
	run_read(run);
	check_spec(&run->spec, NULL, &run->options->checks);
	return run->messages.status == EXIT_FINE;
}

bool run_load_old(struct run *run, const char *path, const char *git)
{
	unsigned int errors = run->messages.errors;

	path = path ? path : run->options->spec;
	run->old_name = git ? git : path;
	run->old_parse = (struct parse){ .arena = &run->arena, .names = &run->names,
					 .messages = &run->messages, .commit = git,
					 .files = git ? &git_files : NULL };
	run->old_tree = tree_parse(&run->old_parse, path);
	spec_resolve(&run->old, &run->old_parse, run->old_tree);
	return run->messages.errors == errors;
}

bool run_print(struct run *run, const char *path, const struct value *value)
{
	struct template *template = template_get(&run->templates, path);
	struct text text = { 0 };
	bool ok;

	ok = template && template_render(&run->templates, template, value, &text) &&
	     output_print(&run->messages, &text);
	text_free(&text);
	return ok;
}

void run_view(struct run *run, const char *view, const struct value *value)
{
	const char *folder = run->options->templates, *format = run->options->format;
	const char *path = arena_printf(&run->arena, "views/%s.%s", view, format);

	if (!strpbrk(format, "/.") &&
	    (!access(arena_printf(&run->arena, "%s/%s", folder, path), F_OK) ||
	     access(arena_printf(&run->arena, "%s/views", folder), F_OK))) {
		run_print(run, path, value);
		return;
	}
	report_error(&run->messages, (struct place){ 0 }, "%s has no format '%s'", view, format);
	run->messages.status = EXIT_WRONG_USAGE;
}

struct revision *run_revision(struct run *run, const struct spec *spec, const char *path)
{
	struct revision *revision = spec_revision(spec, path);

	if (revision && revision->state == PLACED)
		return revision;
	if (spec == &run->old)
		report_error(&run->messages, (struct place){ 0 },
			     "the spec of %s has no revision '%s'", run->old_name, path);
	else
		report_error(&run->messages, (struct place){ 0 }, "the spec has no revision '%s'; "
			     "'vmcsgen list' prints those that it has", path);
	return NULL;
}

enum exit_status run_end(struct run *run)
{
	enum exit_status status = run->messages.status;

	templates_free(&run->templates);
	spec_free(&run->spec);
	spec_free(&run->old);
	node_free(run->tree);
	node_free(run->old_tree);
	table_free(&run->parse.keywords);
	table_free(&run->old_parse.keywords);
	names_free(&run->names);
	arena_free(&run->arena);
	return status;
}
