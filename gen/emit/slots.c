// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "emit/slots.h"

/* A row needs a slot for each index up to the highest of its fields. */
static unsigned int row_length(const struct spec *spec, unsigned int row)
{
	unsigned int length = 0;

	for (size_t i = 0; i < spec->field_count; i++) {
		uint32_t encoding = spec->fields[i]->encoding;

		if (slot_row(encoding) == row && length <= encoding_index(encoding))
			length = encoding_index(encoding) + 1;
	}
	return length;
}

void slots_place(struct slots *slots, const struct spec *spec)
{
	unsigned int begins[SLOT_ROWS + 1] = { 0 };

	for (unsigned int row = 0; row < SLOT_ROWS; row++)
		begins[row + 1] = begins[row] + row_length(spec, row);
	slots->count = 1;
	while (slots->count < begins[SLOT_ROWS])
		slots->count *= 2;
	/* Half an encoding is its row's number, and below that nine bits of index. */
	for (unsigned int row = 0; row < SLOT_ROWS; row++)
		slots->rows[row] = (begins[row] - (row << 9)) & (slots->count - 1);
}
