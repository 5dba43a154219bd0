/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A parsed template; template.c makes it and render.c uses it. */
#ifndef VMCSGEN_TAGS_H
#define VMCSGEN_TAGS_H

#include "emit/template.h"

/* How deep sections may be nested; it bounds the recursion that renders them. */
enum { SECTIONS_MAX = 64 };

/* How deep partials may be nested, which bounds the recursion that parses them. */
enum { PARTIALS_MAX = 64 };

enum tag_kind { TAG_TEXT, TAG_INDENT, TAG_VARIABLE, TAG_SECTION, TAG_INVERTED, TAG_PARTIAL };

/*
 * A piece of a template.  The body of a section follows it, up to @end; its closing tag is not
 * kept.  Only partials split text into lines, each of which begins with a TAG_INDENT.
 */
struct tag {
	enum tag_kind kind;
	bool raw;			/* a variable that is not escaped */
	bool alone;			/* a partial on a line of its own */
	bool reported;			/* its name is of no use, and that was said */
	uint32_t start, len;		/* in the source: the text, the name, the indentation */
	uint32_t end;			/* index of the tag after a section's body */
	uint32_t key_count;		/* 0 for the implicit iterator */
	union {
		struct key *keys;	/* of a dotted chain */
		struct template *partial;
	};
};

/* Append a variable's text, escaped for the place where the template puts it. */
typedef void escape(struct text *text, const char *bytes, size_t len);

struct template {
	struct source *source;
	escape *escape;
	struct tag *tags;
	size_t count;
	/* PARSING: it or a partial of it */
	enum { TEMPLATE_PARSING, TEMPLATE_BROKEN, TEMPLATE_FINE } state;
};

/* The escaping of variables in the output of the template @path. */
escape *escape_of(const char *path);

#endif
