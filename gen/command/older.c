// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "command/git.h"
#include "command/older.h"

bool older_read(struct older *older, struct session *session, const char *path, const char *git)
{
	unsigned int errors = session->messages.errors;

	path = path ? path : session->options->spec;
	*older = (struct older){ .name = git ? git : path };
	older->parse = (struct parse){ .arena = &session->arena, .names = &session->names,
				       .messages = &session->messages, .commit = git,
				       .files = git ? &git_files : NULL };
	older->tree = tree_parse(&older->parse, path);
	spec_resolve(&older->spec, &older->parse, older->tree);
	return session->messages.errors == errors;
}

void older_free(struct older *older)
{
	spec_free(&older->spec);
	node_free(older->tree);
	table_free(&older->parse.keywords);
}
