/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Converts images between revisions of a layout: translates the members that both have.  Bytes that
 * belong to no member keep their order, so that none is lost silently.
 */
#ifndef VMCSGEN_CONVERSION_H
#define VMCSGEN_CONVERSION_H

#include "image/blob.h"

/* Bytes that move together. */
struct spans {
	struct byte_span {
		uint16_t from, to, bytes;
	} *of;
	size_t count;
};

struct conversion {
	const struct revision *from, *to;
	const struct member **lost;	/* members that @to lacks, but for those to be dropped */
	size_t lost_count;
	struct spans moved;
	struct spans surplus;		/* of no member, and without a place in @to */
	unsigned char blank[IMAGE_SIZE]; /* what @to has where nothing is moved */
};

/* Plan the conversion between two revisions that fit an image.  The arena owns it. */
struct conversion *conversion_new(struct arena *arena, const struct revision *from,
				  const struct revision *to);

/*
 * Convert the image @from to @to, without its lost members and surplus.  @to has the id of its
 * revision, and is a shadow VMCS if @from is one.
 */
void conversion_run(const struct conversion *conversion, unsigned char *to,
		    const unsigned char *from);

#endif
