{{>generated}}
/*
 * What the accessors, the copies and the translations are made of: reading and
 * writing a field of an image, and moving the bytes of one image to another.
 */
#ifndef VMCSGEN_VMCS_ACCESS_H
#define VMCSGEN_VMCS_ACCESS_H

#include "vmcs_encodings.h"

/*
 * Parts of a name, which may be macros, as one name.  Three are joined in one step: the
 * first two are a structure's name, which an includer may have as a macro.
 */
#define VMCS_JOIN(a, b) VMCS_JOINED(a, b)
#define VMCS_JOINED(a, b) a##b
#define VMCS_JOIN3(a, b, c) VMCS_JOINED3(a, b, c)
#define VMCS_JOINED3(a, b, c) a##b##c

/* What a map says of a field that ends somewhere, with or without a high half. */
#define VMCS_ENDS(end) ((end) << 2 | 1)
#define VMCS_ENDS_WITH_HIGH(end) ((end) << 2 | 3)

/* Bytes that lie together in both of two images. */
struct vmcs_run {
	u16 from, to, bytes;
};

/* A member of up to eight bytes that the image to be written lacks. */
struct vmcs_loss {
	const char *name;
	u64 neutral;			/* beside 0 what says nothing, so is never refused */
	u32 encoding;			/* 0 if it is no field */
	u16 from;
	u8 bytes;
};

/* A member of up to eight bytes that the image read lacks, and what it is then. */
struct vmcs_gap {
	u64 neutral;
	u16 to;
	u8 bytes;
};

struct vmcs_translation {
	const struct vmcs_run *runs;
	const struct vmcs_loss *losses;	/* first those that are refused */
	const struct vmcs_gap *gaps;
	u16 run_count, loss_count, refuse_count, gap_count;
};

/*
 * Moves by whole words and without calls: what a compiler makes of a long memcpy() hangs on
 * its options, and below about a KiB both a call and REP MOVSB are slower.
 */
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

/* What is below eight of so many bytes. */
static __always_inline void vmcs_move_rest(u8 *to, const u8 *from, unsigned int bytes)
{
	if (bytes & 4)
		vmcs_move_4(to + (bytes & ~7u), from + (bytes & ~7u));
	if (bytes & 2)
		vmcs_move_2(to + (bytes & ~3u), from + (bytes & ~3u));
	if (bytes & 1)
		vmcs_move_1(to + (bytes & ~1u), from + (bytes & ~1u));
}

/* As many bytes as a constant says. */
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

/* As many as a run has: most have few. */
static __always_inline void vmcs_move_run(u8 *to, const u8 *from, unsigned int bytes)
{
	if (bytes >= 16) {
		for (; bytes >= 64; bytes -= 64, to += 64, from += 64)
			vmcs_move_64(to, from);
		if (bytes & 32)
			vmcs_move_32(to, from);
		if (bytes & 16)
			vmcs_move_16(to + (bytes & ~31u), from + (bytes & ~31u));
	}
	if (bytes & 8)
		vmcs_move_8(to + (bytes & ~15u), from + (bytes & ~15u));
	if (bytes & 7)
		vmcs_move_rest(to, from, bytes);
}

/* What has 1, 2, 4 or 8 bytes at an offset of an image. */
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

/* The same, to be what the low bytes of @value are. */
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

/* Bytes of a field in an image, or of its high half: two digits for each width. */
static __always_inline unsigned int vmcs_bytes(u64 encoding)
{
	return 0x88444822u >> (encoding >> 10 & 0x18) >> 4 * VMCS_ENC_IS_HIGH(encoding) & 0xf;
}

/*
 * Where a field, and its high half, ends by the @map of a revision; 0 if the revision has
 * none, or if none has the encoding.
 */
static __always_inline unsigned int vmcs_end(const u16 *map, u64 encoding)
{
	unsigned int slot = vmcs_slot(encoding), entry = map[slot];

	if ((vmcs_slot_encodings[slot] ^ encoding) > 1 ||
	    !(entry >> VMCS_ENC_IS_HIGH(encoding) & 1))
		return 0;
	return entry >> 2;
}

/* The same of where it begins. */
static __always_inline unsigned int vmcs_offset(const u16 *map, u64 encoding)
{
	unsigned int end = vmcs_end(map, encoding);

	return end ? end - vmcs_bytes(encoding) : 0;
}

/*
 * The bits before a field in the eight bytes that end with it, by its width, and before
 * a high half.  Six bits of this count, as of every shift.
 */
static __always_inline unsigned int vmcs_bits_before(u64 encoding)
{
	return (0x00200030u >> (encoding >> 10 & 0x18) | (u32)encoding << 5) & 63;
}

/*
 * The field that ends somewhere.  All widths are read in one way, as a branch on the width
 * costs more than the read; no field ends before byte 8, where a VMCS's header does.
 */
static __always_inline u64 vmcs_read(const void *image, u64 encoding, unsigned int end)
{
	u64 word;

	vmcs_move_8((u8 *)&word, (const u8 *)image + end - sizeof(word));
	return word >> vmcs_bits_before(encoding);
}

/*
 * The same, to be @value, cut to the field's width.  It writes back what is before the
 * field, so not for an image that anyone else may write at the time.
 */
static __always_inline void vmcs_write(void *image, u64 encoding, unsigned int end, u64 value)
{
	unsigned int bits = vmcs_bits_before(encoding);
	u8 *place = (u8 *)image + end - sizeof(u64);
	u64 word;

	vmcs_move_8((u8 *)&word, place);
	word = (word & ~(~0ULL << bits)) | value << bits;
	vmcs_move_8(place, (u8 *)&word);
}

/* The first member of @image that the translation must not lose, or NULL. */
static inline const struct vmcs_loss *vmcs_refused(const struct vmcs_translation *translation,
						   const void *image)
{
	const struct vmcs_loss *loss = translation->losses;

	for (unsigned int i = 0; i < translation->refuse_count; i++, loss++) {
		u64 value = vmcs_peek(image, loss->from, loss->bytes);

		if (value && value != loss->neutral)
			return loss;
	}
	return NULL;
}

/*
 * Write what two images share from one to the other, and nothing else: pads and
 * what only the target has stay as they are.  The word that tells the revision is
 * shared, too.  Returns NULL, or what is refused, and then nothing is written.
 */
static inline const struct vmcs_loss *vmcs_translate(const struct vmcs_translation *translation,
						     void *to, const void *from)
{
	const struct vmcs_loss *refused = vmcs_refused(translation, from);

	if (refused)
		return refused;
	for (unsigned int i = 0; i < translation->run_count; i++)
		vmcs_move_run((u8 *)to + translation->runs[i].to,
			      (const u8 *)from + translation->runs[i].from,
			      translation->runs[i].bytes);
	return NULL;
}

/* The same, and what only the target has becomes neutral. */
static inline const struct vmcs_loss *vmcs_fill(const struct vmcs_translation *translation,
						void *to, const void *from)
{
	const struct vmcs_loss *refused = vmcs_translate(translation, to, from);
	const struct vmcs_gap *gap = translation->gaps;

	for (unsigned int i = 0; !refused && i < translation->gap_count; i++, gap++)
		vmcs_poke(to, gap->to, gap->bytes, gap->neutral);
	return refused;
}

/*
 * Called where a constant is no field of a revision: that fails to compile, or, where
 * the compiler does not look, to run.
 */
#ifdef __OPTIMIZE__
void vmcs_no_such_field(void) __attribute__((error("the revision has no such field")));
#else
static inline void vmcs_no_such_field(void)
{
	__builtin_trap();
}
#endif

#endif
