/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VMCSGEN_MODEL_COMPARE_H
#define VMCSGEN_MODEL_COMPARE_H

#include "compare/compare.h"
#include "emit/model.h"

/* The root of a template about two revisions, of two specs or one, and their differences. */
struct value *root_of_comparison(struct model *model, const struct comparison *comparison);

/* The elements of the list that @map has under @key; NULL if it is empty. */
const struct value **model_elements(struct model *model, const struct value *map,
				    const char *key);

#endif
