// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "command/session.h"

void session_begin(struct session *session, const struct options *options)
{
	struct messages *messages = &session->messages;
	struct names *names = &session->names;
	struct arena *arena = &session->arena;

	*session = (struct session){ .options = options };
	*messages = (struct messages){ .to = stderr, .colour = options->colour };
	names_init(names, arena);
	session->parse = (struct parse){ .arena = arena, .names = names, .messages = messages };
	session->templates = (struct templates){ .folder = options->templates, .arena = arena,
						 .names = names, .messages = messages,
						 .sources = &session->template_sources };
}

void session_read(struct session *session)
{
	session->tree = tree_parse(&session->parse, session->options->spec);
	spec_resolve(&session->spec, &session->parse, session->tree);
}

bool session_read_checked(struct session *session)
{
	session_read(session);
	check_spec(&session->spec, NULL, &session->options->checks);
	return session->messages.status == EXIT_FINE;
}

enum exit_status session_end(struct session *session)
{
	enum exit_status status = session->messages.status;

	templates_free(&session->templates);
	spec_free(&session->spec);
	node_free(session->tree);
	table_free(&session->parse.keywords);
	table_free(&session->parse.lost);
	names_free(&session->names);
	arena_free(&session->arena);
	return status;
}
