// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "command/git.h"
#include "command/other_version.h"

bool other_version_read(struct other_version *other, struct session *session,
			const char *path, const char *git)
{
	unsigned int errors = session->messages.errors;

	path = path ? path : session->options->spec;
	*other = (struct other_version){ .name = git ? git : path };
	other->parse = (struct parse){ .arena = &session->arena, .names = &session->names,
				       .messages = &session->messages, .commit = git,
				       .files = git ? &git_files : NULL };
	other->tree = tree_parse(&other->parse, path);
	spec_resolve(&other->spec, &other->parse, other->tree);
	return session->messages.errors == errors;
}

void other_version_free(struct other_version *other)
{
	spec_free(&other->spec);
	node_free(other->tree);
	table_free(&other->parse.keywords);
	table_free(&other->parse.lost);
}
