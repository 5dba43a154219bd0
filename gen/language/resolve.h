/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Between the parts of spec_resolve(); each resolves one kind of statement. */
#ifndef VMCSGEN_RESOLVE_H
#define VMCSGEN_RESOLVE_H

#include "language/place.h"

/* Each takes one statement of its kind; what it can't resolve is reported. */
void resolve_fields(struct spec *spec, const struct node *node);
void resolve_bits(struct spec *spec, const struct node *node);
void resolve_layout(struct spec *spec, const struct node *node);
void resolve_controls(struct spec *spec, const struct node *node);
void resolve_sdm(struct spec *spec, const struct node *node);
void resolve_dump(struct spec *spec, const struct node *node);
void resolve_shadow(struct spec *spec, const struct node *node);
void resolve_errata(struct spec *spec, const struct node *node);
void resolve_target(struct spec *spec, const struct node *node);

/* The same; also read the table of the frozen revision. */
void resolve_frozen(struct spec *spec, struct parse *parse, const struct node *node);

/* After all control words are known: resolve what their bits need. */
void resolve_demands(struct spec *spec, const struct node *node);

/* Number the controls, and resolve the lists of supported ones that @tree has. */
void resolve_supports(struct spec *spec, const struct node *tree);

/*
 * Derive the copies of each page.  The lists of supported controls must be resolved: they tell
 * which controls the kernel has a name for.  Then apply the departures that @tree has.
 */
void resolve_copies(struct spec *spec, const struct node *tree);

/* After the controls and their needs are known: derive which fields exist. */
void resolve_existence(struct spec *spec, const struct node *node);

/*
 * The revision that @node declares, its head resolved, or NULL after a message.  The
 * layout does not have it until revision_enter(), which is false after a message.
 */
struct revision *resolve_revision(struct spec *spec, const struct node *node);
bool revision_enter(struct spec *spec, struct revision *revision);

/*
 * Resolve what @node says of @revision after all revisions are entered: first the revision that an
 * alias stands for, then, after all aliases, `from` and the lines as edits.
 */
void resolve_same(struct spec *spec, struct revision *revision, const struct node *node);
void resolve_lines(struct spec *spec, struct revision *revision, const struct node *node);

/* The field, control, layout or revision that a name or path means, or NULL after a message. */
struct field *resolve_field_name(struct spec *spec, const struct node *name);
struct control *resolve_control_name(struct spec *spec, const struct node *name);
struct layout *resolve_layout_name(struct spec *spec, const struct node *path);
struct revision *resolve_revision_name(struct spec *spec, const struct layout *layout,
				       const struct node *node);

/* The revision of a list; NULL, with or without a message, if it has not been placed. */
struct revision *resolve_listed_revision(struct spec *spec, const struct node *path);

/* Whether @pattern, a path with stars, matches the name of @revision. */
bool revision_matches(const struct revision *revision, const struct node *pattern);

/* The number that @node, a leaf, says. */
struct number resolve_number(const struct node *node);

/* Report that @name is defined twice, with a note at @first. */
void report_twice(struct spec *spec, const char *role, const struct node *name,
		  struct srcpos first);

/* Note the names in a statement that was refused: nobody is to miss them. */
void lose_names(struct spec *spec, const struct node *node);

/* Report each of @nodes that repeats an earlier one. */
void refuse_repetition(struct spec *spec, const struct node *nodes);

/* The bytes of a type u8, u16, u32 or u64, or 0 if @name is none. */
unsigned int scalar_size(const char *name);

#endif
