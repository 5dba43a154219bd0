// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The page is read line by line.  Code, between fences, is given to the reader of
 * headers, with all else of the page blanked, so that places stay what they are.
 * A line of a table is cut at its bars; the first says which column is which.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "page.h"
#include "text.h"

enum column { COLUMN_ENCODING, COLUMN_NAME, COLUMN_SIZE, COLUMN_CLEAN, COLUMNS };

enum { CELLS_MAX = 32, NO_COLUMN = -1 };

struct reader {
	struct page *page;
	struct spec *spec;
	const struct layout *layout;
	struct source *code;		/* the page with nothing but code */
	bool in_code;
	char fence;			/* what the code began with */
	struct place opened;		/* and where */
	bool in_table;
	int columns[COLUMNS];		/* which cell has it, or NO_COLUMN */
	size_t room;
	uint32_t bits_seen;		/* clean-field bits that have a #define */
	struct place define;		/* the first of these */
};

struct line {
	size_t start, end;		/* without what ends it */
	struct place cells[CELLS_MAX];
	int count;			/* cells, if it is a line of a table */
};

/* The bytes of Markdown at @bytes that say nothing in a cell, but how it looks. */
static size_t markup_length(const char *bytes, size_t left)
{
	const char *end;

	if (memchr("*`[\\", *bytes, 4))
		return 1;
	if (left > 1 && !strncmp(bytes, "](", 2))
		end = memchr(bytes, ')', left);
	else
		end = *bytes == '<' ? memchr(bytes, '>', left) : NULL;
	return end ? (size_t)(end - bytes) + 1 : 0;
}

/* What stands at @place, without the markup in it. */
static const char *text_of(struct reader *reader, struct place place)
{
	const char *bytes = place.source->bytes + place.start;
	struct text text = { 0 };
	const char *name;

	for (size_t i = 0; i < place.len;) {
		size_t markup = markup_length(bytes + i, place.len - i);

		if (markup && bytes[i] == '<')
			text_put(&text, " ");
		else if (!markup)
			text_add(&text, bytes + i, 1);
		i += markup ? markup : 1;
	}
	while (text.len && text.bytes[text.len - 1] == ' ')
		text.len--;
	name = names_intern(reader->spec->names, text.len ? text.bytes : "", text.len);
	text_free(&text);
	return name;
}

/* What is between @start and @end without blanks and backticks around it. */
static struct place trimmed(struct source *source, size_t start, size_t end)
{
	while (start < end && (isspace((unsigned char)source->bytes[start]) ||
			       source->bytes[start] == '`'))
		start++;
	while (end > start && (isspace((unsigned char)source->bytes[end - 1]) ||
			       source->bytes[end - 1] == '`'))
		end--;
	return (struct place){ source, start, end - start };
}

/* The next line, from *@at on; false behind the last. */
static bool next_line(const struct source *source, size_t *at, struct line *line)
{
	const char *newline;

	if (*at >= source->len)
		return false;
	newline = memchr(source->bytes + *at, '\n', source->len - *at);
	line->start = *at;
	line->end = newline ? (size_t)(newline - source->bytes) : source->len;
	line->count = 0;
	*at = line->end + 1;
	return true;
}

/* Three or more of ` or ~, which begin and end code; '\0' if there are none. */
static char fence_of(const struct source *source, const struct line *line)
{
	size_t at = line->start;
	char c;

	while (at < line->end && isspace((unsigned char)source->bytes[at]))
		at++;
	c = at < line->end ? source->bytes[at] : '\0';
	if ((c != '`' && c != '~') || line->end - at < 3 ||
	    source->bytes[at + 1] != c || source->bytes[at + 2] != c)
		return '\0';
	return c;
}

static void cut_cells(struct source *source, struct line *line)
{
	struct place all = trimmed(source, line->start, line->end);
	size_t start = all.start, end = all.start + all.len;

	if (!all.len || !memchr(source->bytes + start, '|', all.len))
		return;
	start += source->bytes[start] == '|';
	end -= source->bytes[end - 1] == '|' && end > start;
	for (size_t at = start; at <= end && line->count < CELLS_MAX; at++)
		if (at == end || source->bytes[at] == '|') {
			line->cells[line->count++] = trimmed(source, start, at);
			start = at + 1;
		}
}

/* The column that a heading is about, by its words. */
static int column_of(struct place heading)
{
	static const char * const words[] = { "encoding", "name", "size", "clean" };
	int found = NO_COLUMN;

	for (int column = 0; column < COLUMNS; column++)
		for (uint32_t i = 0; i + strlen(words[column]) <= heading.len; i++)
			if (!strncasecmp(heading.source->bytes + heading.start + i, words[column],
					 strlen(words[column])))
				found = column;	/* "Clean Field Name" is about the last */
	return found;
}

