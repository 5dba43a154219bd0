/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* One run of the command: from the spec's files to what a verb needs. */
#ifndef VMCSGEN_SESSION_H
#define VMCSGEN_SESSION_H

#include "command/options.h"
#include "emit/model.h"
#include "emit/template.h"

struct session {
	const struct options *options;
	struct arena arena;		/* owns all but what is said elsewhere */
	struct names names;
	struct messages messages;
	struct parse parse;
	struct node *tree;
	struct spec spec;
	struct templates templates;
	struct source *template_sources;
};

/* Begin a run: nothing is read yet.  session_end() it in any case. */
void session_begin(struct session *session, const struct options *options);

/* Read and resolve the spec, and report its faults. */
void session_read(struct session *session);

/* The same, and run the checks.  False after a message. */
bool session_read_checked(struct session *session);

/* Release everything; returns the status to exit with. */
enum exit_status session_end(struct session *session);

#endif
