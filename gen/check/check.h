/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Named checks of a resolved spec.  Each is a const struct check beside its
 * functions; a program has one or more sets of them.  A check looks at
 * everything, whatever others found, but passes over an object that one of its
 * prerequisites has faulted, because there its own finding would mean nothing.
 */
#ifndef VMCSGEN_CHECK_H
#define VMCSGEN_CHECK_H

#include "language/spec.h"

struct checker;

/*
 * A check sets the callbacks for what it looks at, each for everything of its kind in the
 * spec.  Called in this order; what belongs to an object follows it.
 */
struct check {
	const char *name;		/* as in -Wname */
	enum severity severity;		/* unless an option says otherwise */
	const char *text;		/* what it refuses, for --help=checks */
	const struct check *needs[3];	/* prerequisites, run before it */
	bool against;			/* it runs only where there is another spec */

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
	/* Those that are placed, aliases left out; a member follows its revision. */
	void (*revision)(struct checker *checker, const struct revision *revision);
	void (*member)(struct checker *checker, const struct revision *revision,
		       const struct member *member);
	void (*frozen)(struct checker *checker, const struct frozen *frozen);
	/* Of the other spec: what is placed, aliases too, and what is frozen. */
	void (*other_revision)(struct checker *checker, const struct revision *other);
	void (*other_frozen)(struct checker *checker, const struct frozen *frozen);
	/* Last: report on what was gathered, release it. */
	void (*end)(struct checker *checker);
};

/* The checks that a program has, in the order in which they run, and what -W says of each. */
struct check_options {
	struct check_choice {
		const struct check *check;
		enum severity severity;
	} *choices;			/* owned; free() them */
	size_t count, room;
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
 * Run all checks, those that hold the spec against another only if @other is not
 * NULL; what they find goes to the spec's messages.
 */
void check_spec(const struct spec *spec, const struct other_spec *other,
		const struct check_options *options);

/*
 * For a check's callback: report a finding about @object at @pos.  A check reports
 * once about an object (NULL is none); a second finding, and its notes, are not shown.
 */
void check_report(struct checker *checker, const void *object, struct srcpos pos,
		  const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Whether no prerequisite has found something about @object. */
bool check_sound(const struct checker *checker, const void *object);

/* What stands at @pos, as an object: members that are inherited share it. */
static inline const void *srcpos_key(struct srcpos pos)
{
	return pos.source ? pos.source->bytes + pos.start : NULL;
}

/* Whether @revision says what its id is, and has it from no other and from no version. */
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
 * Whether a revision that is from @from, or from none if that is NULL, puts @member where
 * it is: @from lacks it or has it at other bytes.  False for a pad.
 */
static inline bool member_is_put(const struct revision *from, const struct member *member)
{
	const struct member *before = from ? revision_counterpart(from, member) : NULL;

	return !member->pad && (!before || before->pad || !members_coincide(before, member));
}

#endif
