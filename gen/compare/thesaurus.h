/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What a word of a person is about: all names, numbers and places by which people know the
 * fields, the controls and the members of a spec.
 */
#ifndef VMCSGEN_THESAURUS_H
#define VMCSGEN_THESAURUS_H

#include "language/spec.h"

/* A field, a bit of a control word, or else a member that is not a field; perhaps at a place. */
struct subject {
	const struct field *field;
	bool high;			/* its high half */
	const struct control_word *word;
	const struct control *control;	/* the bit's, or NULL */
	unsigned int bit;
	const struct member *member;	/* in some revision */
	const struct revision *revision; /* NULL: no place was asked for */
	uint32_t offset;		/* of the place, bytes */
};

/* A name of a subject. */
struct term {
	const char *name;
	struct subject subject;
};

struct thesaurus {
	const struct spec *spec;
	struct term *terms;
	size_t count, room;
};

/* What a question is about. */
struct subjects {
	struct subject *of;
	size_t count, room;
	const char *taken_for;		/* the name that the one asked for is near to, or NULL */
};

/* Take in all names of @spec; thesaurus_free() it. */
void thesaurus_init(struct thesaurus *thesaurus, const struct spec *spec);
void thesaurus_free(struct thesaurus *thesaurus);

/*
 * Add to @subjects, which is empty, what @text is about: an encoding (decimal, hexadecimal, or
 * that without 0x), a name of Linux, the TLFS, the SDM or the spec, whatever its case and
 * punctuation, "LAYOUT/REVISION@OFFSET", "WORD BIT", or a text that has some of these in it.
 * Failing these, the one name that is nearest.  NULL, or why it is about nothing, which is a
 * text of the spec's arena.  The caller frees ->of.
 */
const char *thesaurus_ask(const struct thesaurus *thesaurus, const char *text,
			  struct subjects *subjects);

/*
 * The same, but only if @text is an encoding or a name as a whole, or with what macros put around
 * it; nothing is guessed.
 */
void thesaurus_name(const struct thesaurus *thesaurus, const char *text,
		    struct subjects *subjects);

/* Add all there is: fields by encoding, controls by word and bit, then other members. */
void thesaurus_all(const struct thesaurus *thesaurus, struct subjects *subjects);

#endif
