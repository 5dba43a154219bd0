/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A struct in a compiled file, as pahole(1) finds it in the file's BTF or DWARF:
 * a flat list of its members and of the bit fields in them.
 */
#ifndef VMCSGEN_PAHOLE_H
#define VMCSGEN_PAHOLE_H

#include <stdbool.h>
#include <stdint.h>

#include "message.h"
#include "names.h"

/* A member, or a bit field, which is called MEMBER.BITS. */
struct part {
	const char *name;		/* interned */
	uint64_t bit;			/* where it begins in the struct */
	uint64_t bits;			/* of one element; of bytes a multiple of 8 */
	uint64_t count;			/* of elements */
	bool is_bits;
};

struct compiled {
	struct part *parts;		/* in the order of pahole; compiled_free() them */
	size_t count, room;
	uint64_t size;			/* bytes */
};

/*
 * What `struct @name` is in the file @path, a module with the types of the kernel @base
 * behind its own, if that is not NULL.  False after a message: with the
 * status EXIT_BAD_INPUT if the file or the struct can't be found or the file has
 * no types, with EXIT_FAILED_IO if pahole can't be run or understood.
 */
bool pahole_read(struct compiled *compiled, struct names *names, struct messages *messages,
		 const char *path, const char *base, const char *name);

/* Append a part. */
void compiled_add(struct compiled *compiled, const struct part *part);

void compiled_free(struct compiled *compiled);

#endif
