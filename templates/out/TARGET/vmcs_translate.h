{{#translates}}
{{>generated}}
/* What the translations between revisions are made of. */
#ifndef VMCSGEN_VMCS_TRANSLATE_H
#define VMCSGEN_VMCS_TRANSLATE_H

#include "vmcs_access.h"

/* Bytes that lie together in both of two images. */
struct vmcs_run {
	u16 from, to, bytes;
};

/* A member of up to eight bytes that the image to be written lacks. */
struct vmcs_loss {
	const char *name;
	u64 neutral;			/* a value that means as little as 0 */
	u32 encoding;			/* 0 if it is no field */
	u16 from;
	u8 bytes;
};

/* A member of up to eight bytes that the image read lacks, and the value that it gets. */
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

/* Move the bytes of a run; most runs are short. */
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

/* The first member of @image that the translation refuses to lose, or NULL. */
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
 * Write what two images share from one to the other, and nothing else: pads and what only
 * the target has stay as they are.  The word that tells the revision is shared, too.
 */
static inline void vmcs_move_shared(const struct vmcs_translation *translation, void *to,
				    const void *from)
{
	for (unsigned int i = 0; i < translation->run_count; i++)
		vmcs_move_run((u8 *)to + translation->runs[i].to,
			      (const u8 *)from + translation->runs[i].from,
			      translation->runs[i].bytes);
}

/* Set what only the target has to its neutral value. */
static inline void vmcs_fill_gaps(const struct vmcs_translation *translation, void *to)
{
	const struct vmcs_gap *gap = translation->gaps;

	for (unsigned int i = 0; i < translation->gap_count; i++, gap++)
		vmcs_poke(to, gap->to, gap->bytes, gap->neutral);
}

/*
 * Write what two images share, unless that would lose something.  Returns NULL, or what is
 * refused, and then nothing is written.
 */
static inline const struct vmcs_loss *vmcs_translate(const struct vmcs_translation *translation,
						     void *to, const void *from)
{
	const struct vmcs_loss *refused = vmcs_refused(translation, from);

	if (!refused)
		vmcs_move_shared(translation, to, from);
	return refused;
}

/* Like vmcs_translate(), and set what only the target has to its neutral value. */
static inline const struct vmcs_loss *vmcs_fill(const struct vmcs_translation *translation,
						void *to, const void *from)
{
	const struct vmcs_loss *refused = vmcs_translate(translation, to, from);

	if (!refused)
		vmcs_fill_gaps(translation, to);
	return refused;
}

#endif
{{/translates}}
