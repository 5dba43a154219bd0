/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A conversion of images from one revision to another of its layout: a translation of
 * what both have.  The bytes of an image that belong to no member keep their order, so
 * that none of them is lost unseen, either.
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
 * Make the image @to of the image @from, whose lost members and surplus are left out.
 * It has the id of its revision, and is a shadow VMCS if @from is one.
 */
void conversion_run(const struct conversion *conversion, unsigned char *to,
		    const unsigned char *from);

#endif
