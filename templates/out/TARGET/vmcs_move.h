{{>generated}}
/*
 * Used by copies, loads and stores: moves of whole words and, below a KiB, without calls.  The code
 * of a long memcpy() depends on the compiler's options; for these lengths a call is slower, and so
 * is REP MOVSB.
 */
#ifndef VMCSGEN_VMCS_MOVE_H
#define VMCSGEN_VMCS_MOVE_H

#include "vmcs_types.h"

static __always_inline void vmcs_move_1(u8 *to, const u8 *from)
{
	__builtin_memcpy(to, from, 1);
}

static __always_inline void vmcs_move_2(u8 *to, const u8 *from)
{
	__builtin_memcpy(to, from, 2);
}

static __always_inline void vmcs_move_4(u8 *to, const u8 *from)
{
	__builtin_memcpy(to, from, 4);
}

static __always_inline void vmcs_move_8(u8 *to, const u8 *from)
{
	__builtin_memcpy(to, from, 8);
}

static __always_inline void vmcs_move_16(u8 *to, const u8 *from)
{
	vmcs_move_8(to, from);
	vmcs_move_8(to + 8, from + 8);
}

static __always_inline void vmcs_move_32(u8 *to, const u8 *from)
{
	vmcs_move_16(to, from);
	vmcs_move_16(to + 16, from + 16);
}

static __always_inline void vmcs_move_64(u8 *to, const u8 *from)
{
	vmcs_move_32(to, from);
	vmcs_move_32(to + 32, from + 32);
}

static __always_inline void vmcs_move_128(u8 *to, const u8 *from)
{
	vmcs_move_64(to, from);
	vmcs_move_64(to + 64, from + 64);
}

static __always_inline void vmcs_move_256(u8 *to, const u8 *from)
{
	vmcs_move_128(to, from);
	vmcs_move_128(to + 128, from + 128);
}

static __always_inline void vmcs_move_512(u8 *to, const u8 *from)
{
	vmcs_move_256(to, from);
	vmcs_move_256(to + 256, from + 256);
}

/* The last @bytes % 8 of @bytes bytes. */
static __always_inline void vmcs_move_rest(u8 *to, const u8 *from, unsigned int bytes)
{
	if (bytes & 4)
		vmcs_move_4(to + (bytes & ~7u), from + (bytes & ~7u));
	if (bytes & 2)
		vmcs_move_2(to + (bytes & ~3u), from + (bytes & ~3u));
	if (bytes & 1)
		vmcs_move_1(to + (bytes & ~1u), from + (bytes & ~1u));
}

/* Move @bytes bytes, a constant, from one image to another. */
static __always_inline void vmcs_move(void *to_image, unsigned int to_offset,
				      const void *from_image, unsigned int from_offset,
				      unsigned int bytes)
{
	const u8 *from = (const u8 *)from_image + from_offset;
	u8 *to = (u8 *)to_image + to_offset;

	if (bytes >= 1024)
		__builtin_memcpy(to, from, bytes & ~1023u);
	if (bytes & 512)
		vmcs_move_512(to + (bytes & ~1023u), from + (bytes & ~1023u));
	if (bytes & 256)
		vmcs_move_256(to + (bytes & ~511u), from + (bytes & ~511u));
	if (bytes & 128)
		vmcs_move_128(to + (bytes & ~255u), from + (bytes & ~255u));
	if (bytes & 64)
		vmcs_move_64(to + (bytes & ~127u), from + (bytes & ~127u));
	if (bytes & 32)
		vmcs_move_32(to + (bytes & ~63u), from + (bytes & ~63u));
	if (bytes & 16)
		vmcs_move_16(to + (bytes & ~31u), from + (bytes & ~31u));
	if (bytes & 8)
		vmcs_move_8(to + (bytes & ~15u), from + (bytes & ~15u));
	vmcs_move_rest(to, from, bytes);
}

/* Bytes of the members @first to @last. */
#define VMCS_EXTENT(of, first, last) \
	(offsetof(typeof(*(of)), last) + sizeof((of)->last) - offsetof(typeof(*(of)), first))

/* Copy the members @first to @last, which lie side by side in both structures. */
#define VMCS_COPY(to, from, first, last) VMCS_COPY_AS(to, first, from, first, last)

/* VMCS_COPY() if @first is named @as in the structure that is written. */
#define VMCS_COPY_AS(to, as, from, first, last) \
	vmcs_move(to, offsetof(typeof(*(to)), as), from, offsetof(typeof(*(from)), first), \
		  VMCS_EXTENT(from, first, last))

/* Load the members @first to @last of @to from @offset in an image. */
#define VMCS_LOAD(to, first, last, image, offset) \
	vmcs_move(to, offsetof(typeof(*(to)), first), image, offset, \
		  VMCS_EXTENT(to, first, last))

/* Store the members @first to @last of @from at @offset in an image. */
#define VMCS_STORE(image, offset, from, first, last) \
	vmcs_move(image, offset, from, offsetof(typeof(*(from)), first), \
		  VMCS_EXTENT(from, first, last))

#endif
