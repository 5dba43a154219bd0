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

/* In a map's entry beside the offset: the field has a high half, too. */
#define VMCS_HAS_HIGH 0x8000

/* Bytes that lie together in both of two images. */
struct vmcs_run {
	u16 from, to, bytes;
};

/* A member of up to eight bytes that the image to be written lacks. */
struct vmcs_loss {
	const char *name;
	u64 neutral;			/* beside 0 what says nothing, so may be lost */
	u32 encoding;			/* 0 if it is no field */
	u16 from;
	u8 bytes;
	bool refuse;			/* all other values */
};

/* A member of up to eight bytes that the image read lacks, and what it is then. */
struct vmcs_gap {
	u64 neutral;
	u16 to;
	u8 bytes;
};

struct vmcs_translation {
	const struct vmcs_run *runs;
	const struct vmcs_loss *losses;
	const struct vmcs_gap *gaps;
	u16 run_count, loss_count, gap_count;
};

static __always_inline void vmcs_move(void *to, unsigned int to_offset, const void *from,
				      unsigned int from_offset, unsigned int bytes)
{
	__builtin_memcpy((u8 *)to + to_offset, (const u8 *)from + from_offset, bytes);
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

/* Bytes in an image of what an encoding means: of a field, or of its high half. */
static __always_inline unsigned int vmcs_bytes(u64 encoding)
{
	return VMCS_ENC_IS_HIGH(encoding) ? sizeof(u32) : VMCS_ENC_BYTES(encoding);
}

/*
 * The offset of a field, or of its high half, by the @map of a revision; 0 if there
 * is none.  There lies the word that tells the revision, which is no field.
 */
static __always_inline unsigned int vmcs_offset(const u16 *map, u64 encoding)
{
	unsigned int entry;

	if (encoding & ~(u64)VMCS_ENC_BITS)
		return 0;
	entry = map[VMCS_SLOT(encoding)];
	if (!VMCS_ENC_IS_HIGH(encoding))
		return entry & ~VMCS_HAS_HIGH;
	return entry & VMCS_HAS_HIGH ? (entry & ~VMCS_HAS_HIGH) + sizeof(u32) : 0;
}

/* The first member of @image that the translation must not lose, or NULL. */
static inline const struct vmcs_loss *vmcs_refused(const struct vmcs_translation *translation,
						   const void *image)
{
	const struct vmcs_loss *loss = translation->losses;

	for (unsigned int i = 0; i < translation->loss_count; i++, loss++) {
		u64 value = vmcs_peek(image, loss->from, loss->bytes);

		if (loss->refuse && value && value != loss->neutral)
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
		vmcs_move(to, translation->runs[i].to, from, translation->runs[i].from,
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
