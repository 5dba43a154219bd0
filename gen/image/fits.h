/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Which of the revisions with its id an image is of.  Nothing says so; but in the wrong revision
 * pads are not 0, addresses are not canonical, and other values cannot occur in a VMCS.
 */
#ifndef VMCSGEN_FITS_H
#define VMCSGEN_FITS_H

#include "image/blob.h"

/* Texts about an image, such as "host_rip is not canonical". */
struct remarks {
	const char **of;
	size_t count, room;
};

struct fit {
	const struct revision *revision;
	struct remarks misfits;
	size_t rank;			/* in which order revisions with as many misfits come */
};

/* All revisions that have an id, those with the fewest misfits first. */
struct fits {
	struct fit *of;
	size_t count;
};

/*
 * Rank the revisions with the id of an image.  Among those with as many misfits @preferred, which
 * may be NULL, comes first, and then those that `list` prints last.  fits_free() it; the arena
 * owns the texts.
 */
void fits_rank(struct fits *fits, struct arena *arena, const struct spec *spec,
	       const struct revision *preferred, const unsigned char *bytes);
void fits_free(struct fits *fits);

/* How @revision does among them. */
const struct fit *fits_of(const struct fits *fits, const struct revision *revision);

/*
 * What in an image is as in a VMCS that a hypervisor has filled in, and by chance hardly anywhere.
 * The caller frees ->of.
 */
struct remarks image_signs(const struct spec *spec, const struct revision *revision,
			   const unsigned char *bytes);

/* An image is likely to be one if it has so many more signs than misfits. */
enum { SIGNS_LIKELY = 2 };

#endif
