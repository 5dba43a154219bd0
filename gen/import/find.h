/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The place of a line or a name in a foreign source. */
#ifndef VMCSGEN_FIND_H
#define VMCSGEN_FIND_H

#include "base/source.h"

/*
 * The first time that @name stands in @source as a whole word, from byte @start on; nowhere
 * if it does not.
 */
struct srcpos source_find(struct source *source, size_t start, const char *name);

/* The line @line, counted from 1, without what ends it; nowhere if there are fewer. */
struct srcpos source_line(struct source *source, size_t line);

#endif
