// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <string.h>

#include "output.h"
#include "run.h"

void run_begin(struct run *run, const struct options *options)
{
	*run = (struct run){ .options = options };
	run->messages = (struct messages){ .to = stderr, .colour = options->colour };
	names_init(&run->names, &run->arena);
	run->parse = (struct parse){ .arena = &run->arena, .names = &run->names,
				     .messages = &run->messages };
	run->templates = (struct templates){ .folder = options->templates, .arena = &run->arena,
					     .names = &run->names, .messages = &run->messages,
					     .sources = &run->template_sources };
}

bool run_load(struct run *run)
{
	run->tree = tree_parse(&run->parse, run->options->spec);
	spec_resolve(&run->spec, &run->parse, run->tree);
	check_spec(&run->spec, &run->options->checks);
	return run->messages.status == EXIT_FINE;
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

struct revision *run_revision(struct run *run, const char *path)
{
	struct revision *revision = spec_revision(&run->spec, path);

	if (revision && revision->state == PLACED)
		return revision;
	report_error(&run->messages, (struct place){ 0 },
		     "the spec has no revision '%s'; 'vmcsgen list' prints those that it has", path);
	return NULL;
}

enum exit_status run_end(struct run *run)
{
	enum exit_status status = run->messages.status;

	templates_free(&run->templates);
	spec_free(&run->spec);
	node_free(run->tree);
	table_free(&run->parse.keywords);
	names_free(&run->names);
	arena_free(&run->arena);
	return status;
}
