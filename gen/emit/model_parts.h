/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The parts that model.c puts together, as templates see them; templates/README.md
 * lists the names.  The maker's arena owns all that is made.
 */
#ifndef VMCSGEN_MODEL_PARTS_H
#define VMCSGEN_MODEL_PARTS_H

#include "emit/model.h"

/*
 * Enter what a revision is called: under `path`, `c_name` and `revision_c_name`
 * "vmcs12/linux-6.1", "vmcs12_linux_6_1" and "linux_6_1"; under `struct` and `prefix` its
 * struct's tag and what its functions begin with, which is returned.
 */
const char *map_revision_names(struct model *model, struct value *map,
			       const struct revision *revision);

/* A layout's own map, which has no revisions; it is made once. */
struct value *model_layout(struct model *model, const struct layout *layout);

/* Enter under `control_words` those of @spec. */
void map_control_words(struct maker *maker, struct value *map, const struct spec *spec);

/*
 * Enter under `always` the fields that no control adds, and under `added` the others,
 * together if the same controls add them, by encoding; under `added_words` the control
 * words among those, each after the words with the controls that add it.
 */
void map_existence(struct maker *maker, struct value *map, const struct spec *spec);

/*
 * Enter under `existence` what the kernel of @layout's default lets an L1 find: a list with one
 * map, or an empty one if that is everything on any CPU.
 */
void map_layout_existence(struct model *model, struct value *map, const struct layout *layout);

/* Whether some image of @layout has no place for a field that an L1 finds in the default. */
bool model_some_lack(const struct model *model, const struct layout *layout);

/*
 * What an image of @image loses where @kept is in memory: the flag `loses_fields` and, under
 * `lost_controls`, by words, the controls that add what is lost.
 */
void map_lost_controls(struct model *model, struct value *map, const struct revision *kept,
		       const struct revision *image);

/* A list of supported controls, with its masks for all control words of @spec. */
struct value *model_support(struct maker *maker, const struct spec *spec,
			    const struct support *support);

/* A list of shadowed fields. */
struct value *model_shadow(struct model *model, const struct shadow *shadow);

/*
 * If the target keeps @kept in memory, enter under `images` what is translated from there and
 * back, itself too, the default first, and under `copies` the pages that are copied.  Else both
 * are empty.  What they say is counted in the model's plan_rows; once these are more than
 * PLAN_ROWS_MAX, nothing of use is made any more.
 */
void map_plans(struct model *model, struct value *map, const struct revision *kept);

/* Enter under `targets` what each target of @spec takes, and as what. */
void map_targets(struct maker *maker, struct value *root, const struct spec *spec);

#endif
