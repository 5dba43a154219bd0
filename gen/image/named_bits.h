/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Bits that are set, by their names. */
#ifndef VMCSGEN_NAMED_BITS_H
#define VMCSGEN_NAMED_BITS_H

#include "emit/value.h"
#include "language/spec.h"

/*
 * A list of the bits of @number that are set, by the @count names, of which some may be NULL, or by
 * their numbers: "bit 3", or "bits 8 to 11" where three or more follow each other.
 */
struct value *named_bits(struct maker *maker, uint64_t number, const char *const *names,
			 size_t count);

/* Add them to @list. */
void add_named_bits(struct maker *maker, struct value *list, uint64_t number,
		    const char *const *names, size_t count);

/* The same by the names of the controls that @field, which may be NULL, has; else an empty list. */
struct value *named_controls(struct maker *maker, const struct spec *spec,
			     const struct field *field, uint64_t number);

#endif
