/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Positions in source text, which messages point at. */
#ifndef VMCSGEN_SRCPOS_H
#define VMCSGEN_SRCPOS_H

#include <stddef.h>
#include <stdint.h>

struct source;

/* A span of bytes in a source.  No source: the position is not known. */
struct srcpos {
	struct source *source;
	uint32_t start, len;
};

/*
 * Line and column (of characters), both from 1, of a position's first byte, which
 * may be the end of the source.
 */
void srcpos_locate(struct srcpos pos, size_t *line, size_t *column);

/* The smallest span that holds both, in one source; if one is nowhere, the other one. */
struct srcpos srcpos_join(struct srcpos first, struct srcpos last);

#endif
