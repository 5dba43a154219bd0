/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The parts that model.c puts together, as templates see them; templates/README.md
 * lists the names.  The maker's arena owns all that is made.
 */
#ifndef VMCSGEN_MODEL_PARTS_H
#define VMCSGEN_MODEL_PARTS_H

#include "emit/model.h"

/* What C names of the revision's own begin with: "vmcs12_linux_6_1". */
const char *model_c_name(struct model *model, const struct revision *revision);

/*
 * Enter under `path`, `c_name`, `revision_c_name` and `struct` what a revision is called:
 * "vmcs12/linux-6.1", "vmcs12_linux_6_1", "linux_6_1", and its struct's C name, which is
 * returned.
 */
const char *map_revision_names(struct model *model, struct value *map,
			       const struct revision *revision);

/* Enter under `control_words` those of @spec. */
void map_control_words(struct maker *maker, struct value *map, const struct spec *spec);

/*
 * Enter under `always` the fields that no control adds, and under `added` the others,
 * together if the same controls add them, by encoding; under `added_words` the control
 * words among those, each after the words with the controls that add it.
 */
void map_existence(struct maker *maker, struct value *map, const struct spec *spec);

/* A list of supported controls, with its masks for all control words of @spec. */
struct value *model_support(struct maker *maker, const struct spec *spec,
			    const struct support *support);

/* A list of shadowed fields. */
struct value *model_shadow(struct maker *maker, const struct shadow *shadow);

/*
 * Enter under `translations` those from @revision that the target needs: between what it keeps
 * in memory and all else that it has of the layout; and under `copies` those between a page and
 * each revision that is kept in memory.  What they say is counted in the model's plan_rows;
 * once these are more than PLAN_ROWS_MAX, nothing of use is made any more.
 */
void map_plans(struct model *model, struct value *map, const struct revision *revision);

#endif
