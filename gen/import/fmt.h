/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The canonical form of a spec's text: the same words and comments in the same
 * lines, blocks indented by tabs, columns of neighbouring lines aligned.
 */
#ifndef VMCSGEN_FMT_H
#define VMCSGEN_FMT_H

#include "base/source.h"
#include "base/text.h"

/* Append the canonical form of @source, which has parsed, to @text. */
void fmt_source(struct text *text, const struct source *source);

#endif
