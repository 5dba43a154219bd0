/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* When a field exists, as templates see it; templates/README.md lists the names. */
#ifndef VMCSGEN_MODEL_EXISTS_H
#define VMCSGEN_MODEL_EXISTS_H

#include "emit/value.h"
#include "language/spec.h"

/*
 * Enter under `always` the fields that no control adds, and under `added` the others,
 * together if the same controls add them, by encoding; under `added_words` the control
 * words among those, each behind the words with the controls that add it.
 */
void map_existence(struct maker *maker, struct value *map, const struct spec *spec);

#endif
