/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Source text: the files of a spec and of the templates. */
#ifndef VMCSGEN_SOURCE_H
#define VMCSGEN_SOURCE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/message.h"

/* Bytes of the largest file. */
enum { SOURCE_MAX = 1 << 30 };

/* A file that was read.  Owned by the arena it was read into. */
struct source {
	const char *path;		/* as messages and dependencies name it */
	char *bytes;			/* followed by a NUL */
	size_t len;
	struct source *next;		/* the file read after this one */
	struct arena *arena;
	struct srcpos_mark *marks;	/* made for the first message */
};

/*
 * Read @path whole.  On failure returns NULL after a message that points at
 * @from, the statement that asked for the file (or nowhere), and sets the exit
 * status in @messages: EXIT_BAD_INPUT for a file that is missing or that is no
 * text (NUL bytes, invalid UTF-8, over 1 GiB), EXIT_FAILED_IO if reading fails.
 */
struct source *source_read(struct arena *arena, struct messages *messages,
			   const char *path, struct srcpos from);

/* The same of a copy of @len bytes in memory.  Messages call it @path. */
struct source *source_of(struct arena *arena, struct messages *messages, const char *path,
			 const char *bytes, size_t len, struct srcpos from);

#endif
