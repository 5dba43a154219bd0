// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The verb check with --against: a spec beside another, a file or else a commit. */
#include <sys/stat.h>

#include "command/older.h"
#include "command/verbs.h"

static bool read_against(struct older *older, struct session *session, const char *against)
{
	struct stat status;
	bool read;

	if (!stat(against, &status) && !S_ISDIR(status.st_mode))
		return older_read(older, session, against, NULL);
	read = older_read(older, session, NULL, against);
	if (!read)
		report_note(&session->messages, (struct srcpos){ 0 },
			    "'%s' is no file, so it was taken for a commit", against);
	return read;
}

enum exit_status verb_check_against(const struct options *options)
{
	struct other_spec other;
	struct session session;
	struct older older;
	bool read;

	if (!options->against)
		return verb_check(options);
	session_begin(&session, options);
	session_read(&session);
	read = read_against(&older, &session, options->against);
	other = (struct other_spec){ &older.spec, older.name };
	check_spec(&session.spec, read ? &other : NULL, &options->checks);
	older_free(&older);
	return session_end(&session);
}
