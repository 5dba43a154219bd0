/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The command line, as vmcsgen(1) describes it. */
#ifndef VMCSGEN_OPTIONS_H
#define VMCSGEN_OPTIONS_H

#include <stdbool.h>

#include "check.h"

struct verb;

/* The arguments of an option that may be given several times. */
struct strings {
	const char **items;		/* the array is the options', see options_free() */
	size_t count, room;
};

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
	const char *btf_base;		/* --btf-base: of import and verify: the kernel of a module */
	const char *c_struct;		/* --struct: of these: the struct's name */
	struct strings maps;		/* --map: of these: theirs=ours */
	struct strings words;		/* --word: of import: members that are something new */
	const char *encodings;		/* --encodings: of import and verify: a table of the file */
	unsigned int encodings_entry;	/* and the bytes of an entry of it */
	bool kernel_types;		/* --kernel-types: of these: C may use the kernel's types */
	const char * const *compiler_flags; /* after --: of these: for the compiler, NULL ends them */
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
