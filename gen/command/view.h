/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the verbs that print have in common: the revision they are asked for, and views. */
#ifndef VMCSGEN_VIEW_H
#define VMCSGEN_VIEW_H

#include "command/older.h"

/* The revision "layout/name" of the session's spec, or NULL after a message. */
struct revision *view_revision(struct session *session, const char *path);

/* The same of @older. */
struct revision *view_older_revision(struct session *session, const struct older *older,
				     const char *path);

/*
 * Render the template views/@view that --format names, and print it; the folder says which
 * there are.  What fails is reported.
 */
void view_print(struct session *session, const char *view, const struct value *value);

#endif
