/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Another version of the spec, beside that of the session. */
#ifndef VMCSGEN_OTHER_VERSION_H
#define VMCSGEN_OTHER_VERSION_H

#include "command/session.h"

struct other_version {
	const char *name;		/* for people */
	struct parse parse;
	struct node *tree;
	struct spec spec;
};

/*
 * Read and resolve it: its root is @path, or the one of the session if that is NULL, in the
 * commit @git, or in the working tree if that is NULL.  It shares the session's names and
 * arena, and no checks are run.  False if it is faulty, which has been reported.
 * other_version_free() it in any case, before session_end().
 */
bool other_version_read(struct other_version *other, struct session *session,
			const char *path, const char *git);
void other_version_free(struct other_version *other);

#endif
