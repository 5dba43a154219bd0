/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VMCSGEN_MODEL_COMPARE_H
#define VMCSGEN_MODEL_COMPARE_H

#include "compare/compare.h"
#include "emit/model.h"

/* Two revisions, which may be of two specs, and what differs: see compare.h. */
struct value *model_of_comparison(struct model *model, const struct comparison *comparison);

#endif
