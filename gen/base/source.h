/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Source text: the files of a spec and of the templates, and places in them. */
#ifndef VMCSGEN_SOURCE_H
#define VMCSGEN_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct messages;
struct positions;

/* A file that was read.  Owned by the arena it was read into. */
struct source {
	const char *path;		/* as messages and dependencies name it */
	char *bytes;			/* followed by a NUL */
	size_t len;
	struct source *next;		/* the file read after this one */
	struct arena *arena;
	struct positions *positions;	/* made for the first message */
};

/* A span of bytes in a source.  No source: the place is not known. */
struct srcpos {
	struct source *source;
	uint32_t start, len;
};

/*
 * Read @path whole.  On failure returns NULL after a message that points at
 * @from, the statement that asked for the file (or nowhere), and sets the exit
 * status in @messages: EXIT_BAD_INPUT for a file that is missing or that is no
 * text (NUL bytes, invalid UTF-8, over 1 GiB), EXIT_FAILED_IO if reading fails.
 */
struct source *source_read(struct arena *arena, struct messages *messages,
			   const char *path, struct srcpos from);

/*
 * The same of @len bytes that are there already, and are copied; @path is what
 * messages call them.
 */
struct source *source_of(struct arena *arena, struct messages *messages, const char *path,
			 const char *bytes, size_t len, struct srcpos from);

/*
 * Line and column (of characters), both from 1, of a place's first byte, which
 * may be the end of the source.
 */
void srcpos_locate(struct srcpos pos, size_t *line, size_t *column);

/* The text of a line, counted from 1, without what ends it; NULL if there are fewer. */
const char *source_line(struct source *source, size_t line, size_t *len);

/*
 * The first time that @word stands in @source as a whole word, from byte @start on; nowhere
 * if it does not.
 */
struct srcpos source_find(struct source *source, size_t start, const char *word);

/* Bytes of the UTF-8 character that the @left bytes begin with; 0: they begin with none. */
size_t utf8_length(const char *bytes, size_t left);

/* The smallest span that holds both places, which lie in one source. */
struct srcpos srcpos_join(struct srcpos first, struct srcpos last);

#endif
