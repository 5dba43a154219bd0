/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A line of a log and the one after it, without blanks, and without what a kernel, a journal or a
 * mail put ahead of them: a label may be broken between the two.
 */
#ifndef VMCSGEN_LINE_TEXT_H
#define VMCSGEN_LINE_TEXT_H

#include <ctype.h>

#include "base/source.h"

struct line_text {
	char *letters;			/* without blanks, and a NUL */
	uint32_t *places;		/* of each in the source */
	size_t count;
	size_t first;			/* how many are of the first line */
	size_t next;			/* where the line after it begins in the source */
	size_t room, place_room;
};

/* Take the line that begins at @start and the next one that is not empty.  line_text_free() it. */
void line_text_take(struct line_text *text, const struct source *source, size_t start);
void line_text_free(struct line_text *text);

/* The length of what stands ahead of the message in @len bytes of a line. */
size_t log_prefix(const char *line, size_t len);

/* The begin of the next line of @source after @at, or its end. */
size_t line_after(const struct source *source, size_t at);

/* What a hexadecimal digit stands for. */
static inline unsigned int digit_value(unsigned char c)
{
	return isdigit(c) ? c - '0' : tolower(c) - 'a' + 10;
}

#endif
