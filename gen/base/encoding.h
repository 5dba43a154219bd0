/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The encoding of a VMCS field (SDM Vol. 3C, table "Structure of VMCS Component Encoding"): bit 0
 * is the high half of a 64-bit field, bits 9:1 the index, bits 11:10 the type, bits 14:13 the
 * width.  All other bits are reserved.
 */
#ifndef VMCSGEN_ENCODING_H
#define VMCSGEN_ENCODING_H

#include <stdbool.h>
#include <stdint.h>

enum width { WIDTH_16, WIDTH_64, WIDTH_32, WIDTH_NATURAL };
enum field_type { TYPE_CONTROL, TYPE_READ_ONLY, TYPE_GUEST, TYPE_HOST };

enum { ENCODING_HIGH = 1, ENCODING_RESERVED = 0xffff9000 };

static inline enum width encoding_width(uint32_t encoding)
{
	return (encoding >> 13) & 3;
}

static inline enum field_type encoding_type(uint32_t encoding)
{
	return (encoding >> 10) & 3;
}

static inline unsigned int encoding_index(uint32_t encoding)
{
	return (encoding >> 1) & 0x1ff;
}

/* Bytes of the field in a layout; a natural-width field is a u64 there. */
static inline unsigned int encoding_size(uint32_t encoding)
{
	static const unsigned char sizes[] = { 2, 8, 4, 8 };

	return sizes[encoding_width(encoding)];
}

/* Whether VMWRITE is refused for it unless the CPU allows it (SDM 25.11.2). */
static inline bool encoding_read_only(uint32_t encoding)
{
	return encoding_type(encoding) == TYPE_READ_ONLY;
}

/* The kernel's index of a look-up table: the low 16 bits rotated left by six. */
static inline uint16_t encoding_rol16(uint32_t encoding)
{
	uint16_t low = encoding;

	return low << 6 | low >> 10;
}

/* The encoding that such an index is of. */
static inline uint16_t encoding_of_rol16(uint16_t index)
{
	return index >> 6 | index << 10;
}

#endif
