// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <string.h>
#include <unistd.h>

#include "base/output.h"
#include "command/git.h"
#include "command/session.h"

void session_begin(struct session *session, const struct options *options)
{
	*session = (struct session){ .options = options, .old_name = "" };
	session->messages = (struct messages){ .to = stderr, .colour = options->colour };
	names_init(&session->names, &session->arena);
	session->parse = (struct parse){ .arena = &session->arena, .names = &session->names,
					 .messages = &session->messages };
	session->templates = (struct templates){ .folder = options->templates, .arena = &session->arena,
						 .names = &session->names, .messages = &session->messages,
						 .sources = &session->template_sources };
}

void session_read(struct session *session)
{
	session->tree = tree_parse(&session->parse, session->options->spec);
	spec_resolve(&session->spec, &session->parse, session->tree);
}

bool session_load(struct session *session)
{
	session_read(session);
	check_spec(&session->spec, NULL, &session->options->checks);
	return session->messages.status == EXIT_FINE;
}

bool session_load_old(struct session *session, const char *path, const char *git)
{
	unsigned int errors = session->messages.errors;

	path = path ? path : session->options->spec;
	session->old_name = git ? git : path;
	session->old_parse = (struct parse){ .arena = &session->arena, .names = &session->names,
					     .messages = &session->messages, .commit = git,
					     .files = git ? &git_files : NULL };
	session->old_tree = tree_parse(&session->old_parse, path);
	spec_resolve(&session->old, &session->old_parse, session->old_tree);
	return session->messages.errors == errors;
}

bool session_print(struct session *session, const char *path, const struct value *value)
{
	struct template *template = template_get(&session->templates, path);
	struct text text = { 0 };
	bool ok;

	ok = template && template_render(&session->templates, template, value, &text) &&
	     output_print(&session->messages, &text);
	text_free(&text);
	return ok;
}

static void print_names(struct session *session, const struct value *value)
{
	struct maker maker = { .arena = &session->arena, .names = &session->names };
	struct text text = { 0 };

	value_names(&maker, value, &text);
	output_print(&session->messages, &text);
	text_free(&text);
}

void session_view(struct session *session, const char *view, const struct value *value)
{
	const char *folder = session->options->templates, *format = session->options->format;
	const char *path = arena_printf(&session->arena, "views/%s.%s", view, format);

	if (!strcmp(format, "names")) {
		print_names(session, value);
		return;
	}
	if (!strpbrk(format, "/.") &&
	    (!access(arena_printf(&session->arena, "%s/%s", folder, path), F_OK) ||
	     access(arena_printf(&session->arena, "%s/views", folder), F_OK))) {
		session_print(session, path, value);
		return;
	}
	report_error(&session->messages, (struct srcpos){ 0 }, "%s has no format '%s'", view, format);
	session->messages.status = EXIT_WRONG_USAGE;
}

struct revision *session_revision(struct session *session, const struct spec *spec, const char *path)
{
	struct revision *revision = spec_revision(spec, path);

	if (revision && revision->state == PLACED)
		return revision;
	if (spec == &session->old)
		report_error(&session->messages, (struct srcpos){ 0 },
			     "the spec of %s has no revision '%s'", session->old_name, path);
	else
		report_error(&session->messages, (struct srcpos){ 0 }, "the spec has no revision '%s'; "
			     "'vmcsgen list' prints those that it has", path);
	return NULL;
}

enum exit_status session_end(struct session *session)
{
	enum exit_status status = session->messages.status;

	templates_free(&session->templates);
	spec_free(&session->spec);
	spec_free(&session->old);
	node_free(session->tree);
	node_free(session->old_tree);
	table_free(&session->parse.keywords);
	table_free(&session->old_parse.keywords);
	names_free(&session->names);
	arena_free(&session->arena);
	return status;
}
