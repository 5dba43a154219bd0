/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The syntax tree: the statements of a spec in their order, before any name is looked up.  Every
 * statement, name and number is a node with its place, so that later messages can point at it.
 */
#ifndef VMCSGEN_TREE_H
#define VMCSGEN_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/names.h"
#include "base/source.h"

enum node_kind {
	/* leaves */
	NODE_NAME,		/* name */
	NODE_NUMBER,		/* number */
	NODE_STRING,		/* name: the text between the quotes */
	NODE_PATH,		/* name: the layout; text: the revision, after the slash */

	/* a spec and its statements; children as the comments say */
	NODE_SPEC,		/* statements */
	NODE_INCLUDE,		/* string */
	NODE_FIELDS,		/* fields */
	NODE_FIELD,		/* number, name, then LINUX, TLFS, NO_HIGH, CHANGED, ... */
	NODE_CONTROLS,		/* name, then DEFAULT1, MASK, BIT */
	NODE_BIT,		/* number, name, then ADDS, USES, NEEDS, EXCLUDES */
	NODE_SDM,		/* SDM_NAMEs */
	NODE_SDM_NAME,		/* name, string */
	NODE_DUMP,		/* name, then DUMP_LINEs */
	NODE_DUMP_LINE,		/* string, names of fields; the number is 1 if it is rare */
	NODE_BITS,		/* name, type name, then BIT_FIELD */
	NODE_BIT_FIELD,		/* name, number */
	NODE_LAYOUT,		/* name, then STRUCT, SIZE, ALIGN, ... */
	NODE_REVISION,		/* path, then FROM, then statements */
	NODE_SAME,		/* path, name of the revision it is the same as */
	NODE_SHADOW,		/* path, then RO and RW */
	NODE_SUPPORT,		/* path, FROM, then SOURCE, LISTS, ROLE, YES, NO, ... */
	NODE_COPIES,		/* path, which may have stars, then SOURCE, YES, NO */
	NODE_EXISTENCE,		/* path, then SOURCE, YES */
	NODE_FROZEN,		/* path */
	NODE_ERRATA,		/* name, then errata */
	NODE_TARGET,		/* name, then SOURCE, MEMORY, ..., MASKS, TAKEN_FIELDS, NAMES */

	/* clauses: children are the words after the keyword */
	NODE_LINUX, NODE_TLFS, NODE_NO_HIGH,
	NODE_CHANGED,		/* string */
	NODE_UNCHANGED,		/* BECAUSE */
	NODE_DEFAULT1, NODE_MASK,
	NODE_ADDS, NODE_USES, NODE_NEEDS, NODE_EXCLUDES,
	NODE_STRUCT, NODE_SIZE, NODE_VERSION, NODE_TABLE,
	NODE_ALIGN,		/* the number is 1 if it is natural */
	NODE_CLEAN_WORD,	/* name, PREFIX name, then GROUP */
	NODE_GROUP, NODE_OFTEN,		/* number, name */
	NODE_FROM, NODE_ID, NODE_SOURCE, NODE_BECAUSE,
	NODE_MEMBER,		/* [TYPE] name [COUNT], attributes */
	NODE_PAD,		/* TYPE [COUNT] name, attributes */
	NODE_PAD_TO,		/* number, name, attributes */
	NODE_TYPE, NODE_COUNT,
	NODE_CLEAN,		/* an attribute: name */
	NODE_CLEAN_BLOCK,	/* name, attributes, BODY */
	NODE_BODY,		/* members and pads */
	NODE_LOOKUP,		/* an attribute or a layout's; the number is LOOKUP_... */
	NODE_DROP,		/* an attribute or a field's */
	NODE_NEUTRAL,		/* the same: number */
	NODE_LOOKUP_AS,		/* revision name */
	NODE_AT,		/* number, MEMBER or PAD */
	NODE_APPEND,		/* MEMBER or PAD */
	NODE_RENAME,		/* old name, new name, attributes */
	NODE_RETIRE,		/* RANGE, [name] */
	NODE_MOVE,		/* RANGE, number */
	NODE_OVER,		/* old name, MEMBER */
	NODE_CHANGE,		/* RANGE, attributes */
	NODE_EMBED,		/* path */
	NODE_REST_OF,		/* revision name */
	NODE_RANGE,		/* first name, last name */
	NODE_RO, NODE_RW, NODE_RARE,	/* name, [HIGH] */
	NODE_HIGH,
	NODE_LISTS,		/* name of the prefix; the number is 1 for those unsupported */
	NODE_ROLE,		/* name */
	NODE_NAMED, NODE_UNNAMED,	/* names */
	NODE_MEMORY, NODE_IMAGES, NODE_PAGES, NODE_MASKS, /* PICKs and NEWESTs */
	NODE_TAKEN_FIELDS,	/* name: all */
	NODE_PICK, NODE_NEWEST,	/* path, which may have stars, [name] */
	NODE_NAMES,		/* number: those of the TLFS */
	NODE_ERRATUM,		/* BECAUSE, names, what was and is; the number is ERRATUM_... */
	NODE_YES, NODE_NO,	/* name, [FOR name, WHEN or BY name], BECAUSE string */
	NODE_FOR,
	NODE_WHEN,		/* the number is COPY_... */
	NODE_BY,		/* name */
	NODE_LIST,		/* names */
	NODE_LOST,		/* name: the first word of a line that was not understood */
	NODE_KINDS		/* how many there are */
};

struct node {
	enum node_kind kind;
	struct srcpos pos;	/* of the whole statement or word */
	const char *name;	/* interned */
	const char *text;	/* interned */
	int64_t number;
	bool large;		/* the number is meant without a sign: bit 63 counts */
	struct node *children, *last;
	struct node *next;
	struct node *chain_end;		/* of the chain that this node heads */
};

/* A leaf or a statement without children yet.  The caller owns it. */
struct node *node_new(enum node_kind kind, struct srcpos pos);

/*
 * Append @child, which may be NULL, or a chain of nodes; @node owns it from
 * now on.  Returns @node.
 */
struct node *node_add(struct node *node, struct node *child);

/* Append @next to the chain that begins with @first (or is NULL). */
struct node *node_chain(struct node *first, struct node *next);

/* A statement with up to three children, each of which may be NULL. */
struct node *node_make(enum node_kind kind, struct srcpos pos, struct node *first,
		       struct node *second, struct node *third);

/* Free @node, all below it and all chained to it. */
void node_free(struct node *node);

/* The first child of @kind, or NULL. */
struct node *node_child(const struct node *node, enum node_kind kind);

/* How many nodes there are from @first on. */
size_t node_count(const struct node *first);

#endif
