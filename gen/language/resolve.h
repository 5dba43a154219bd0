/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Between the parts of spec_resolve(); each resolves one kind of statement. */
#ifndef VMCSGEN_RESOLVE_H
#define VMCSGEN_RESOLVE_H

#include "language/spec.h"

/* Each takes one top-level statement of its kind. */
void resolve_field(struct spec *spec, const struct node *node);
void resolve_word(struct spec *spec, const struct node *node);
void resolve_layout(struct spec *spec, const struct node *node);
void resolve_revision(struct spec *spec, struct node *node);
void resolve_controls(struct spec *spec, const struct node *node);
void resolve_shadow(struct spec *spec, const struct node *node);
void resolve_support(struct spec *spec, const struct node *node);
void resolve_frozen(struct spec *spec, const struct node *node);
void resolve_errata(struct spec *spec, const struct node *node);

/* Once all words are known: what the bits of a control word need. */
void resolve_demands(struct spec *spec, const struct node *node);

/* Once all revisions are known: what each is from, or the same as. */
void resolve_lineage(struct spec *spec);

/* The layout or the revision that @node, a name or path, means, or NULL after a message. */
struct layout *resolve_layout_name(struct spec *spec, const struct node *path);
struct revision *resolve_revision_name(struct spec *spec, const struct layout *layout,
				       const struct node *node);

/* The field that @name means, or NULL after a message. */
struct field *resolve_field_name(struct spec *spec, const struct node *name);

/* Say that @name is defined twice, with a note at @first. */
void report_twice(struct spec *spec, const char *role, const struct node *name,
		  struct srcpos first);

/* Report those of @nodes that say again what one before them has said. */
void refuse_repetition(struct spec *spec, const struct node *nodes);

/*
 * What @node, a `loss` clause, says of a field or an element of @size bytes; false
 * after a message.
 */
bool resolve_loss(struct spec *spec, struct loss *loss, const struct node *node, uint32_t size);

/* The bytes of a type u8, u16, u32 or u64, or 0 if @name is none. */
unsigned int scalar_size(const char *name);

/* The flags that the words of a `copy` or `lookup` clause say. */
unsigned int copy_flags(const struct node *copy);
unsigned int lookup_flags(const struct node *lookup);

#endif
