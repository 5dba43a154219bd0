/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Named checks of a resolved spec.  Each is a const struct check beside its
 * function; check.c lists them.  A check looks at everything, whatever others
 * found, but passes over an object that one of its prerequisites has faulted,
 * because there its own finding would mean nothing.
 */
#ifndef VMCSGEN_CHECK_H
#define VMCSGEN_CHECK_H

#include "language/spec.h"

struct checker;

struct check {
	const char *name;		/* as in -Wname */
	enum severity severity;		/* unless an option says otherwise */
	const char *text;		/* what it refuses, for --help=checks */
	void (*run)(struct checker *checker);
	const struct check *needs[3];	/* prerequisites, run before it */
};

/* What the -W options ask for. */
struct check_options {
	enum severity *severities;	/* by the check's number; owned */
	bool warnings_fail;		/* those turned on from now on, too */
};

/* Another spec, with which a spec shares its names: what it was, or what others make of it. */
struct other_spec {
	const struct spec *spec;
	const char *name;		/* what messages call it */
};

/* The state of one run over one spec. */
struct checker {
	const struct spec *spec;
	const struct other_spec *other;	/* that it is held against, or NULL */
	struct messages *messages;
	const struct check *check;	/* the one that runs */
	enum severity severity;		/* and how it reports */
	struct table *faulted;		/* of each check: the objects it has faulted */
	bool *done;
};

/* All checks, ended by NULL. */
extern const struct check * const all_checks[];

/* Prerequisites of checks in other files. */
extern const struct check check_id_line;
extern const struct check check_overlap;

/* Each check's own severity.  free() the severities. */
void check_defaults(struct check_options *options);

/*
 * Apply the text behind -W: NAME, no-NAME, error=NAME or no-error=NAME, or
 * `error` alone, which makes every warning an error.  False if it means nothing.
 */
bool check_option(struct check_options *options, const char *text);

/*
 * Run all checks, those that hold the spec against another only if @other is not
 * NULL; what they find goes to the spec's messages.
 */
void check_spec(const struct spec *spec, const struct other_spec *other,
		const struct check_options *options);

/*
 * For a check's function: report a finding about @object at @pos.  A check
 * reports once about an object (NULL is none); false if it has before.
 */
bool check_report(struct checker *checker, const void *object, struct srcpos pos,
		  const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Whether no prerequisite has found something about @object. */
bool check_sound(const struct checker *checker, const void *object);

/* What stands at @pos, as an object: members that are inherited share it. */
static inline const void *srcpos_key(struct srcpos pos)
{
	return pos.source ? pos.source->bytes + pos.start : NULL;
}

/* Call @look for every revision that is placed, aliases left out. */
void for_revisions(struct checker *checker,
		   void (*look)(struct checker *checker, const struct revision *revision));

#endif
