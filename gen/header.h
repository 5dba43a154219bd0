/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A struct in a C header, laid out as an x86-64 compiler does it.  The reader
 * understands declarations of members and what stands around them in the
 * kernel's headers; it is no compiler, and what it does not understand inside
 * the struct is an error.
 */
#ifndef VMCSGEN_HEADER_H
#define VMCSGEN_HEADER_H

#include "spec.h"

/* What was read.  Its parts live in the spec's arena. */
struct header {
	struct member *members;		/* by offset; neither fields nor pads are told apart */
	size_t count;
	uint32_t size;			/* as sizeof tells it */
	bool packed;
	struct place place;		/* the struct's name */
};

/*
 * Read `struct @name`, or the one that a typedef calls so, from @source, no larger
 * than @most bytes.  A struct of bit fields is a word, with its tag as the name, or
 * that of the member; one that the file does not define is looked for among the words
 * of @spec.  False after messages, which go to those of @spec.
 */
bool header_read(struct header *header, struct spec *spec, struct source *source,
		 const char *name, uint32_t most);

/* Whether no name stands for two members: false after messages. */
bool header_names_differ(const struct header *header, struct messages *messages);

#endif
