/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The revisions that a verb is asked for. */
#ifndef VMCSGEN_REVISIONS_H
#define VMCSGEN_REVISIONS_H

#include "command/other_version.h"

/* The revision "layout/name" of the session's spec, an alias followed, or NULL after a message. */
struct revision *session_revision(struct session *session, const char *path);

/* The same of @other. */
struct revision *other_version_revision(struct session *session, const struct other_version *other,
					const char *path);

#endif
