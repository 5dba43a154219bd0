/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The spec as templates see it; templates/README.md lists the names.  A model decides nothing: it
 * gives the facts of the spec the forms that text needs (upper case, hexadecimal, blanks for
 * columns).
 */
#ifndef VMCSGEN_MODEL_H
#define VMCSGEN_MODEL_H

#include "emit/slots.h"
#include "emit/value.h"

/* The models of one spec, made when first asked for. */
struct model {
	struct maker maker;
	const struct spec *spec;
	const struct target *target;	/* NULL: the whole spec, without translations and copies */
	struct table taken;		/* the target's revisions to its takings */
	bool tlfs_names;		/* members go by Microsoft's names */
	size_t plan_rows;		/* of those that were made */
	struct value *root;
	struct slots slots;
	struct table made;		/* revisions and layouts to their values */
};

/* More plan rows than the spec of any existing processor needs: gen stops there. */
enum { PLAN_ROWS_MAX = 1 << 17 };

void model_init(struct model *model, const struct spec *spec, bool tlfs_names);

/* The same for a target: only its revisions, their fields, and its lists. */
void model_init_target(struct model *model, const struct spec *spec, const struct target *target);
void model_free(struct model *model);

/* Whether the model has a revision of @layout. */
bool model_has_layout(const struct model *model, const struct layout *layout);

/* Whether the model has @revision, and whether its target keeps it in memory. */
bool model_takes(const struct model *model, const struct revision *revision);
bool model_keeps(const struct model *model, const struct revision *revision);

/*
 * Whether images of @layout are translated: the target has other revisions than the one that it
 * keeps in memory.
 */
bool model_translates(const struct model *model, const struct layout *layout);

/*
 * Whether a revision has the layout's own names in C: it is kept in memory, one revision at a time,
 * or it is the target's only page of the layout.
 */
bool model_owns_name(const struct model *model, const struct revision *revision);

/* The model's name of a revision that it has. */
const char *model_name(const struct model *model, const struct revision *revision);

/*
 * The name of @member of @revision, and the halves of its field that VMREAD finds.  For a target,
 * the first revision of the layout in memory decides.
 */
const char *model_member_name(const struct model *model, const struct revision *revision,
			      const struct member *member);
unsigned int model_lookup(const struct model *model, const struct revision *revision,
			  const struct member *member);

/* Everything: fields, controls, layouts with their revisions, lists. */
struct value *model_spec(struct model *model);

/*
 * The root of a template about one layout, one of its revisions or of its lists of supported
 * controls: a map with `layout` and, where it is about one, `revision` or `support`.
 */
struct value *root_of_layout(struct model *model, const struct layout *layout);
struct value *root_of_revision(struct model *model, const struct revision *revision);
struct value *root_of_support(struct model *model, const struct support *support);

/* A revision's own map, which has its `layout`, too; it is made once. */
struct value *model_revision(struct model *model, const struct revision *revision);

#endif
