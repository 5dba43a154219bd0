/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* One run of the command: from the spec's files to what a verb needs. */
#ifndef VMCSGEN_RUN_H
#define VMCSGEN_RUN_H

#include "model.h"
#include "options.h"
#include "template.h"

struct run {
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

/* Begin a run: nothing is read yet.  run_end() it in any case. */
void run_begin(struct run *run, const struct options *options);

/*
 * Read and resolve the spec and run the checks.  False if something is wrong,
 * which has been reported.
 */
bool run_load(struct run *run);

/*
 * Render the template @path, below the templates' folder, and print it.
 * False after a message.
 */
bool run_print(struct run *run, const char *path, const struct value *value);

/* The revision "layout/name", or NULL after a message. */
struct revision *run_revision(struct run *run, const char *path);

/* Release everything; returns the status to exit with. */
enum exit_status run_end(struct run *run);

/* The verbs. */
enum exit_status verb_gen(const struct options *options);
enum exit_status verb_check(const struct options *options);
enum exit_status verb_list(const struct options *options);
enum exit_status verb_layout(const struct options *options);
enum exit_status verb_fmt(const struct options *options);
enum exit_status verb_freeze(const struct options *options);

#endif
