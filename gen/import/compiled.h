/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A struct as a compiler laid it out.  The compiler is the only parser of C: it compiles a source,
 * and the debug information of the object is read.  Nothing compiled is run.
 */
#ifndef VMCSGEN_COMPILED_H
#define VMCSGEN_COMPILED_H

#include "base/message.h"
#include "base/names.h"

/* A struct or union. */
struct compiled {
	bool is_union;
	uint64_t size;			/* bytes, as sizeof tells it */
	struct part {
		const char *name;	/* NULL: an anonymous struct or union */
		uint64_t bit;		/* its first bit, from the start of what it is a part of */
		uint64_t bits;		/* of one element */
		uint64_t count;		/* elements; 0: a flexible array */
		bool array, bit_field;
		const struct compiled *inner; /* of a struct or union, unless an array; or NULL */
	} *parts;
	size_t count;
};

/* A file that has a struct, or is compiled into one that has. */
struct compiled_file {
	const char *path;
	const char *btf_base;		/* the kernel that a module's types refer to, or NULL */
	const char *const *flags;	/* for the compiler, ended by NULL; or NULL */
	const char *prelude;		/* C to be read before the file, or NULL */
	const char *table;		/* a symbol whose data is wanted, or NULL */
	struct source *source;		/* what to compile; set if compiled_read() compiles @path */
	const unsigned char *table_bytes; /* set by compiled_read(): the data, if it is wanted */
	size_t table_len;
};

/* The types and macros of which the kernel's headers make structs, and those of the TLFS. */
extern const char kernel_prelude[], tlfs_prelude[];

/*
 * The struct @name of @file, or the struct of the typedef @name; it lives in @arena.  A file is an
 * object, raw BTF or else C; if @file has a source already, that source is compiled.  Report errors
 * and return NULL on failure; the messages are the compiler's if it refuses the source.
 */
const struct compiled *compiled_read(struct compiled_file *file, struct arena *arena,
				     struct names *names, struct messages *messages,
				     const char *name);

/*
 * Where messages about a member of the struct @owner may point: to its name in the source,
 * to the struct's if it is not there, or nowhere.
 */
struct srcpos compiled_pos(const struct compiled_file *file, const char *owner,
			   const char *name);

#endif
