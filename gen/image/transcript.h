/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What a text says of a VMCS: the kernel's dump in dmesg, or a list of names and values.  Each
 * value has its place in the text.
 */
#ifndef VMCSGEN_TRANSCRIPT_H
#define VMCSGEN_TRANSCRIPT_H

#include "language/spec.h"

/* A value that a text gives, or a line of it that has none. */
struct told_value {
	const char *label;		/* as the text or the spec has it; owned by the arena */
	const struct field *field;	/* or NULL */
	const char *text;		/* of a decimal number, such as a CPU's; or NULL */
	uint64_t number;
	unsigned int digits;		/* that a number is printed with */
	bool empty;			/* there is no value */
	struct srcpos pos;		/* of the value */
};

/* One VMCS. */
struct transcript {
	struct told_value *values;	/* in the order of the text */
	size_t count, room;
	struct table by_field;		/* to indices in @values, plus 1 */
	const struct field **missing;	/* that the text should have, but lacks */
	size_t missing_count, missing_room;
	struct srcpos pos;		/* of its first line */
};

struct transcripts {
	struct arena *arena;
	struct messages *messages;
	const struct spec *spec;
	struct source *source;
	struct transcript *of;
	size_t count, room;
};

/*
 * Add a value to @transcript.  If its field has one already: nothing if that is the same, else an
 * error with a note at the first.  False after a message.
 */
bool transcript_add(struct transcripts *transcripts, struct transcript *transcript,
		    const struct told_value *value);

/* A new transcript, whose first line is at @pos. */
struct transcript *transcripts_begin(struct transcripts *transcripts, struct srcpos pos);

/* The value of @field, which may be NULL; or NULL. */
const struct told_value *transcript_value(const struct transcript *transcript,
					  const struct field *field);

/* Free what the arena does not own. */
void transcripts_free(struct transcripts *transcripts);

/*
 * Read the dumps of kernels in the source, and say what in them could not be read.  False if it
 * has none: then nothing was said.
 */
bool read_dumps(struct transcripts *transcripts);

/*
 * Read the source as a list of names, or encodings, with their values, and say what is not read.
 * An error if nothing is.
 */
void read_list(struct transcripts *transcripts);

#endif
