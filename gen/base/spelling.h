/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Names that are spelled nearly alike. */
#ifndef VMCSGEN_SPELLING_H
#define VMCSGEN_SPELLING_H

#include "base/names.h"

/*
 * How many letters have to be changed, left out or put in, or to change places with the next
 * one, case being nothing; @most + 1 if more than @most.
 */
unsigned int spelling_distance(const char *a, const char *b, unsigned int most);

/* How far what is meant may be from @name. */
unsigned int spelling_most(const char *name);

/* The key of @names, all of whose keys are names, that is spelled most like @name; or NULL. */
const char *spelling_near(const struct table *names, const char *name);

#endif
