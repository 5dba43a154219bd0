/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The spec as templates see it; templates/README.md lists the names.  Nothing
 * is decided here: a model says what the spec says, in the forms in which text
 * needs it (upper case, hexadecimal, with fill for columns).
 */
#ifndef VMCSGEN_MODEL_H
#define VMCSGEN_MODEL_H

#include "emit/slots.h"
#include "emit/value.h"

/* The models of one spec, made when first asked for. */
struct model {
	struct maker maker;
	const struct spec *spec;
	bool tlfs_names;		/* members go by Microsoft's names */
	bool plans;			/* revisions come with their translations and copies */
	size_t plan_rows;		/* of those that were made */
	struct value *root;
	struct slots slots;
	struct table made;		/* revisions and layouts to their values */
};

/* More plan rows than any spec of processors that exist takes: gen makes no more. */
enum { PLAN_ROWS_MAX = 1 << 17 };

void model_init(struct model *model, const struct spec *spec, bool tlfs_names);
void model_free(struct model *model);

/* Everything: fields, controls, layouts with their revisions, lists. */
struct value *model_spec(struct model *model);

/*
 * One layout, one of its revisions or of its lists of supported controls: a map
 * with `layout` and, where it is about one, `revision` or `support`.
 */
struct value *model_of_layout(struct model *model, const struct layout *layout);
struct value *model_of_revision(struct model *model, const struct revision *revision);
struct value *model_of_support(struct model *model, const struct support *support);

/* A revision's own map, which has its `layout`, too; it is made once. */
struct value *model_revision(struct model *model, const struct revision *revision);

/* The name of @member that this model goes by: Linux's or Microsoft's. */
const char *listed_name(const struct model *model, const struct member *member);

/* The elements of the list that @map has under @key; NULL if it is empty. */
const struct value **model_elements(struct model *model, const struct value *map,
				    const char *key);

#endif
