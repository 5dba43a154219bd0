// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * An image in another revision: as generated, and field by field, as code written by hand
 * would do it that knows where both have them.
 */
#include IMAGES_C
#include MEMORY_MAP_H
#include IMAGE_MAP_H

#include "translations.h"

static const u32 fields[] = {
#define VMCS_FIELD(name) VMCS_ENC_##name,
#include "vmcs_fields.h"
};

static u16 image_offsets[ARRAY_SIZE(fields)], memory_offsets[ARRAY_SIZE(fields)];
static u32 shared_fields[ARRAY_SIZE(fields)];
static unsigned int nr_shared;

/* The row of the image's revision, of which a compiler knows no more than KVM's does. */
static const struct vmcs12_revision *revision;

/* What code written by hand has as a table. */
void prepare_loop(void)
{
	nr_shared = 0;
	for (unsigned int i = 0; i < ARRAY_SIZE(fields); i++) {
		unsigned int image = vmcs_offset(IMAGE_MAP, fields[i]);
		unsigned int memory = vmcs_offset(MEMORY_MAP, fields[i]);

		if (!image || !memory || VMCS_ENC_IS_HIGH(fields[i]))
			continue;
		image_offsets[nr_shared] = image;
		memory_offsets[nr_shared] = memory;
		shared_fields[nr_shared++] = fields[i];
	}
	for (revision = vmcs12_revisions; revision->load != OURS_LOAD; revision++)
		;
	__asm__ volatile("" : "+m" (revision));
}

static __always_inline void by_fields(u8 *to, const u16 *to_offsets, const u8 *from,
				      const u16 *from_offsets)
{
	for (unsigned int i = 0; i < nr_shared; i++) {
		unsigned int bytes = VMCS_ENC_BYTES(shared_fields[i]);

		vmcs_poke(to, to_offsets[i], bytes, vmcs_peek(from, from_offsets[i], bytes));
	}
}

static unsigned int differs(const u8 *a, const u8 *b, const u16 *offsets)
{
	for (unsigned int i = 0; i < nr_shared; i++) {
		unsigned int bytes = VMCS_ENC_BYTES(shared_fields[i]);

		if (vmcs_peek(a, offsets[i], bytes) != vmcs_peek(b, offsets[i], bytes))
			return offsets[i];
	}
	return 0;
}

unsigned int differs_in_memory(const u8 *a, const u8 *b)
{
	return differs(a, b, memory_offsets);
}

unsigned int differs_in_image(const u8 *a, const u8 *b)
{
	return differs(a, b, image_offsets);
}

static __always_inline void by_rep(u8 *to, const u8 *from)
{
	unsigned long bytes = 1000;

	__asm__ volatile("rep movsb" : "+D" (to), "+S" (from), "+c" (bytes) : : "memory");
}

#define MANY(name, translate)							\
void name(u8 *to, const u8 *from, unsigned int times)				\
{										\
	for (unsigned int i = 0; i < times; i++) {				\
		translate;							\
		__asm__ volatile("" : : : "memory");				\
	}									\
}

MANY(loop_load, by_fields(to, memory_offsets, from, image_offsets))
MANY(ours_load, OURS_LOAD((struct vmcs12 *)to, from))
MANY(table_load, revision->load((struct vmcs12 *)to, from))
MANY(limit_load, vmcs_move(to, 0, from, 0, LOAD_BYTES & ~7u))
MANY(loop_store, by_fields(to, image_offsets, from, memory_offsets))
MANY(ours_store, OURS_STORE(to, (const struct vmcs12 *)from))
MANY(table_store, revision->store(to, (const struct vmcs12 *)from))
MANY(limit_store, vmcs_move(to, 0, from, 0, STORE_BYTES & ~7u))
MANY(rep_translate, by_rep(to, from))
MANY(nothing_translate, ((void)to, (void)from))
