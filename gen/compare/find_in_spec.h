/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Look-ups in a spec, of names from a user or from another spec. */
#ifndef VMCSGEN_FIND_IN_SPEC_H
#define VMCSGEN_FIND_IN_SPEC_H

#include "language/spec.h"

/* The revision "layout/name", an alias followed, or NULL. */
struct revision *spec_revision(const struct spec *spec, const char *path);

/* The same if it could be placed, or NULL. */
struct revision *spec_placed(const struct spec *spec, const char *path);

/* The statement that freezes @revision, or NULL. */
const struct frozen *spec_frozen(const struct spec *spec, const struct revision *revision);

/* The control word that @field, which may be NULL, holds; or NULL. */
const struct control_word *spec_control_word(const struct spec *spec, const struct field *field);

#endif
