/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The command line, as vmcsgen(1) describes it. */
#ifndef VMCSGEN_OPTIONS_H
#define VMCSGEN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "check/check.h"

struct foreign_options;
struct verb;

struct options {
	const struct program *program;
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
	const char *from;		/* --from: import: the base; else: the revision of an id */
	bool scan, scan_all;		/* --scan: decode: of these pages, also the unlikely ones */
	const char *c_struct;		/* --struct: of import and verify: the struct's name */
	struct foreign_options *foreign; /* --btf-base, --map and others: of these */
	const char *const *flags;	/* what follows --, for the compiler; NULL ends it */
	bool write_back, check_only;	/* fmt: -i, --check */
	bool depend;			/* -MD */
	bool phony;			/* -MP */
	const char *depfile;		/* -MF */
	const char *rule_target;	/* -MT */
	const char *target;		/* --target: gen: no other */
	const char *old_spec, *git;	/* diff: where an older version of the spec is */
	const char *against;		/* check: another spec, a file or a commit */
	const char *dump;		/* check: the stage to print, or NULL */
	struct check_options checks;	/* -W */
	char **arguments;		/* after the options */
	int argument_count;
};

/* A verb of the command. */
struct verb {
	const char *name;
	const char *arguments;		/* as --help shows them */
	const char *text;
	int least, most;		/* how many arguments it takes */
	bool compiles;			/* it may run a compiler, whose flags follow -- */
	enum exit_status (*run)(const struct options *options);
};

/* An option: it sets a text or a flag in struct options, or calls @set. */
struct rule {
	const char *name;		/* after --, or NULL */
	char letter;			/* after -, or 0 */
	int argument;			/* as getopt_long() has it */
	size_t text, flag;		/* offsets in struct options, or 0 */
	int (*set)(struct options *options, char *argument); /* returns what options_read() does */
	const char *verbs;		/* which take it; NULL: all of them */
	const char *help;		/* its lines of --help */
};

#define RULE_TEXT(member)	.text = offsetof(struct options, member)
#define RULE_FLAG(member)	.flag = offsetof(struct options, member)

/* The command line of a program; all programs have the options of the core. */
struct program {
	const struct verb *verbs;	/* one without a name ends them */
	const struct check *const *const *checks; /* sets of them, ended by NULL */
	const struct rule *rules;	/* the options that others than the core have */
	size_t rule_count;		/* less than 50 */
};

/* Not an exit status: go on. */
enum { OPTIONS_FINE = -1 };

/*
 * Read the command line.  Returns OPTIONS_FINE if a verb is to run, else the exit status: help was
 * printed, or wrong usage was reported.  The caller sets ->foreign before, and calls options_free()
 * in any case.
 */
int options_read(struct options *options, const struct program *program, int argc, char **argv);

/* Report wrong usage on stderr.  Returns EXIT_WRONG_USAGE. */
int wrong_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Release what the options hold. */
void options_free(struct options *options);

#endif
