// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * An image in another revision: as generated, and field by field, as code written by hand
 * would do it that knows where both have them.
 */
#include OLD_H
#include NEW_H

#define VMCS_REVISION OLD
#define VMCS_CANONICAL NEW
#include "vmcs12/accessors.h"

#include "translations.h"

static const u32 fields[] = {
#define VMCS_FIELD(name) VMCS_ENC_##name,
#include "vmcs_fields.h"
};

#define MAP(revision) VMCS_JOIN3(vmcs12_, revision, _map)
#define TRANSLATION VMCS_JOIN(VMCS_JOIN3(vmcs12_, OLD, _to_), NEW)

static u16 old_offsets[ARRAY_SIZE(fields)], new_offsets[ARRAY_SIZE(fields)];
static u32 shared_fields[ARRAY_SIZE(fields)];
static unsigned int nr_shared;

/* What code written by hand has as a table. */
void prepare_loop(void)
{
	nr_shared = 0;
	for (unsigned int i = 0; i < ARRAY_SIZE(fields); i++) {
		unsigned int from = vmcs_offset(MAP(OLD), fields[i]);
		unsigned int to = vmcs_offset(MAP(NEW), fields[i]);

		if (!from || !to || VMCS_ENC_IS_HIGH(fields[i]))
			continue;
		old_offsets[nr_shared] = from;
		new_offsets[nr_shared] = to;
		shared_fields[nr_shared++] = fields[i];
	}
}

static __always_inline void by_fields(u8 *to, const u8 *from)
{
	for (unsigned int i = 0; i < nr_shared; i++) {
		unsigned int bytes = VMCS_ENC_BYTES(shared_fields[i]);

		vmcs_poke(to, new_offsets[i], bytes, vmcs_peek(from, old_offsets[i], bytes));
	}
}

static __always_inline void by_runs(u8 *to, const u8 *from)
{
	if (vmcs_translate(&TRANSLATION, to, from))
		__builtin_trap();
}

static __always_inline void by_words(u8 *to, const u8 *from)
{
	vmcs_move(to, 0, from, 0, TRANSLATION_BYTES & ~7u);
}

static __always_inline void by_rep(u8 *to, const u8 *from)
{
	unsigned long bytes = 1000;

	__asm__ volatile("rep movsb" : "+D" (to), "+S" (from), "+c" (bytes) : : "memory");
}

static __always_inline void by_nobody(u8 *to, const u8 *from)
{
	(void)to;
	(void)from;
}

#define MANY(name, translate)							\
void name(u8 *to, const u8 *from, unsigned int times)				\
{										\
	for (unsigned int i = 0; i < times; i++) {				\
		translate(to, from);						\
		__asm__ volatile("" : : : "memory");				\
	}									\
}

MANY(loop_translate, by_fields)
MANY(ours_translate, by_runs)
MANY(limit_translate, by_words)
MANY(rep_translate, by_rep)
MANY(nothing_translate, by_nobody)
