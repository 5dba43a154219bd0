// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The canonical form of the language.  It is apart from the grammar because only `fmt` and `import`
 * write specs: a kernel tree contains the grammar, but not this.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "import/fmt.h"

/* A stretch of the source that is kept as it stands. */
struct span {
	const char *start;
	size_t len;
};

enum { CELLS = 3, COLUMN_GAP = 2, CONTINUED = 2 };

/*
 * A line, cut into cells: its subject, maybe a second word, and the clauses.  Neighbouring lines of
 * one shape have aligned cells.
 */
struct fmt_line {
	struct text cells[CELLS];
	size_t count;
	char shape;			/* 0: not aligned with others */
	size_t depth;
	struct span comment;
	bool blank;
	bool continued;			/* the line before ended in a comma */
};

struct formatter {
	struct text *out;
	struct fmt_line *lines;
	size_t count, room;
	size_t depth;
	bool continues;			/* the last line ended in a comma */
};

static bool is_span(struct span word, const char *text)
{
	return strlen(text) == word.len && !memcmp(word.start, text, word.len);
}

static bool is_any(struct span word, const char *const *list)
{
	for (; *list; list++)
		if (is_span(word, *list))
			return true;
	return false;
}

/* Statements whose second word is a column of its own. */
static const char *const paired[] = {
	"source", "because", "id", "struct", "size", "align", "version", "lookup", "table",
	"default1", "mask", "role", "lists", "named", "unnamed", "yes", "no", "ro", "rw", "rare",
	"at", "memory", "images", "pages", "masks", "names", "fields", NULL
};

/* Statements that read as a sentence. */
static const char *const sentences[] = {
	"include", "controls", "bits", "layout", "revision", "shadow", "support",
	"copies", "existence", "frozen", "errata", "sdm", "dump", "target", "append", "rename",
	"retire", "move", "over", "change", "embed", "rest", NULL
};

static const char *const clauses[] = {
	"linux", "tlfs", "no", "adds", "uses", "needs", "excludes", "clean", "lookup", "loss",
	"neutral", "because", "for", "at", "changed", "unchanged", NULL
};

static bool is_range(const char *at, const char *end)
{
	return end - at >= 2 && at[0] == '.' && at[1] == '.';
}

/* The next word of the line in [*at, end), a string being one; empty at the end. */
static struct span next_word(const char **at, const char *end)
{
	struct span word;

	while (*at < end && isspace((unsigned char)**at))
		++*at;
	word = (struct span){ *at, 0 };
	if (*at < end && **at == '"') {
		do
			*at += **at == '\\' ? 2 : 1;
		while (*at < end && **at != '"');
		*at += *at < end;
	} else if (*at < end && strchr("{},[]#", **at)) {
		++*at;
	} else if (is_range(*at, end)) {
		*at += 2;
	} else {
		while (*at < end && !isspace((unsigned char)**at) && !strchr("{},[]#\"", **at) &&
		       !is_range(*at, end))
			++*at;
	}
	word.len = *at - word.start;
	return word;
}

/* No blanks here: u64[3], and before a comma. */
static bool sticks(struct span last, struct span word)
{
	return is_span(word, ",") || is_span(word, "[") || is_span(word, "]") ||
	       is_span(last, "[");
}

static void add_word(struct text *cell, struct span last, struct span word)
{
	if (cell->len && !sticks(last, word))
		text_put(cell, " ");
	text_add(cell, word.start, word.len);
}

/* The shape of a line, by its first word; clauses may follow a bare name. */
static char shape_of(struct span first)
{
	if (is_any(first, sentences) || is_span(first, "clean") || is_span(first, "}"))
		return 0;
	if (is_span(first, "yes") || is_span(first, "no"))
		return 'y';
	if (is_any(first, paired))
		return is_span(first, "at") ? 'a' : 'p';
	if (*first.start == '"')
		return 'd';
	return isdigit((unsigned char)*first.start) ? 'n' : 'm';
}

static void cut_line(struct fmt_line *line, const char *at, const char *end)
{
	struct span word, last = { at, 0 };
	size_t cell = 0, words = 0;

	while ((word = next_word(&at, end)).len && !is_span(word, "#")) {
		if (!words)
			line->shape = shape_of(word);
		else if (line->shape && line->shape != 'm' && words == 1 && !is_span(word, ","))
			cell = 1;
		else if (line->shape && cell < CELLS - 1 &&
			 (is_any(word, clauses) || (words == 1 && *word.start == '"')) &&
			 !is_span(last, "as"))
			cell = CELLS - 1;
		else if (line->shape == 'a' && words == 2)
			cell = CELLS - 1;
		if (line->shape && words > 1 && cell == CELLS - 1 && line->cells[cell].len &&
		    is_any(word, clauses) && !is_span(last, "no") && !is_span(last, "unchanged"))
			text_put(&line->cells[cell], " ");
		add_word(&line->cells[cell], last, word);
		last = word;
		words++;
	}
	if (is_span(word, "#"))
		line->comment = (struct span){ word.start, end - word.start };
	while (line->comment.len &&
	       isspace((unsigned char)line->comment.start[line->comment.len - 1]))
		line->comment.len--;
	line->count = words ? cell + 1 : 0;
	if (line->cells[0].len && is_span(last, "{"))
		line->shape = 0;
}

