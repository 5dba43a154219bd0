/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What there is to say of a subject, as templates see it; templates/README.md lists the names. */
#ifndef VMCSGEN_MODEL_SUBJECT_H
#define VMCSGEN_MODEL_SUBJECT_H

#include "compare/thesaurus.h"
#include "emit/model.h"

/* All that the spec says of @subject; @asked is the question, or NULL. */
struct value *model_subject(struct model *model, const struct subject *subject, const char *asked,
			    const char *taken_for);

#endif
