// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Lets the compiler say where the members of one structure lie.  Compiled once
 * for each, with its HEADER and its name STRUCT; the file MEMBERS, which says
 * MEMBER(NAME) or ARRAY(NAME) for each; BITS, which says BIT_FIELD(NAME); and the
 * name SIDE of the function that tells it.
 */
#ifdef KERNEL_SIDE
#include <linux/stddef.h>
#else
#include <stddef.h>
#endif

#include HEADER
#include "structure.h"

static struct STRUCT structure;
static volatile unsigned int ones = ~0U;

/* Tell what is not 0 in the structure, which was but for one bit field. */
static void tell_bits(tell tell, const char *name)
{
	unsigned int i, word;

	for (i = 0; i + sizeof(word) <= sizeof(structure); i += sizeof(word)) {
		__builtin_memcpy(&word, (char *)&structure + i, sizeof(word));
		if (word)
			tell(name, i, word, 1);
	}
	__builtin_memset(&structure, 0, sizeof(structure));
}

void SIDE(tell tell)
{
	tell("sizeof", 0, sizeof(structure), 1);

#define MEMBER(name)	tell(#name, offsetof(struct STRUCT, name), sizeof(structure.name), 1);
#define ARRAY(name)	tell(#name, offsetof(struct STRUCT, name), sizeof(structure.name),	\
			     sizeof(structure.name) / sizeof(structure.name[0]));
#include MEMBERS

#define BIT_FIELD(name)	structure.name = ones; tell_bits(tell, #name);
#include BITS
}
