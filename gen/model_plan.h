/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Plans as templates see them; templates/README.md lists the names. */
#ifndef VMCSGEN_MODEL_PLAN_H
#define VMCSGEN_MODEL_PLAN_H

#include "spec.h"
#include "value.h"

/*
 * Enter under `translations` those from @revision to each revision of its layout,
 * and under `copies` those between it and each revision of a layout without
 * clean-field groups, if its own layout has them.
 */
void map_plans(struct maker *maker, struct value *map, const struct spec *spec,
	       const struct revision *revision);

/* What C names of the revision's own begin with: "vmcs12_linux_6_1". */
const char *revision_c_name(struct maker *maker, const struct revision *revision);

#endif
