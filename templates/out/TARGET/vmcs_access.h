{{>generated}}
/* Used by the accessors: find, read and write a field of an image. */
#ifndef VMCSGEN_VMCS_ACCESS_H
#define VMCSGEN_VMCS_ACCESS_H

#include "vmcs_encodings.h"
#include "vmcs_move.h"

/*
 * The slot of a field in a map.  With VMCS_LINUX_NAMES the encodings are those of asm/vmx.h; one
 * that differs from ours does not compile.
 */
#ifdef VMCS_LINUX_NAMES
#define VMCS_SLOT(field) \
	(VMCS_SLOT_##field + BUILD_BUG_ON_ZERO((u32)VMCS_ENC_##field != (u32)(field)))
#else
#define VMCS_SLOT(field) VMCS_SLOT_##field
#endif

/* Entry of a map: end << 2 | has HIGH << 1 | is a field. */
#define VMCS_ENDS(end) ((end) << 2 | 1)
#define VMCS_ENDS_WITH_HIGH(end) ((end) << 2 | 3)

/* Read 1, 2, 4 or 8 bytes at an offset. */
static __always_inline u64 vmcs_peek(const void *image, unsigned int offset, unsigned int bytes)
{
	u64 value;
	u32 half;
	u16 word;

	switch (bytes) {
	case sizeof(u8):
		return ((const u8 *)image)[offset];
	case sizeof(word):
		vmcs_move(&word, 0, image, offset, sizeof(word));
		return word;
	case sizeof(half):
		vmcs_move(&half, 0, image, offset, sizeof(half));
		return half;
	default:
		vmcs_move(&value, 0, image, offset, sizeof(value));
		return value;
	}
}

/* Write the low bytes of @value at an offset. */
static __always_inline void vmcs_poke(void *image, unsigned int offset, unsigned int bytes,
				      u64 value)
{
	switch (bytes) {
	case sizeof(u8):
		((u8 *)image)[offset] = value;
		break;
	case sizeof(u16):
		vmcs_move(image, offset, &value, 0, sizeof(u16));
		break;
	case sizeof(u32):
		vmcs_move(image, offset, &value, 0, sizeof(u32));
		break;
	default:
		vmcs_move(image, offset, &value, 0, sizeof(value));
		break;
	}
}

/*
 * One of four bytes, by the width of a field.  The caller must mask it: the bits above the low byte
 * belong to other widths.  If the encoding is not a constant, a switch on its width takes five
 * instructions more.
 */
static __always_inline u32 vmcs_by_width(u64 encoding, u8 of_16, u8 of_64, u8 of_32, u8 of_natural)
{
	const u32 bytes = of_16 << 8 * VMCS_ENC_WIDTH_16 | of_64 << 8 * VMCS_ENC_WIDTH_64 |
			  of_32 << 8 * VMCS_ENC_WIDTH_32 |
			  (u32)of_natural << 8 * VMCS_ENC_WIDTH_NATURAL;

	return bytes >> (encoding >> 10 & 0x18);	/* 8 * VMCS_ENC_WIDTH(encoding) */
}

/* Bytes of a field in an image: the low digit; of its high half: the other one. */
static __always_inline unsigned int vmcs_bytes(u64 encoding)
{
	return vmcs_by_width(encoding, 0x22, 0x48, 0x44, 0x88) >>
	       4 * VMCS_ENC_IS_HIGH(encoding) & 0xf;
}

/*
 * The end of a field, and of its high half, by the @map of a revision. 0 if the revision has no
 * such field, or if no field has the encoding.
 */
static __always_inline unsigned int vmcs_end(const u16 *map, u64 encoding)
{
	unsigned int slot = vmcs_slot(encoding), entry = map[slot];

	if ((vmcs_slot_encodings[slot] ^ encoding) > 1 ||
	    !(entry >> VMCS_ENC_IS_HIGH(encoding) & 1))
		return 0;
	return entry >> 2;
}

/* Where it begins, or 0. */
static __always_inline unsigned int vmcs_offset(const u16 *map, u64 encoding)
{
	unsigned int end = vmcs_end(map, encoding);

	return end ? end - vmcs_bytes(encoding) : 0;
}

/*
 * The bits before a field, or a high half, in the eight bytes that end with it:
 * 64 - 8 * bytes; HIGH adds 32: it is bit 0 of the encoding, here shifted to bit 5.
 */
static __always_inline unsigned int vmcs_bits_before(u64 encoding)
{
	return (vmcs_by_width(encoding, 48, 0, 32, 0) | (u32)encoding << 5) & 63;
}

/*
 * Read the field that ends at @end.  All widths are read alike: a branch on the width costs more
 * than the read.  No field ends before byte 8, where the header of a VMCS ends.
 */
static __always_inline u64 vmcs_peek_field(const void *image, u64 encoding, unsigned int end)
{
	u64 word;

	vmcs_move_8((u8 *)&word, (const u8 *)image + end - sizeof(word));
	return word >> vmcs_bits_before(encoding);
}

/*
 * Write @value, cut to the field's width, to the field that ends at @end.  The bytes before the
 * field are written back, so no other thread may write the image at the same time.
 */
static __always_inline void vmcs_poke_field(void *image, u64 encoding, unsigned int end, u64 value)
{
	unsigned int bits = vmcs_bits_before(encoding);
	u8 *place = (u8 *)image + end - sizeof(u64);
	u64 word;

	vmcs_move_8((u8 *)&word, place);
	word = (word & ~(~0ULL << bits)) | value << bits;
	vmcs_move_8(place, (u8 *)&word);
}

#endif