/* Whether @line is the head of the table of encodings: then it says where what is. */
static bool take_heading(struct reader *reader, const struct line *line)
{
	int columns[COLUMNS] = { NO_COLUMN, NO_COLUMN, NO_COLUMN, NO_COLUMN };

	for (int i = 0; i < line->count; i++) {
		int column = column_of(line->cells[i]);

		if (column != NO_COLUMN && columns[column] == NO_COLUMN)
			columns[column] = i;
	}
	if (columns[COLUMN_ENCODING] == NO_COLUMN || columns[COLUMN_NAME] == NO_COLUMN)
		return false;
	if (columns[COLUMN_CLEAN] == NO_COLUMN)
		report_error(reader->spec->messages, line->cells[0],
			     "the table of encodings has no column for the clean fields");
	memcpy(reader->columns, columns, sizeof(columns));
	return true;
}

/* ---- and :---: stand below a heading. */
static bool is_rule(const struct line *line)
{
	bool dashes = false;

	for (int i = 0; i < line->count; i++)
		for (uint32_t j = 0; j < line->cells[i].len; j++) {
			char c = line->cells[i].source->bytes[line->cells[i].start + j];

			if (!strchr("-: ", c))
				return false;
			dashes |= c == '-';
		}
	return dashes;
}

/* The number in @place; false after a message. */
static bool read_number(struct reader *reader, struct place place, uint32_t *number)
{
	const char *text = text_of(reader, place);
	bool hexadecimal = !strncasecmp(text, "0x", 2);
	unsigned long long value;
	char *end;

	value = isdigit((unsigned char)*text) ? strtoull(text, &end, hexadecimal ? 16 : 10) : 0;
	if (isdigit((unsigned char)*text) && !*end && value <= UINT32_MAX &&
	    (!hexadecimal || text[2])) {
		*number = value;
		return true;
	}
	report_error(reader->spec->messages, place, "'%s' is no number", text);
	return false;
}

int page_group(const struct layout *layout, const char *name, size_t len)
{
	size_t prefix = strlen(layout->clean_prefix);

	if (len > prefix + 1 && !strncasecmp(name, layout->clean_prefix, prefix) &&
	    name[prefix] == '_') {
		name += prefix + 1;
		len -= prefix + 1;
	}
	for (int group = GROUP_ANY; group < GROUPS; group++) {
		const char *known = group_c_name(layout, group);

		if (known && strlen(known) == len && !strncasecmp(known, name, len))
			return group;
	}
	return GROUP_NONE;
}

/* "CRDR", "NONE", "NONE (Read only)". */
static bool read_group(struct reader *reader, struct page_row *row, struct place cell)
{
	const char *text = text_of(reader, cell), *remark = strchr(text, '(');
	size_t len = remark ? (size_t)(remark - text) : strlen(text);

	while (len && text[len - 1] == ' ')
		len--;
	row->group_place = cell;
	row->group = page_group(reader->layout, text, len);
	if (row->group == GROUP_NONE) {
		report_error(reader->spec->messages, cell, "'%s' is no clean field of '%s'", text,
			     reader->layout->name);
		return false;
	}
	/* The encoding says whether a field is read-only; a remark has to agree. */
	if (row->group == GROUP_ALWAYS && remark && strncasecmp(remark + 1, "read", 4) == 0)
		row->group = GROUP_READONLY;
	return true;
}

static const char *column_name(enum column column)
{
	static const char * const names[] = { "encoding", "name", "size", "clean field" };

	return names[column];
}

/* The cell of @line in a column; false after a message if there is none. */
static bool take_cell(struct reader *reader, const struct line *line, enum column column,
		      struct place *cell)
{
	int number = reader->columns[column];

	if (number < line->count && line->cells[number].len) {
		*cell = line->cells[number];
		return true;
	}
	report_error(reader->spec->messages, trimmed(reader->page->source, line->start, line->end),
		     "the row has no %s", column_name(column));
	return false;
}

static void take_row(struct reader *reader, const struct line *line)
{
	struct page *page = reader->page;
	struct page_row row = { .group = GROUP_NONE };
	struct place cell;

	if (!take_cell(reader, line, COLUMN_NAME, &row.place) ||
	    !take_cell(reader, line, COLUMN_ENCODING, &row.encoding_place))
		return;
	row.name = text_of(reader, row.place);
	if (!read_number(reader, row.encoding_place, &row.encoding))
		return;
	if (reader->columns[COLUMN_SIZE] != NO_COLUMN) {
		if (!take_cell(reader, line, COLUMN_SIZE, &row.size_place) ||
		    !read_number(reader, row.size_place, &row.size))
			return;
	}
	if (reader->columns[COLUMN_CLEAN] == NO_COLUMN ||
	    !take_cell(reader, line, COLUMN_CLEAN, &cell) || !read_group(reader, &row, cell))
		return;
	page->rows = grow(page->rows, &reader->room, page->row_count + 1, sizeof(row));
	page->rows[page->row_count++] = row;
}

