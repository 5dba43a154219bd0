/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Another version of the spec, beside that of the session. */
#ifndef VMCSGEN_OLDER_H
#define VMCSGEN_OLDER_H

#include "command/session.h"

struct older {
	const char *name;		/* for people */
	struct parse parse;
	struct node *tree;
	struct spec spec;
};

/*
 * Read and resolve it: its root is @path, or the one of the session if that is NULL, in the
 * commit @git, or in the folders if that is NULL.  It shares the session's names and arena,
 * and no checks are run.  False if it is faulty, which has been reported.  older_free() it in
 * any case, before session_end().
 */
bool older_read(struct older *older, struct session *session, const char *path, const char *git);
void older_free(struct older *older);

#endif
