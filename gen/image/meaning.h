/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the number in a field means, where its parts have names (SDM Vol. 3C, chapter "VMCS"). */
#ifndef VMCSGEN_MEANING_H
#define VMCSGEN_MEANING_H

#include "emit/value.h"
#include "language/spec.h"

/*
 * A list of texts, one for each part of @number, which @field holds: an exit reason, the vector of
 * an event, the bits of CR0 that are 1.  Empty if no part has a name, or @field is NULL; bits that
 * are 1 and have no name go by their number.  Controls are not here: see named_controls().
 */
struct value *field_meaning(struct maker *maker, const struct field *field, uint64_t number);

/* Bits of @number that are 1 though the SDM reserves them in @field; 0 if it says nothing. */
uint64_t reserved_bits(const struct field *field, uint64_t number);

#endif
