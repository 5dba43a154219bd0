/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The command line, as vmcsgen(1) describes it. */
#ifndef VMCSGEN_OPTIONS_H
#define VMCSGEN_OPTIONS_H

#include <stdbool.h>

#include "check/check.h"
#include "import/foreign.h"

struct verb;

struct options {
	const struct verb *verb;
	const char *spec;		/* -s: the spec's root file */
	const char *templates;		/* -t: the folder of the templates */
	const char *out;		/* -o: the folder of gen, the file of convert; or NULL */
	const char *format;		/* --format */
	bool tlfs_names;		/* --names=tlfs */
	bool colour;			/* --color and NO_COLOR, decided for messages */
	bool colour_output;		/* and for standard output */
	const char *page;		/* --tlfs: import: the page of the TLFS to read */
	const char *c_file;		/* --c: the same with C, or with what was compiled */
	const char *import_name;	/* --name: import: the new revision */
	const char *from;		/* --from: import: the known one; else: what an id stands for */
	const char *c_struct;		/* --struct: of import and verify: the struct's name */
	struct foreign_options foreign;	/* --btf-base, --map and others: of these */
	bool write_back, check_only;	/* fmt: -i, --check */
	bool depend;			/* -MD */
	bool phony;			/* -MP */
	const char *depfile;		/* -MF */
	const char *target;		/* -MT */
	const char *old_spec, *git;	/* diff: where an older version of the spec is */
	const char *against;		/* check: another spec, a file or a commit */
	struct check_options checks;	/* -W */
	char **arguments;		/* behind the options */
	int count;
};

/* One verb: what the command does with the options. */
struct verb {
	const char *name;
	const char *arguments;		/* as --help shows them */
	const char *text;
	int least, most;		/* how many arguments it takes */
	bool compiles;			/* it may run a compiler, whose flags follow -- */
	enum exit_status (*run)(const struct options *options);
};

/*
 * Read the command line.  Returns -1 if a verb is to run, else the status to
 * exit with: help was printed, or the usage is wrong, which has been said.
 */
int options_read(struct options *options, int argc, char **argv, const struct verb *verbs);

/* Release what the options hold. */
void options_free(struct options *options);

#endif
