/* SPDX-License-Identifier: GPL-2.0-only */
/* The revisions of vmcs12 that KVM may list, and images that go from one to another. */
#ifndef VMCS12_STATES_IMAGE_H
#define VMCS12_STATES_IMAGE_H

#include <vmcs12/linux.h>
#include <vmcs12/revision-list.h>

#include "../machine/machine.h"

#define DEFAULT_ID	vmcs12_linux_id
#define SHADOW_BIT	0x80000000u

/* What is in an image where its revision has nothing that VMREAD reaches. */
#define UNREACHED	0x5a

struct revision {
	const char *name;
	uint32_t id;
	size_t size;			/* bytes that KVM reads of an image */
	size_t launch_state;		/* the offset of it */
	const uint16_t *map;		/* where it has each field */
};

/* The first is the default one. */
enum {
#define VMCS_REVISION(c_name, text) REVISION_##c_name,
#include <vmcs12/revision-list.h>
	REVISIONS
};

extern const struct revision revisions[REVISIONS];

/* Where an image of the default revision has a field, or 0. */
unsigned int default_offset(uint32_t encoding);

/*
 * The first word of an image as it is for @revision, and back: its id and the default's
 * change places, so that an image of a foreign revision stays one.
 */
uint32_t id_from_default(const struct revision *revision, uint32_t word);

/*
 * Make of an image of the default revision the same of @revision: all that is in both is
 * moved, the rest is UNREACHED, and the first word changes as above.
 */
void image_from_default(const struct revision *revision, uint8_t to[PAGE],
			const uint8_t from[PAGE]);

/* The reverse, but what the default's alone has is zero. */
void image_to_default(const struct revision *revision, uint8_t to[PAGE],
		      const uint8_t from[PAGE]);

/* Let all of an image of the default revision that VMREAD does not reach be UNREACHED. */
void image_fill_unreached(uint8_t image[PAGE]);

/* How many of an image's @size bytes that VMREAD does not reach are another in @other. */
size_t image_unreached_differ(const struct revision *revision, const uint8_t *image,
			      const uint8_t *other);

#endif
