/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The resolved spec: every name looked up, every revision placed.  Lists have an order of their own
 * (fields by encoding, layouts by name, revisions by version), so the order of the files means
 * nothing.  Everything lives in the arena of the run; places point into the sources.
 */
#ifndef VMCSGEN_SPEC_H
#define VMCSGEN_SPEC_H

#include "base/encoding.h"
#include "base/message.h"
#include "base/names.h"
#include "language/include.h"

struct control;
struct edit;

/*
 * What a translation does with a member.  Into a revision without it: drop it if @drop, else refuse
 * a value other than 0 and @neutral.  From a revision without it: set it to @neutral.
 */
struct loss {
	uint64_t neutral;
	bool drop;
};

/* A field of the VMCS (SDM Vol. 3D, appendix B), by its full encoding. */
struct field {
	const char *name;		/* Linux's, in lower case */
	const char *tlfs;		/* Microsoft's, or NULL */
	const char *sdm;		/* Intel's, or NULL */
	const char **linux_names;	/* other names of it as a member */
	size_t linux_count;
	uint32_t encoding;
	bool no_high;			/* the SDM gives a 64-bit field no HIGH half */
	bool used;			/* some revision has it */
	const char *changed;		/* the reason, if it changes against its type; or NULL */
	const char *unchanged;		/* the reason, if it does not change against its type */
	struct loss loss;
	struct srcpos pos, encoding_pos, no_high_pos, change_pos;
};

/* Whether its encoding + ENCODING_HIGH means the field's upper half. */
static inline bool field_has_high(const struct field *field)
{
	return encoding_width(field->encoding) == WIDTH_64 && !field->no_high;
}

/* Whether its type alone says that something below L1 changes it: the exit, L2 or L0. */
static inline bool field_type_changes(const struct field *field)
{
	enum field_type type = encoding_type(field->encoding);

	return type == TYPE_READ_ONLY || type == TYPE_GUEST;
}

/* Whether something below L1 may change it. */
static inline bool field_changes(const struct field *field)
{
	return field->changed || (!field->unchanged && field_type_changes(field));
}

/* What a control's clause names: fields or other controls. */
struct relation {
	union {
		const struct field *field;
		const struct control *control;
	};
	struct srcpos pos;
};

struct relations {
	struct relation *of;
	size_t count;
};

/* One bit of a control word. */
struct control {
	const char *name;
	const char *sdm;		/* Intel's, or NULL */
	const struct control_word *word;
	unsigned int bit;
	size_t index;			/* among all controls of the spec */
	struct relations adds, uses;	/* fields */
	struct relations needs, excludes; /* controls */
	struct srcpos pos, bit_pos;
};

struct control_word {
	const struct field *field;	/* that holds the word */
	const char *mask;		/* its part of Linux's mask names, or NULL */
	uint64_t default1;		/* bits that are 1 without the TRUE MSRs (SDM A.2) */
	struct control *controls;	/* by bit */
	size_t count;
	struct srcpos pos;
};

/* A type of members: bit fields, from bit 0 up. */
struct bits {
	const char *name;
	unsigned int size;		/* bytes */
	struct bit_field {
		const char *name;
		unsigned int width;	/* bits */
		struct srcpos pos;
	} *fields;
	size_t count;
	bool used;
	struct srcpos pos;
};

/* Clean-field groups: the sixteen bits by their number, and four special ones. */
enum {
	GROUPS = 16,
	GROUP_NONE = -1,		/* the member is in no group */
	GROUP_ALWAYS = -2,		/* copied at each entry */
	GROUP_ANY = -3,			/* a write dirties every group */
	GROUP_READONLY = -4,		/* never written by the hypervisor */
};

struct group {
	const char *name;		/* NULL: the bit has no group */
	unsigned int bit;
	bool used;
	bool often;			/* written before most entries */
	struct srcpos pos, bit_pos;
	struct group *twin;		/* one that claims the same bit, or NULL */
};

