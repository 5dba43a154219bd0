/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Revisions as byte maps: members as cells in rows of 16 bytes.  Templates can't calculate, so all
 * places are computed here, in pixels; what is drawn there is up to the templates.
 */
#ifndef VMCSGEN_PICTURE_H
#define VMCSGEN_PICTURE_H

#include "compare/model_compare.h"

/* Enter `picture` into @root: one sheet, that of @revision. */
void map_picture(struct model *model, struct value *root, const struct revision *revision);

/*
 * The same with two sheets, and bands from one to the other for what is in both.
 * @root is what root_of_comparison() has made of @comparison.
 */
void map_picture_of_comparison(struct model *model, struct value *root,
			       const struct comparison *comparison);

#endif
