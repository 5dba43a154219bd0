/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The members of a compiled struct as a spec sees them: bytes at an offset, under a name that may
 * mean something to the spec.
 */
#ifndef VMCSGEN_FOREIGN_H
#define VMCSGEN_FOREIGN_H

#include "import/compiled.h"
#include "import/match.h"
#include "import/strings.h"

/* What a user says of foreign structs. */
struct foreign_options {
	const char *btf_base;		/* the kernel that a module's types refer to, or NULL */
	const char *encodings;		/* a table of the file, as KVM has them, or NULL */
	unsigned int encodings_entry;	/* and the bytes of an entry of it, at least 2 */
	bool kernel_types;		/* C may use the kernel's types */
	const char *const *flags;	/* for the compiler, NULL ends them; or NULL */
	struct strings maps;		/* theirs=ours */
	struct strings bits;		/* members that are something new */
};

/* An entry of a table of encodings. */
struct encoded {
	uint32_t offset, encoding;
	bool met;			/* a member is there */
};

struct foreign_member {
	const char *name;		/* "a.b": member b of the struct a within the struct */
	const struct meaning *meaning;	/* NULL: none.  It goes when the matcher does */
	uint64_t bit;			/* its first bit, from the start of the struct */
	uint64_t bytes;			/* of one element */
	uint64_t count;			/* elements */
	bool array;
	const struct compiled *inner;	/* of a struct, union or run of bit fields, or NULL */
	const char *rival;		/* another view of its bytes that means a field, or NULL */
	const char *cut;		/* one of its bit fields that means a field, or NULL */
	const struct encoded *encoded;	/* what a table of the file says of it, or NULL */
};

struct foreign {
	const struct foreign_options *options;
	struct compiled_file file;
	const char *c_struct;		/* the struct's name */
	const struct compiled *compiled;
	struct matcher matcher;
	struct table by_offset;		/* offsets to what --encodings says, struct encoded */
	struct foreign_member *members;	/* in the struct's order */
	size_t count, room;
};

/*
 * Read the struct @name in the file @path as @options tell, by the names of @layout's
 * members, those of @base first, which may be NULL.  If there is a @source, that is C
 * which may use the types of the TLFS, and it is read, not the file.
 *
 * Of an anonymous struct the members are the struct's own, and so are those of a named one
 * of which only the members mean something.  A union is the view that means most; another
 * one is a `rival` if it means something, too.  Bit fields that follow each other are one
 * member, under the name of the first.  A member with an encoding means its field, whatever
 * its name.  False after messages; foreign_free() it in any case.
 */
bool foreign_read(struct foreign *foreign, const struct foreign_options *options,
		  struct spec *spec, const struct layout *layout, const struct revision *base,
		  const char *path, struct source *source, const char *name);
void foreign_free(struct foreign *foreign);

/* Where messages about @name point: the member in the source, or the struct, or nowhere. */
struct srcpos foreign_pos(const struct foreign *foreign, const char *name);

/* False, after messages, if an option renames a member that the struct lacks. */
bool foreign_all_renamed(const struct foreign *foreign);

/* The struct of nothing but bit fields that @member is or, as a union, may be seen as; or NULL. */
const struct compiled *foreign_bit_fields(const struct foreign_member *member);

/*
 * Whether @bits has bit fields where @compiled has.  They may go by other names, but not by
 * those of each other.
 */
bool foreign_same_bits(const struct bits *bits, const struct compiled *compiled);

/* The spec's bits with the fields of @member, or NULL. */
const struct bits *foreign_bits(const struct spec *spec, const struct foreign_member *member);

/* Give @member, which has its offset, the bytes of @foreign in the widest unit that fits. */
void foreign_set_bytes(struct member *member, const struct foreign_member *foreign);

#endif