/* The halves of a field that the VMREAD look-up of a layout finds. */
enum { LOOKUP_FULL = 1, LOOKUP_HIGH = 2 };

/* When a member is copied: from an eVMCS to a vmcs12 at an entry, and back at an exit. */
enum { COPY_ENTRY = 1, COPY_EXIT = 2 };

/* A copy of a field that a kernel makes or lacks, against what is derived. */
struct copy_departure {
	const struct field *field;
	unsigned int when;		/* COPY_ENTRY or COPY_EXIT */
	bool yes;
	const char *because;
	bool changes;			/* something else would follow */
	struct srcpos pos;
};

/* A field that exists in a kernel against what is derived. */
struct exist_departure {
	const struct field *field;
	const struct control *control;	/* the kernel asks for it; NULL: the field always exists */
	const char *because;
	struct srcpos pos;
};

struct member {
	const char *name;		/* Linux's */
	const char *tlfs;		/* Microsoft's, or NULL for the same */
	const struct field *field;	/* NULL for a synthetic member or a pad */
	const struct bits *bits;	/* or NULL */
	uint32_t offset;		/* bytes from the start of the structure */
	uint32_t size;			/* bytes of one element */
	uint32_t count;			/* elements; an array if declared with [] */
	bool array;
	bool pad;			/* bytes that mean nothing */
	bool hole;			/* a pad that the spec does not mention */
	bool piece;			/* the rest of a pad, with a generated name */
	bool carves;			/* placed with `at`: takes its bytes out of a pad */
	int group;			/* a clean-field bit or GROUP_... */
	unsigned int lookup;
	unsigned int copy;		/* of a page: COPY_... */
	const struct copy_departure *departures[COPY_EXIT]; /* at entry, at exit; or NULL */
	struct loss loss;
	const char *because;
	struct srcpos pos;
	struct srcpos origin;		/* the first declaration, before `rename` and `over` */
};

struct revision {
	struct layout *layout;
	const char *name;
	const char *path;		/* "layout/name" */
	struct edit *edits;		/* its lines, but for its head */
	size_t edit_count;
	bool faulty;			/* a line of it could not be resolved */
	struct revision *from;		/* or NULL */
	const struct revision *root;	/* the first of those that it is from, or NULL */
	const struct revision *reasoned; /* the nearest of them, or itself, with a `because` */
	struct revision *alias_of;	/* the revision that an alias stands for, or NULL */
	uint32_t id;			/* 31 bits; the layout's version where it has one */
	bool has_id;
	bool natural;			/* align natural, not packed */
	bool says_align;		/* it does not go by the one that it is from */
	const char *citation, *because;	/* its `source` and `because` */
	struct member *members;		/* by offset, no byte left out */
	size_t count;
	uint32_t size;			/* bytes up to the end of the last member */
	struct table by_name;		/* member names and fields to members, pads too */
	struct table by_encoding;
	/* An alias is PLACED after its revision is known, BROKEN before. */
	enum { UNPLACED, PLACING, PLACED, BROKEN } state;
	unsigned int depth;		/* of the chain of revisions that it builds on */
	bool overlaps;			/* so nothing can be generated from it */
	struct srcpos pos, from_pos, because_pos;
	struct srcpos id_pos;		/* nowhere unless it says an id */
	struct revision *next;		/* of the same layout, as read */
	struct revision *next_alias;	/* of it or, in an alias, of the revision it stands for */
};

/* Maximum bytes of a region, far more than any processor has. */
enum { LAYOUT_SIZE_MAX = 1 << 20 };

