/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Files that the command writes.  They are gathered first and written at the
 * end, each into a temporary file beside its place; only when all are there do
 * they take their places.  A file whose content stays the same is not touched.
 */
#ifndef VMCSGEN_OUTPUT_H
#define VMCSGEN_OUTPUT_H

#include <stdbool.h>

#include "base/message.h"
#include "base/names.h"
#include "base/text.h"

struct output;

struct outputs {
	struct messages *messages;
	struct names *names;
	struct table paths;		/* of all files, by one spelling each */
	struct output *files, **end;
	bool folders;			/* missing ones are made; outputs_init() sets it */
};

void outputs_init(struct outputs *outputs, struct messages *messages, struct names *names);

/*
 * Gather a file, unless it holds @content already; both are copied.  A file that was
 * given before, perhaps by another path, is reported: one of the two would be lost.
 */
void outputs_add(struct outputs *outputs, const char *path, const struct text *content);

/* Whether the file @path was given to outputs_add(), perhaps by another path or by a link. */
bool outputs_have(const struct outputs *outputs, const char *path);

/*
 * Write what was gathered.  False after a message, and then no file has changed, unless a
 * rename failed half-way.
 */
bool outputs_write(struct outputs *outputs);

/* Release what was gathered. */
void outputs_free(struct outputs *outputs);

/* Write @content to standard output and flush it.  False after a message. */
bool output_print(struct messages *messages, const struct text *content);

#endif
