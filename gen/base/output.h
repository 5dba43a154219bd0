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
	struct table paths;		/* of all files, those that hold their content already, too */
	struct output *files, **end;
};

void outputs_init(struct outputs *outputs, struct messages *messages, struct names *names);

/*
 * Gather a file, unless it holds @content already; both are copied.  A path that was
 * given before is reported: one of the two files would be lost.
 */
void outputs_add(struct outputs *outputs, const char *path, const struct text *content);

/*
 * Write what was gathered; folders are made where they lack.  False after a
 * message, and then no file has changed, unless a rename failed half-way.
 */
bool outputs_write(struct outputs *outputs);

/* Release what was gathered. */
void outputs_free(struct outputs *outputs);

/* Write @content to standard output and flush it.  False after a message. */
bool output_print(struct messages *messages, const struct text *content);

/*
 * Something that is too long to be gathered: it is written at once, to standard output
 * or to a temporary file that takes its place at the end.
 */
struct stream {
	struct messages *messages;
	struct output *file;		/* NULL: standard output */
	int fd;
};

/* Begin to write to @path, or to standard output if that is NULL.  False after a message. */
bool stream_open(struct stream *stream, struct messages *messages, const char *path);

/* Write @len bytes.  False after a message. */
bool stream_write(struct stream *stream, const void *bytes, size_t len);

/*
 * End it in any case.  The file takes its place only if nothing has been reported by
 * then that sets the exit status.  A failure is reported.
 */
void stream_close(struct stream *stream);

#endif