struct layout {
	const char *name;
	const char *c_struct;
	const char *table, *table_count; /* C names of the look-up table and of its length */
	uint32_t size;			/* bytes of the region */
	bool oversized;			/* so that nothing can be placed in it */
	bool faulty;			/* a line of it was not understood: nothing is placed */
	bool lossy;			/* a revision of it was refused, which may be missed */
	bool natural;
	bool has_version;
	uint32_t version;
	unsigned int lookup;
	const char *clean_word, *clean_prefix; /* NULL without groups */
	struct group groups[GROUPS];
	struct revision **revisions;	/* aliases too */
	size_t count;
	struct revision *first, **end;
	struct table names;		/* of revisions and aliases */
	struct srcpos pos, version_pos, clean_pos;
};

/* Fields that KVM need not keep in a vmcs12 all the time. */
struct shadow {
	struct revision *revision;
	struct shadow_field {
		const struct member *member;
		enum { SHADOW_RO, SHADOW_RW, SHADOW_RARE } kind;
		bool high;
		struct srcpos pos;
	} *fields;
	size_t count;
	struct srcpos pos;
};

/*
 * The fields that a kernel lets an L1 find on a CPU: all that are derived, with these departures.
 */
struct kernel_existence {
	struct revision *revision;
	const char *citation;		/* its `source` */
	struct exist_departure *departures;
	size_t count;
	struct table by_encoding;	/* departures, by their fields */
	struct srcpos pos;
};

/*
 * A control that an eVMCS may carry, or not, against what is derived: for every role, or for one.
 */
struct departure {
	const struct control *control;
	bool yes;
	const char *role;		/* NULL: for every role */
	const char *because;
	struct srcpos pos;
	const struct departure *next;	/* in its list, of the same control */
};

/* Whether an eVMCS may carry a control. */
struct decision {
	bool yes;
	const char *reason;		/* NULL: nothing speaks against it */
	const struct departure *departure; /* that says so, or NULL: it follows */
};

/* Which controls an eVMCS may carry in one kernel. */
struct support {
	struct revision *revision;
	const char *path;		/* as the spec writes it */
	const char *name;		/* of the revision or an alias; a target may give another */
	const struct support *from;	/* what it says holds for this one too; or NULL */
	const char *citation;		/* its `source` */
	const char *prefix;		/* of the masks */
	bool lists_unsupported;		/* the masks name what may not be carried */
	const char **roles;
	size_t role_count;
	struct departure *departures;
	size_t departure_count;
	struct control_naming {		/* whether the kernel has a name for a control */
		const struct control *control;
		bool named;
		struct srcpos pos;
	} *namings;
	size_t naming_count;
	struct said {
		const struct departure *departures;
		const struct control_naming *naming;
	} *said;			/* of each control, in this list; NULL: nothing */
	struct decision *decisions;	/* of each control: for every role, then for each role */
	struct srcpos pos, from_pos;
};

/* Revisions that a target takes, each under a name that may be the target's own. */
struct takings {
	struct taking {
		struct revision *revision;
		const char *name;
		struct srcpos pos;
	} *of;
	size_t count;
};

/* How many of @takings are of @layout. */
size_t takings_of_layout(const struct takings *takings, const struct layout *layout);

/* A consumer of generated files. */
struct target {
	const char *name;
	const char *citation;		/* its `source` */
	struct takings memory;		/* what a VMCS can be kept in, the default first */
	struct takings images;		/* what else is translated from there and back */
	struct takings pages;		/* enlightened VMCSs, copied from and to memory */
	struct support **masks;
	size_t mask_count;
	bool all_fields;		/* also those that none of its revisions has */
	bool tlfs_names;		/* members go by Microsoft's names */
	struct srcpos pos;
};

/*
 * The first revision of @layout that @target keeps in memory, or NULL.  It decides the names of
 * fields in C and which fields VMREAD finds.
 */
const struct revision *target_default(const struct target *target, const struct layout *layout);

/*
 * The member of the default that gives @member of @revision its name and look-up; NULL if the
 * default lacks the field.  It is @member itself in the default, in a page, and if @target is NULL.
 */
const struct member *target_pattern(const struct target *target, const struct revision *revision,
				    const struct member *member);

