/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Where the fields of a spec have their slots in the generated tables: those of one width
 * and type, which make a row, side by side by their indices, and the rows one after
 * another.  So a row's number and one addition find a slot, and a table is as dense as
 * the SDM's encodings are.
 */
#ifndef VMCSGEN_SLOTS_H
#define VMCSGEN_SLOTS_H

#include "base/encoding.h"
#include "language/spec.h"

/* Rows by bits 14:10 of an encoding; bit 12 is reserved, so half of them are empty. */
enum { SLOT_ROWS = 32 };

/* A generated -map.h says in 14 bits where a field ends; its other two are flags. */
enum { SLOT_END_MAX = (1 << 14) - 1 };

struct slots {
	/* What takes an encoding without bit 0, halved, to its slot, by its row. */
	uint16_t rows[SLOT_ROWS];
	/* Of a table: a power of two, so that a mask keeps every slot within it. */
	unsigned int count;
};

static inline unsigned int slot_row(uint32_t encoding)
{
	return encoding >> 10 & (SLOT_ROWS - 1);
}

/* Give each field of @spec a slot. */
void slots_place(struct slots *slots, const struct spec *spec);

/* The slot of a field, which is also that of its high half. */
static inline unsigned int slot_of(const struct slots *slots, uint32_t encoding)
{
	return (slots->rows[slot_row(encoding)] + (encoding >> 1)) & (slots->count - 1);
}

#endif
