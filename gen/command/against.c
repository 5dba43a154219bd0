// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The verb check with --against: compares a spec with another one, from a file or a commit. */
#include <sys/stat.h>

#include "command/git.h"
#include "command/other_version.h"
#include "command/verbs.h"

static bool read_against(struct other_version *other, struct session *session, const char *against)
{
	struct stat status;
	bool read;

	if (!stat(against, &status) && !S_ISDIR(status.st_mode))
		return other_version_read(other, session, against, NULL);
	read = other_version_read(other, session, NULL, against);
	if (!read)
		report_note(&session->messages, (struct srcpos){ 0 },
			    "'%s' is not a file, so it was taken for a commit", against);
	return read;
}

/* A file may be older or newer; nothing says which. */
static bool is_older(const struct other_version *other)
{
	const struct parse *parse = &other->parse;

	return parse->commit && git_head_comes_from(parse->folder, parse->commit);
}

enum exit_status verb_check_against(const struct options *options)
{
	struct other_version other;
	struct other_spec against;
	struct session session;
	bool read;

	if (options->dump)
		return verb_dump(options);
	if (!options->against)
		return verb_check(options);
	session_begin(&session, options);
	session_read(&session);
	read = read_against(&other, &session, options->against);
	against = (struct other_spec){ .spec = &other.spec, .name = other.name,
				       .older = read && is_older(&other) };
	check_spec(&session.spec, read ? &against : NULL, &options->checks);
	other_version_free(&other);
	return session_end(&session);
}