/* A fault of a page that declares a layout, and the correction, with the page's names. */
struct erratum {
	enum erratum_kind {
		ERRATUM_ENCODING,	/* the row of @name has the encoding @was, or @word */
		ERRATUM_SIZE,		/* or the size @was, in bytes, or @word */
		ERRATUM_CLEAN,		/* or the clean field @word, for @other */
		ERRATUM_NAME,		/* the row of @name is that of @other */
		ERRATUM_NO_ROW,		/* @name has no row: it is what the spec has */
		ERRATUM_ALIKE,		/* @name and @other differ in case alone */
		ERRATUM_TWICE,		/* the second @name is @other */
	} kind;
	const struct layout *layout;
	const char *name, *other, *word;
	uint32_t was, is;
	const char *because;
	bool met;			/* on the page that was read */
	struct srcpos pos;
};

/* What may not change of a member. */
struct frozen_row {
	const char *name;		/* it may change if the member is a field */
	const char *group;		/* the group's C name in capitals, "" for none */
	uint32_t offset, size, count;
	uint32_t encoding;
	bool encoded;			/* the member is a field */
	struct srcpos pos;		/* in the table */
};

/* A revision that is frozen, and its table: a row for each member but pads, by offset. */
struct frozen {
	struct revision *revision;
	bool has_table;			/* it could be read */
	struct frozen_row *rows;
	size_t count;
	struct srcpos pos;
};

/* A value in a line of a dump. */
struct dump_cell {
	const char *label;		/* what stands ahead of it, without blanks and 0x */
	const struct field *field;	/* or NULL */
	unsigned int digits;		/* at least so many, hexadecimal; 0: it is decimal */
	unsigned int most;		/* at most so many */
};

/* A line of a dump: a heading, which has no value, or values with labels. */
struct dump_line {
	const char *text;		/* as the spec has it */
	const char *heading;		/* the same, if a section begins with it; else NULL */
	const char *tail;		/* what follows the last value, without blanks */
	struct dump_cell *values;
	size_t count;
	size_t section;			/* how many headings stand ahead of it */
	bool rare;			/* not in every dump */
	struct srcpos pos;
};

/* How a kernel, or another program, prints a VMCS as text. */
struct dump_form {
	const char *name;
	struct dump_line *lines;
	size_t count;
	struct srcpos pos;
};

struct spec {
	struct arena *arena;
	struct names *names;
	struct messages *messages;
	struct table *lost;		/* words of statements that were not understood */
	bool lost_file;			/* so that anything may be missing */
	struct table told;		/* names about which a message was given, once each */

	struct field **fields;		/* by encoding */
	size_t field_count;
	struct table field_names;	/* names and linux names to fields */

	struct control_word **control_words;
	size_t control_word_count;
	struct control **controls;	/* of all words, by word and bit */
	size_t control_count;
	struct table control_names;

	struct bits **bits;
	size_t bits_count;
	struct table bits_names;

	struct layout **layouts;
	size_t layout_count;
	struct table layout_names;

	struct shadow **shadows;
	size_t shadow_count;
	struct support **supports;
	size_t support_count;
	struct copy_departure *copy_departures;
	size_t copy_departure_count;
	struct kernel_existence *existences;
	size_t existence_count;
	struct target **targets;	/* by name */
	size_t target_count;
	struct frozen *frozen;
	size_t frozen_count;
	struct dump_form *dumps;
	size_t dump_count;
	struct erratum *errata;
	size_t erratum_count;
};

/*
 * Make the spec of @tree.  Faults are reported and left out; the rest is complete.  The spec lives
 * in @parse's arena and does not need @tree any more.
 */
void spec_resolve(struct spec *spec, struct parse *parse, const struct node *tree);

/*
 * Whether @name may be missing only since something was not understood, which was reported: a
 * statement with that word, or a file.
 */
bool spec_lacks(const struct spec *spec, const char *name);

