/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The parts of a model, as templates see them; templates/README.md lists the names.  The maker's
 * arena owns all values.
 */
#ifndef VMCSGEN_MODEL_PARTS_H
#define VMCSGEN_MODEL_PARTS_H

#include "emit/model.h"

/*
 * Enter the names of a revision: `path`, `c_name` and `revision_c_name` are "vmcs12/linux-6.1",
 * "vmcs12_linux_6_1" and "linux_6_1"; `struct` is the tag of its struct, and `prefix`, which is
 * returned, begins the names of its functions.
 */
const char *map_revision_names(struct model *model, struct value *map,
			       const struct revision *revision);

/* The map of a layout, without its revisions; it is made once. */
struct value *model_layout(struct model *model, const struct layout *layout);

/* Enter under `control_words` those of @spec. */
void map_control_words(struct maker *maker, struct value *map, const struct spec *spec);

/*
 * Enter under `always` the fields that no control adds; under `added` the others by encoding,
 * grouped by the controls that add them; under `added_words` the words of those controls, each
 * after the words of the controls that add it.
 */
void map_existence(struct maker *maker, struct value *map, const struct spec *spec);

/*
 * Enter under `existence` what the kernel of @layout's default lets an L1 find: a list with one
 * map, or an empty one if an L1 finds all fields on any CPU.
 */
void map_layout_existence(struct model *model, struct value *map, const struct layout *layout);

/* Whether any image of @layout has no place for a field that an L1 finds in the default. */
bool model_some_lack(const struct model *model, const struct layout *layout);

/*
 * What an image of @image loses if @kept is in memory: the flag `loses_fields` and, under
 * `lost_controls`, by words, the controls that add the lost fields.
 */
void map_lost_controls(struct model *model, struct value *map, const struct revision *kept,
		       const struct revision *image);

/* A list of supported controls, with its masks for all control words of @spec. */
struct value *model_support(struct maker *maker, const struct spec *spec,
			    const struct support *support);

/* A list of shadowed fields. */
struct value *model_shadow(struct model *model, const struct shadow *shadow);

/*
 * If the target keeps @kept in memory, enter under `images` the translations from there and back,
 * its own too, the default first, and under `copies` its pages; else both are empty.  The parts are
 * counted in the model's plan_rows; beyond PLAN_ROWS_MAX the values are incomplete.
 */
void map_plans(struct model *model, struct value *map, const struct revision *kept);

/* Enter under `targets` what each target of @spec takes, and as what. */
void map_targets(struct maker *maker, struct value *root, const struct spec *spec);

#endif
