// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "base/source.h"
#include "base/srcpos.h"

/*
 * Line and column of every MARK_BYTES-th byte.  There can be as many messages as words, so a
 * message must be cheap even in a line of many megabytes, or after very many lines.
 */
struct srcpos_mark {
	uint32_t line, column;
};

enum { MARK_BYTES = 1024 };

/* Move @mark over @len bytes.  All bytes begin a character, unless they continue one. */
static void pass_bytes(struct srcpos_mark *mark, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] == '\n')
			*mark = (struct srcpos_mark){ mark->line + 1, 1 };
		else
			mark->column += (bytes[i] & 0xc0) != 0x80;
	}
}

static void make_marks(struct source *source)
{
	size_t count = source->len / MARK_BYTES + 1;
	struct srcpos_mark *marks = arena_alloc(source->arena, count * sizeof(*marks));

	marks[0] = (struct srcpos_mark){ 1, 1 };
	for (size_t i = 1; i < count; i++) {
		marks[i] = marks[i - 1];
		pass_bytes(&marks[i], source->bytes + (i - 1) * MARK_BYTES, MARK_BYTES);
	}
	source->marks = marks;
}

void srcpos_locate(struct srcpos pos, size_t *line, size_t *column)
{
	struct source *source = pos.source;
	struct srcpos_mark mark;
	size_t rest;

	if (!source->marks)
		make_marks(source);
	mark = source->marks[pos.start / MARK_BYTES];
	rest = pos.start % MARK_BYTES;
	pass_bytes(&mark, source->bytes + pos.start - rest, rest);
	*line = mark.line;
	*column = mark.column;
}

struct srcpos srcpos_join(struct srcpos first, struct srcpos last)
{
	uint32_t first_end = first.start + first.len, last_end = last.start + last.len;
	uint32_t start = first.start < last.start ? first.start : last.start;
	uint32_t end = first_end > last_end ? first_end : last_end;

	if (!first.source || !last.source)
		return first.source ? first : last;
	return (struct srcpos){ first.source, start, end - start };
}