static bool ends_in(const struct fmt_line *line, char c)
{
	const struct text *cell = &line->cells[line->count ? line->count - 1 : 0];

	return cell->len && cell->bytes[cell->len - 1] == c;
}

static void take_fmt_line(struct formatter *formatter, const char *start, const char *end)
{
	struct fmt_line line = { .depth = formatter->depth };

	cut_line(&line, start, end);
	line.blank = !line.count && !line.comment.len;
	if (line.blank && formatter->count && formatter->lines[formatter->count - 1].blank)
		return;			/* one separates as well as many */
	if (line.count && line.cells[0].bytes[0] == '}' && formatter->depth)
		line.depth = --formatter->depth;
	if (formatter->continues) {
		line.depth += CONTINUED;
		line.shape = 0;
		line.continued = true;
	}
	if (line.count)
		formatter->continues = ends_in(&line, ',');
	if (ends_in(&line, '{'))
		formatter->depth++;
	formatter->lines = grow(formatter->lines, &formatter->room, formatter->count + 1,
				sizeof(line));
	formatter->lines[formatter->count++] = line;
}

/* The lines from @first on that are aligned with each other. */
static size_t run_length(const struct formatter *formatter, size_t first)
{
	const struct fmt_line *line = &formatter->lines[first];
	size_t end = first + 1;

	while (line->shape && end < formatter->count && formatter->lines[end].count &&
	       (formatter->lines[end].continued ||
		(formatter->lines[end].shape == line->shape &&
		 formatter->lines[end].depth == line->depth)))
		end++;
	return end - first;
}

static void put_fmt_line(struct formatter *formatter, const struct fmt_line *line,
			 const size_t *widths)
{
	size_t last = line->count ? line->count - 1 : 0;

	text_fill(formatter->out, '\t', line->blank ? 0 : line->depth);
	for (size_t i = 0; i < line->count; i++) {
		const struct text *cell = &line->cells[i];

		text_add(formatter->out, cell->bytes, cell->len);
		if (i == last)
			break;
		if (line->shape)
			text_fill(formatter->out, ' ', widths[i] - cell->len +
				  (widths[i] ? COLUMN_GAP : 0));
		else
			text_put(formatter->out, " ");
	}
	if (line->comment.len) {
		text_put(formatter->out, line->count ? "  " : "");
		text_add(formatter->out, line->comment.start, line->comment.len);
	}
	text_put(formatter->out, "\n");
}

static void put_aligned(struct formatter *formatter, size_t first, size_t count)
{
	size_t widths[CELLS] = { 0 };

	for (size_t i = first; i < first + count; i++)
		for (size_t cell = 0; formatter->lines[i].shape &&
		     cell + 1 < formatter->lines[i].count; cell++)
			if (formatter->lines[i].cells[cell].len > widths[cell])
				widths[cell] = formatter->lines[i].cells[cell].len;
	for (size_t i = first; i < first + count; i++)
		put_fmt_line(formatter, &formatter->lines[i], widths);
}

/* A blank line separates; there is nothing to separate at a block's edges. */
static bool is_wanted(const struct formatter *formatter, size_t i)
{
	const struct fmt_line *lines = formatter->lines;

	if (!lines[i].blank)
		return true;
	return i && i + 1 < formatter->count && !ends_in(&lines[i - 1], '{') &&
	       !(lines[i + 1].count && lines[i + 1].cells[0].bytes[0] == '}');
}

void fmt_source(struct text *text, const struct source *source)
{
	struct formatter formatter = { .out = text };
	const char *at = source->bytes, *end = at + source->len;

	while (at < end) {
		const char *newline = memchr(at, '\n', end - at);

		take_fmt_line(&formatter, at, newline ? newline : end);
		at = newline ? newline + 1 : end;
	}
	for (size_t i = 0, count; i < formatter.count; i += count) {
		count = formatter.lines[i].count ? run_length(&formatter, i) : 1;
		if (is_wanted(&formatter, i))
			put_aligned(&formatter, i, count);
	}
	for (size_t i = 0; i < formatter.count; i++)
		for (size_t cell = 0; cell < CELLS; cell++)
			text_free(&formatter.lines[i].cells[cell]);
	free(formatter.lines);
}
