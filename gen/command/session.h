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
	struct parse old_parse;		/* what session_load_old() has read */
	struct node *old_tree;
	struct spec old;
	const char *old_name;		/* for people, "" if there is none */
	struct templates templates;
	struct source *template_sources;
};

/* Begin a run: nothing is read yet.  session_end() it in any case. */
void session_begin(struct session *session, const struct options *options);

/* Read and resolve the spec; what is wrong has been reported. */
void session_read(struct session *session);

/*
 * The same, and run the checks.  False if something is wrong,
 * which has been reported.
 */
bool session_load(struct session *session);

/*
 * Read and resolve another version of the spec: its root is @path, or the one of
 * this run if that is NULL, in the commit @git, or in the folders if that is.
 * It shares the run's names, and no checks are run.  False if it is faulty, which
 * has been reported.
 */
bool session_load_old(struct session *session, const char *path, const char *git);

/*
 * Render the template @path, below the templates' folder, and print it.
 * False after a message.
 */
bool session_print(struct session *session, const char *path, const struct value *value);

/*
 * The same by the template views/@view that --format names; the folder says which there are.
 * The format "names" prints the names that such a template may use.
 */
void session_view(struct session *session, const char *view, const struct value *value);

/*
 * Append to @text the names that a template may use where @root is its value, one a line: with
 * those of the maps around it, joined by dots, and with what it is: text, flag, list or
 * map.  A map that is in several others is told of where it comes first.
 */
void value_names(struct maker *maker, const struct value *root, struct text *text);

/* The revision "layout/name" of one of the run's specs, or NULL after a message. */
struct revision *session_revision(struct session *session, const struct spec *spec, const char *path);

/* Release everything; returns the status to exit with. */
enum exit_status session_end(struct session *session);

/* The verbs. */
enum exit_status verb_gen(const struct options *options);
enum exit_status verb_check(const struct options *options);
enum exit_status verb_list(const struct options *options);
enum exit_status verb_layout(const struct options *options);
enum exit_status verb_diff(const struct options *options);
enum exit_status verb_fmt(const struct options *options);
enum exit_status verb_freeze(const struct options *options);
enum exit_status verb_import(const struct options *options);
enum exit_status verb_verify(const struct options *options);
enum exit_status verb_convert(const struct options *options);
enum exit_status verb_decode(const struct options *options);

#endif
