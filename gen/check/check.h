/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Named checks of a resolved spec.  Each is a const struct check next to its functions; a program
 * has one or more sets of them.  A check looks at everything, but skips an object that one of its
 * prerequisites has faulted: its own finding would mean nothing there.
 */
#ifndef VMCSGEN_CHECK_H
#define VMCSGEN_CHECK_H

#include "language/spec.h"

struct checker;

/*
 * A check sets callbacks for the kinds of objects that it looks at.  They are called in this order,
 * each for all objects of the spec; what belongs to an object follows it.
 */
struct check {
	const char *name;		/* as in -Wname */
	enum severity severity;		/* unless an option says otherwise */
	const char *text;		/* what it refuses, for --help=checks */
	const struct check *needs[3];	/* prerequisites, run before it */
	bool against;			/* it runs only where there is another spec */
	bool promised;			/* the same, if that one is older or -W asks for it */
	bool whole;			/* it runs only where all of the spec was understood */

	void (*spec)(struct checker *checker, const struct spec *spec);
	void (*field)(struct checker *checker, const struct field *field);
	void (*bits)(struct checker *checker, const struct bits *bits);
	void (*control)(struct checker *checker, const struct control *control);
	void (*support)(struct checker *checker, const struct support *support);
	void (*departure)(struct checker *checker, const struct support *support,
			  const struct departure *departure);
	void (*shadow_field)(struct checker *checker, const struct shadow *shadow,
			     const struct shadow_field *entry);
	void (*layout)(struct checker *checker, const struct layout *layout);
	void (*group)(struct checker *checker, const struct group *group);
	/* Placed revisions without aliases; a member follows its revision. */
	void (*revision)(struct checker *checker, const struct revision *revision);
	void (*member)(struct checker *checker, const struct revision *revision,
		       const struct member *member);
	void (*frozen)(struct checker *checker, const struct frozen *frozen);
	/* Of the other spec: placed revisions, aliases too, and frozen ones. */
	void (*other_revision)(struct checker *checker, const struct revision *other);
	void (*other_frozen)(struct checker *checker, const struct frozen *frozen);
	/* Last: report on gathered data, and release it. */
	void (*end)(struct checker *checker);
};

/* The checks of a program, in the order in which they run, with their -W settings. */
struct check_options {
	struct check_choice {
		const struct check *check;
		enum severity severity;
		bool asked;		/* by -W */
	} *choices;			/* owned; free() them */
	size_t count, room;
	bool warnings_fail;		/* also of checks that are turned on later */
};

/* Another spec, which shares its names with the spec: an older one, or somebody else's. */
struct other_spec {
	const struct spec *spec;
	const char *name;		/* what messages call it */
	bool older;			/* the spec is known to come from it */
};

/* The state of one run over one spec. */
struct checker {
	const struct spec *spec;
	const struct other_spec *other;	/* that it is held against, or NULL */
	struct messages *messages;
	const struct check_options *options;
	const struct check_choice *choice; /* of the check that runs */
	struct table seen;		/* that check's own; it begins empty */
	struct families *families;	/* of check_families.c, while a check of it runs */
	struct check_progress {
		struct table faulted;	/* the objects that a check has faulted */
		bool done;
	} *progress;			/* of each choice */
};

/* The checks of a spec by itself, ended by NULL. */
extern const struct check *const spec_checks[];

/* Prerequisites of checks in other files. */
extern const struct check check_id_line;
extern const struct check check_overlap;

/* Let the program have @set, which NULL ends, too: each check with its own severity. */
void check_options_add(struct check_options *options, const struct check *const *set);

/*
 * Apply the text that follows -W: NAME, no-NAME, error=NAME or no-error=NAME, or
 * `error` alone, which makes every warning an error.  False if it means nothing.
 */
bool check_option(struct check_options *options, const char *text);

/*
 * Run all checks; those that compare with another spec only if @other is not NULL.  Findings go to
 * the spec's messages.
 */
void check_spec(const struct spec *spec, const struct other_spec *other,
		const struct check_options *options);

/*
 * For the callback of a check: report a finding about @object at @pos.  A check reports once about
 * an object; a second finding and its notes are not shown.  NULL is not an object.
 */
void check_report(struct checker *checker, const void *object, struct srcpos pos,
		  const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Whether no prerequisite has found something about @object. */
bool check_sound(const struct checker *checker, const void *object);

/* The declaration at @pos as an object: inherited members share it. */
static inline const void *srcpos_key(struct srcpos pos)
{
	return pos.source ? pos.source->bytes + pos.start : NULL;
}

/* Whether @revision itself has an `id`, neither inherited nor by a version. */
static inline bool revision_says_id(const struct revision *revision)
{
	return revision->id_pos.source && !revision->layout->has_version;
}

/* Whether two members have the same bytes. */
static inline bool members_coincide(const struct member *a, const struct member *b)
{
	return a->offset == b->offset && member_bytes(a) == member_bytes(b);
}

/*
 * Whether a revision that is from @from (NULL: from none) decides where @member is: @from lacks it
 * or has it at other bytes.  False for a pad.
 */
static inline bool member_is_put(const struct revision *from, const struct member *member)
{
	const struct member *before = from ? revision_counterpart(from, member) : NULL;

	return !member->pad && (!before || before->pad || !members_coincide(before, member));
}

#endif
