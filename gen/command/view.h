/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Views: shared by the verbs that print. */
#ifndef VMCSGEN_VIEW_H
#define VMCSGEN_VIEW_H

#include "command/session.h"
#include "compare/compare.h"

/*
 * Render the template views/@view of the format --format, and print it; the folder says which
 * formats exist.  Failures are reported.
 */
void view_print(struct session *session, const char *view, const struct value *value);

/* The value for views/diff of two revisions; @old says where the spec of the first is, or is "". */
struct value *root_of_diff(struct session *session, struct model *model,
			   const struct comparison *comparison, const char *old);

/* The value for views/field without a question, and with some about places. */
struct value *root_of_everything(struct session *session, struct model *model);

#endif
