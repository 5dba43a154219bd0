/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A page of the TLFS in Markdown: a struct in C, the #defines of its clean fields,
 * and a table with the encodings of its members.
 */
#ifndef VMCSGEN_PAGE_H
#define VMCSGEN_PAGE_H

#include "import/foreign.h"

enum page_column { COLUMN_ENCODING, COLUMN_NAME, COLUMN_SIZE, COLUMN_CLEAN, COLUMNS };

/* A row of the table: what its cells say, and what that means. */
struct page_row {
	struct page_cell {
		const char *text;	/* without markup; "": the row has no such cell */
		struct srcpos pos;	/* of the text, or of the row; nowhere: no such column */
	} cells[COLUMNS];
	const char *name;
	uint32_t encoding, size;	/* size in bytes, unless there is no such column */
	int group;			/* a clean-field bit or GROUP_... */
};

struct page {
	struct source *source;
	struct source *code;		/* the page with nothing but its code */
	struct page_row *rows;
	size_t row_count;
	struct member *members;		/* of the struct, as the page declares and calls them */
	size_t count;
	uint32_t size;			/* bytes of the struct */
	struct srcpos pos;		/* the struct's name */
};

/*
 * Read the page @source, which declares a revision of @base's layout as the struct @name.
 * The struct is compiled as @options tell.  False after messages.  All of the
 * page is the spec's arena's.
 */
bool page_read(struct page *page, struct spec *spec, const struct foreign_options *options,
	       const struct revision *base, struct source *source, const char *name);

/*
 * Resolve the page's members: fields, groups, pads, and their names in the spec.  The errata of
 * @spec are applied and reported; any other fault is an error, and so is a member that differs from
 * @base.  False after messages.
 */
bool page_resolve(struct page *page, struct spec *spec, const struct revision *base);

/* Say where a known fault was met, and go on. */
void page_meet(const struct spec *spec, struct erratum *erratum, struct srcpos pos,
	       const char *fault);

/* The clean-field group that @len bytes of a page mean, or GROUP_NONE. */
int page_group(const struct layout *layout, const char *name, size_t len);

#endif
