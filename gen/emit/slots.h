/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The slots of fields in the generated tables.  The fields of one width and type make a row, side
 * by side by their indices; the rows follow each other.  A row's number and one addition find a
 * slot, and the table is as dense as the SDM's encodings.
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
	/* For each row: what to add to half of an encoding to get its slot. */
	uint16_t rows[SLOT_ROWS];
	/* Slots of a table: a power of two, so that a mask keeps each slot within it. */
	unsigned int count;
};

static inline unsigned int slot_row(uint32_t encoding)
{
	return encoding >> 10 & (SLOT_ROWS - 1);
}

/* Give each field of @spec a slot. */
void slots_place(struct slots *slots, const struct spec *spec);

/* The slot of a field and of its high half. */
static inline unsigned int slot_of(const struct slots *slots, uint32_t encoding)
{
	return (slots->rows[slot_row(encoding)] + (encoding >> 1)) & (slots->count - 1);
}

#endif
