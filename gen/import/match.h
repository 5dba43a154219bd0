/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Finds out what a foreign name means: the only place where names of Linux, of the TLFS and of
 * other programs meet those of the spec.
 */
#ifndef VMCSGEN_MATCH_H
#define VMCSGEN_MATCH_H

#include "language/spec.h"

/* What a user says of names: `theirs=ours`. */
struct renaming {
	const char *theirs, *ours;
	bool met;
};

/* What a name means: a field, a member of the layout, or both. */
struct meaning {
	const struct field *field;
	const struct member *member;	/* of the revision of the matcher if that has it */
	bool of_base;			/* it has */
	bool ambiguous;			/* differs in case or underscores from several */
};

struct matcher {
	const struct spec *spec;
	const struct layout *layout;
	const struct revision *base;	/* or NULL */
	struct table exact, folded;	/* spellings to meanings */
	struct table by_encoding;
	struct renaming *renamings;	/* the caller's */
	size_t renaming_count;
};

/*
 * Set up @matcher with the fields of @spec and the members of @layout, those of @base first, which
 * may be NULL. match_free() it.
 */
void match_init(struct matcher *matcher, const struct spec *spec, const struct layout *layout,
		const struct revision *base);
void match_free(struct matcher *matcher);

/*
 * The meaning of @name, or NULL: by a renaming, by the names of members and fields, also in the
 * TLFS, or by one that differs only in case and underscores.
 */
const struct meaning *match_name(struct matcher *matcher, const char *name);

/* What just @name means, interned, by the same names; or NULL. */
const struct meaning *match_exact(const struct matcher *matcher, const char *name);

/* What the field with an encoding means, or NULL if the spec has none. */
const struct meaning *match_encoding(const struct matcher *matcher, uint32_t encoding);

/* Let @member, at its own place, be what a revision has as @known. */
void match_take(struct member *member, const struct member *known);

/* The known name that is spelled most like @name, or NULL if none is. */
const char *match_near(const struct matcher *matcher, const char *name);

/* Whether two names differ in nothing but case and underscores. */
bool match_same_name(const char *a, const char *b);

/* Whether a member of that name is a pad, if nothing else is known of it. */
bool is_pad_name(const char *name);

#endif