/* `#define PREFIX_NAME (1 << BIT)`: the layout has to have the same. */
static void take_define(struct reader *reader, const struct line *line)
{
	const struct source *source = reader->page->source;
	const char *text = arena_copy(reader->spec->arena, source->bytes + line->start,
				      line->end - line->start);
	struct place place = trimmed(reader->page->source, line->start, line->end);
	unsigned int bit;
	char name[128];

	if (sscanf(text, " # define %127[A-Za-z0-9_] ( 1 << %u )", name, &bit) != 2 ||
	    strncmp(name, reader->layout->clean_prefix, strlen(reader->layout->clean_prefix)))
		return;
	if (bit >= GROUPS || page_group(reader->layout, name, strlen(name)) != (int)bit) {
		report_error(reader->spec->messages, place,
			     "bit %u has another clean field in '%s'", bit, reader->layout->name);
		if (bit < GROUPS && reader->layout->groups[bit].name)
			report_note(reader->spec->messages, reader->layout->groups[bit].place,
				    "it is '%s'", reader->layout->groups[bit].name);
	} else if (reader->bits_seen & 1 << bit) {
		report_error(reader->spec->messages, place, "bit %u is defined twice", bit);
	} else {
		reader->bits_seen |= 1 << bit;
	}
	if (!reader->define.source)
		reader->define = place;
}

static void take_line(struct reader *reader, struct line *line)
{
	struct source *source = reader->page->source;
	char fence = fence_of(source, line);

	if (fence && (!reader->in_code || fence == reader->fence)) {
		reader->in_code = !reader->in_code;
		reader->fence = fence;
		reader->opened = trimmed(source, line->start, line->end);
		reader->in_table = false;
		return;
	}
	if (reader->in_code) {
		memcpy(reader->code->bytes + line->start, source->bytes + line->start,
		       line->end - line->start);
		take_define(reader, line);
		return;
	}
	cut_cells(source, line);
	if (!line->count)
		reader->in_table = false;
	else if (!reader->in_table)
		reader->in_table = take_heading(reader, line);
	else if (!is_rule(line))
		take_row(reader, line);
}

/* The page with blanks in place of all but its newlines. */
static struct source *blank_copy(struct arena *arena, const struct source *source)
{
	struct source *copy = arena_alloc(arena, sizeof(*copy));

	*copy = *source;
	copy->positions = NULL;
	copy->bytes = arena_copy(arena, source->bytes, source->len);
	for (size_t i = 0; i < copy->len; i++)
		if (copy->bytes[i] != '\n')
			copy->bytes[i] = ' ';
	return copy;
}

struct page_row *page_row(const struct page *page, const char *name)
{
	for (size_t i = 0; i < page->row_count; i++)
		if (page->rows[i].name == name)
			return &page->rows[i];
	return NULL;
}

/* All that has to be on the page at all. */
static bool is_whole(struct reader *reader)
{
	struct messages *messages = reader->spec->messages;
	struct place end = { reader->page->source, reader->page->source->len, 0 };
	unsigned int errors = messages->errors;

	if (reader->in_code) {
		report_error(messages, end, "the page ends inside code");
		report_note(messages, reader->opened, "it begins here");
	}
	if (!reader->page->row_count && messages->errors == errors)
		report_error(messages, end, "the page has no table of encodings");
	for (int bit = 0; bit < GROUPS && reader->bits_seen; bit++)
		if (reader->layout->groups[bit].name && !(reader->bits_seen & 1 << bit))
			report_error(messages, reader->define,
				     "no #define has the bit %d, '%s', of '%s'", bit,
				     reader->layout->groups[bit].name, reader->layout->name);
	return messages->errors == errors;
}

bool page_read(struct page *page, struct spec *spec, const struct layout *layout,
	       struct source *source, const char *name)
{
	struct reader reader = { .page = page, .spec = spec, .layout = layout };
	unsigned int errors = spec->messages->errors;
	struct page_row *rows;
	struct line line;
	size_t at = 0;

	*page = (struct page){ .source = source };
	reader.code = blank_copy(spec->arena, source);
	while (next_line(source, &at, &line))
		take_line(&reader, &line);
	if (is_whole(&reader))
		header_read(&page->header, spec, reader.code, name, layout->size);
	rows = arena_alloc(spec->arena, (page->row_count + 1) * sizeof(*rows));
	if (page->row_count)
		memcpy(rows, page->rows, page->row_count * sizeof(*rows));
	free(page->rows);
	page->rows = rows;
	return spec->messages->errors == errors;
}
