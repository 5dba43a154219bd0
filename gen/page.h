/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A page of the TLFS in Markdown: a struct in C, the #defines of its clean fields,
 * and a table with the encodings of its members.
 */
#ifndef VMCSGEN_PAGE_H
#define VMCSGEN_PAGE_H

#include "header.h"

/* A row of the table; a cell's place is that of its text. */
struct page_row {
	const char *name;
	uint32_t encoding, size;	/* size in bytes, unless size_place is nowhere */
	int group;			/* a clean-field bit or GROUP_... */
	struct place place, encoding_place, size_place, group_place;
};

struct page {
	struct source *source;
	struct header header;		/* the struct; names may be there twice */
	struct page_row *rows;
	size_t row_count;
};

/*
 * Read the page @source, of @layout, whose struct is called @name.  False after
 * messages, which go to those of @spec.  All of the page is the spec's arena's.
 */
bool page_read(struct page *page, struct spec *spec, const struct layout *layout,
	       struct source *source, const char *name);

/*
 * Tell what the page's members are: fields, groups, pads, and under which names the
 * spec has them.  The errata of @spec are applied, each of which is reported where it
 * was met; what else is wrong is an error, and so is a member that @base has in
 * another way.  False after messages.
 */
bool page_resolve(struct page *page, struct spec *spec, const struct revision *base);

/* The row of @name, or NULL. */
struct page_row *page_row(const struct page *page, const char *name);

/* The clean-field group that @len bytes of a page mean, or GROUP_NONE. */
int page_group(const struct layout *layout, const char *name, size_t len);

#endif
