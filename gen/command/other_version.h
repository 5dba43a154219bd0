/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Another version of the session's spec. */
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
 * Read and resolve it.  Its root is @path, or that of the session if @path is NULL; it is read from
 * the commit @git, or from the working tree if @git is NULL.  It shares the session's names and
 * arena; no checks are run.  False after a message. other_version_free() it in any case, before
 * session_end().
 */
bool other_version_read(struct other_version *other, struct session *session,
			const char *path, const char *git);
void other_version_free(struct other_version *other);

#endif
