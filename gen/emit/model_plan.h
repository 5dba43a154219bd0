/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Plans as templates see them; templates/README.md lists the names. */
#ifndef VMCSGEN_MODEL_PLAN_H
#define VMCSGEN_MODEL_PLAN_H

#include "emit/value.h"
#include "language/spec.h"

/*
 * Enter under `translations` those from @revision to each revision of its layout,
 * and under `copies` those between it and each revision of a layout without
 * clean-field groups, if its own layout has them.  What they say is counted in @rows;
 * once these are more than PLAN_ROWS_MAX, nothing of use is made any more.
 */
void map_plans(struct maker *maker, struct value *map, const struct spec *spec,
	       const struct revision *revision, size_t *rows);

/* Far more than any spec of processors that exist takes. */
enum { PLAN_ROWS_MAX = 1 << 17 };

/* What C names of the revision's own begin with: "vmcs12_linux_6_1". */
const char *revision_c_name(struct maker *maker, const struct revision *revision);

#endif