/*
 * Say that what stands at @pos is none of the names @known, in printf()'s way, and which of these
 * may be meant; @name is what it is compared as.  Nothing is said again, nor of what may
 * only be missing since something was not understood.
 */
void report_not_known(struct spec *spec, struct srcpos pos, const char *name,
		      const struct table *known, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* Release what the spec holds outside the arena. */
void spec_free(struct spec *spec);

/* The revision of @layout with the interned @name; aliases are followed.  NULL: there is none. */
struct revision *layout_revision(const struct layout *layout, const char *name);

/*
 * Derive whether an eVMCS may carry each control, by @support without the line @without (NULL: with
 * all lines).  Returns decisions like support->decisions, in the arena.
 */
struct decision *support_judge(const struct spec *spec, const struct support *support,
			       const struct departure *without);

/* Of @decisions of @support the one for @control and a role: 0 is for every role, 1 the first. */
static inline const struct decision *decision_for(const struct support *support,
						  const struct decision *decisions,
						  const struct control *control, size_t role)
{
	return &decisions[control->index * (support->role_count + 1) + role];
}

/*
 * The statement about the kernel of @revision, or of the nearest revision that it is from.  NULL:
 * there is none, so an L1 finds all fields on any CPU.
 */
const struct kernel_existence *existence_of(const struct spec *spec,
					    const struct revision *revision);

/* Whether the kernel has a name for @control. */
bool support_names(const struct support *support, const struct control *control);

/* Whether @revision has been placed and is not an alias. */
static inline bool revision_is_whole(const struct revision *revision)
{
	return revision->state == PLACED && !revision->alias_of;
}

/* Whether @revision is @other or is from it, directly or not. */
static inline bool revision_is_from(const struct revision *revision, const struct revision *other)
{
	while (revision && revision != other)
		revision = revision->from;
	return revision;
}

/* The C type of an element of @member, bit fields apart: u8 to u64. */
static inline const char *member_type(const struct member *member)
{
	return member->size == 1 ? "u8" : member->size == 2 ? "u16" :
	       member->size == 4 ? "u32" : "u64";
}

/* Bytes of all elements of @member, and the offset after it. */
static inline uint32_t member_bytes(const struct member *member)
{
	return member->size * member->count;
}

static inline uint32_t member_end(const struct member *member)
{
	return member->offset + member_bytes(member);
}

/* The halves that the look-up finds; a field without a high half has only one. */
static inline unsigned int member_lookup(const struct member *member)
{
	if (!member->field)
		return 0;
	if (!field_has_high(member->field))
		return member->lookup & LOOKUP_FULL;
	return member->lookup;
}

/* The first word of @revision, which says what an image is; NULL if it has none. */
const struct member *revision_header(const struct revision *revision);

/*
 * The member of @revision that corresponds to @member: the same field, or the same name if one of
 * them is not a field.  NULL if there is none; it may be a pad.  Two members may have one
 * counterpart: to move values, use a pairing.
 */
struct member *revision_counterpart(const struct revision *revision,
				    const struct member *member);

/* The same, of the members in two tables. */
struct member *find_counterpart(const struct table *by_encoding, const struct table *by_name,
				const struct member *member);

/* The first of the revisions that @revision is from, or itself. */
static inline const struct revision *revision_root(const struct revision *revision)
{
	return revision->root ? revision->root : revision;
}

/* Microsoft's name of @member, or Linux's where there is none. */
const char *member_tlfs_name(const struct member *member);

/* The name of @member for a reader who goes by Microsoft's names, or by Linux's. */
static inline const char *member_shown_name(const struct member *member, bool tlfs_names)
{
	return tlfs_names ? member_tlfs_name(member) : member->name;
}

/* The name of a group as messages and tables have it, and as C constants do. */
const char *group_name(const struct layout *layout, int group);
const char *group_c_name(const struct layout *layout, int group);

#endif
