/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Files that the command writes.  They are gathered first.  At the end each is written to a
 * temporary file next to its place, and when all are complete they are renamed.  A file whose
 * content stays the same is not touched.
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
 * Gather a file, unless it holds @content already; both are copied.  Giving a file twice, even by
 * another path, is an error: one of the two would be lost.
 */
void outputs_add(struct outputs *outputs, const char *path, const struct text *content);

/* Whether the file @path was given to outputs_add(), perhaps by another path or by a link. */
bool outputs_have(const struct outputs *outputs, const char *path);

/*
 * Write all files. False after a message; then no file has changed, unless a rename failed half-
 * way.
 */
bool outputs_write(struct outputs *outputs);

/* Release all files. */
void outputs_free(struct outputs *outputs);

/* Write @content to standard output and flush it.  False after a message. */
bool output_print(struct messages *messages, const struct text *content);

#endif
