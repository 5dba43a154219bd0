// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The page is read line by line.  The compiler gets the code between fences, with the rest of the
 * page blanked, so that places stay the same.  A table line is cut at its bars; its head tells the
 * columns.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "import/find.h"
#include "import/page.h"

enum { CELLS_MAX = 32, NO_COLUMN = -1 };

struct page_reader {
	struct page *page;
	struct spec *spec;
	const struct foreign_options *options;
	const struct revision *base;
	const struct layout *layout;
	const char *name;		/* of the struct */
	bool in_code, is_c;
	char fence;			/* what the code began with */
	struct srcpos opened;		/* and where */
	bool in_table;
	int columns[COLUMNS];		/* which cell has it, or NO_COLUMN */
	size_t room;
	uint32_t bits_seen;		/* clean-field bits that have a #define */
	bool wrong_bit;			/* one of these was refused */
	struct srcpos define;		/* the first of them */
};

struct page_line {
	size_t start, end;		/* without what ends it */
	struct srcpos cells[CELLS_MAX];
	int count;			/* cells, if it is a line of a table */
};

/* The bytes of markup at @bytes, which say nothing in a cell. */
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

/* What stands at @pos, without the markup in it. */
static const char *text_of(struct page_reader *reader, struct srcpos pos)
{
	const char *bytes = pos.source->bytes + pos.start;
	struct text text = { 0 };
	const char *name;

	for (size_t i = 0; i < pos.len;) {
		size_t markup = markup_length(bytes + i, pos.len - i);

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

/* The text from @start to @end, without blanks and backticks around it. */
static struct srcpos trimmed(struct source *source, size_t start, size_t end)
{
	while (start < end && (isspace((unsigned char)source->bytes[start]) ||
			       source->bytes[start] == '`'))
		start++;
	while (end > start && (isspace((unsigned char)source->bytes[end - 1]) ||
			       source->bytes[end - 1] == '`'))
		end--;
	return (struct srcpos){ source, start, end - start };
}

/* The next line, from *@at on; false after the last. */
static bool next_line(const struct source *source, size_t *at, struct page_line *line)
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
static char fence_of(const struct source *source, const struct page_line *line)
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

static void cut_cells(struct source *source, struct page_line *line)
{
	struct srcpos all = trimmed(source, line->start, line->end);
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
static int column_of(struct srcpos heading)
{
	static const char *const words[] = { "encoding", "name", "size", "clean" };
	int found = NO_COLUMN;

	for (int column = 0; column < COLUMNS; column++)
		for (uint32_t i = 0; i + strlen(words[column]) <= heading.len; i++)
			if (!strncasecmp(heading.source->bytes + heading.start + i, words[column],
					 strlen(words[column])))
				found = column;	/* "Clean Field Name" is about the last */
	return found;
}

/* Whether @line is the head of the table of encodings.  If so, take its columns from there. */
static bool take_heading(struct page_reader *reader, const struct page_line *line)
{
	int columns[COLUMNS] = { NO_COLUMN, NO_COLUMN, NO_COLUMN, NO_COLUMN };

	for (int i = 0; i < line->count; i++) {
		int column = column_of(line->cells[i]);

		if (column != NO_COLUMN && columns[column] == NO_COLUMN)
			columns[column] = i;
	}
	if (columns[COLUMN_ENCODING] == NO_COLUMN || columns[COLUMN_NAME] == NO_COLUMN)
		return false;
	/* Another table that follows may have such words in its head, too. */
	if (columns[COLUMN_CLEAN] == NO_COLUMN && reader->page->row_count)
		return false;
	if (columns[COLUMN_CLEAN] == NO_COLUMN)
		report_error(reader->spec->messages, line->cells[0],
			     "the table of encodings has no column for the clean fields");
	memcpy(reader->columns, columns, sizeof(columns));
	return true;
}

/* ---- and :---: stand below a heading. */
static bool is_rule(const struct page_line *line)
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

/* The cell of a column in a line: empty if the line has no such cell. */
static struct page_cell take_cell(struct page_reader *reader, const struct page_line *line,
				  enum page_column column)
{
	struct srcpos row = trimmed(reader->page->source, line->start, line->end);
	int number = reader->columns[column];

	if (number == NO_COLUMN)
		return (struct page_cell){ "", { 0 } };
	if (number >= line->count || !line->cells[number].len)
		return (struct page_cell){ "", row };
	return (struct page_cell){ text_of(reader, line->cells[number]), line->cells[number] };
}

static void take_row(struct page_reader *reader, const struct page_line *line)
{
	struct page *page = reader->page;
	struct page_row row = { .group = GROUP_NONE };

	for (int column = 0; column < COLUMNS; column++)
		row.cells[column] = take_cell(reader, line, column);
	row.name = row.cells[COLUMN_NAME].text;
	page->rows = grow(page->rows, &reader->room, page->row_count + 1, sizeof(row));
	page->rows[page->row_count++] = row;
}

/* `#define PREFIX_NAME (1 << BIT)`: the layout has to have the same. */
static void take_define(struct page_reader *reader, const struct page_line *line)
{
	const struct source *source = reader->page->source;
	const char *text = arena_copy(reader->spec->arena, source->bytes + line->start,
				      line->end - line->start);
	struct srcpos pos = trimmed(reader->page->source, line->start, line->end);
	unsigned int bit;
	char name[128];

	if (sscanf(text, " # define %127[A-Za-z0-9_] ( 1 << %u )", name, &bit) != 2 ||
	    strncmp(name, reader->layout->clean_prefix, strlen(reader->layout->clean_prefix)))
		return;
	if (bit >= GROUPS || page_group(reader->layout, name, strlen(name)) != (int)bit) {
		reader->wrong_bit = true;
		report_error(reader->spec->messages, pos,
			     "bit %u has another clean field in '%s'", bit, reader->layout->name);
		if (bit < GROUPS && reader->layout->groups[bit].name)
			report_note(reader->spec->messages, reader->layout->groups[bit].pos,
				    "it is '%s'", reader->layout->groups[bit].name);
	} else if (reader->bits_seen & 1 << bit) {
		report_error(reader->spec->messages, pos, "bit %u is defined twice", bit);
	} else {
		reader->bits_seen |= 1 << bit;
	}
	if (!reader->define.source)
		reader->define = pos;
}

/* Whether the word after a fence says that the code is C, or a language that looks like C. */
static bool is_c(const struct source *source, const struct page_line *line)
{
	static const char *const languages[] = { "", "c", "h", "cpp", "c++" };
	struct srcpos fence = trimmed((struct source *)source, line->start, line->end);
	const char *word = fence.source->bytes + fence.start;
	size_t len = fence.len;

	while (len && *word == '~') {
		word++;
		len--;
	}
	while (len && isspace((unsigned char)*word)) {
		word++;
		len--;
	}
	for (size_t i = 0; i < sizeof(languages) / sizeof(*languages); i++)
		if (strlen(languages[i]) == len && !strncasecmp(word, languages[i], len))
			return true;
	return false;
}

static void take_page_line(struct page_reader *reader, struct page_line *line)
{
	struct source *source = reader->page->source;
	char fence = fence_of(source, line);

	if (fence && (!reader->in_code || fence == reader->fence)) {
		reader->in_code = !reader->in_code;
		reader->is_c = is_c(source, line);
		reader->fence = fence;
		reader->opened = trimmed(source, line->start, line->end);
		reader->in_table = false;
		return;
	}
	if (reader->in_code && reader->is_c) {
		memcpy(reader->page->code->bytes + line->start, source->bytes + line->start,
		       line->end - line->start);
		take_define(reader, line);
	}
	if (reader->in_code)
		return;
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
	copy->marks = NULL;
	copy->bytes = arena_copy(arena, source->bytes, source->len);
	for (size_t i = 0; i < copy->len; i++)
		if (copy->bytes[i] != '\n')
			copy->bytes[i] = ' ';
	return copy;
}

/* Comments say nothing, and must not be taken for members. */
static void blank_comments(struct source *code)
{
	char *at = code->bytes, *end;

	while ((at = strchr(at, '/'))) {
		if (at[1] == '*')
			end = strstr(at + 2, "*/");
		else if (at[1] == '/')
			end = strchr(at, '\n');
		else
			end = at++;
		if (end == at - 1)
			continue;
		if (end && at[1] == '*')
			end += 2;
		for (; *at && at != end; at++)
			if (*at != '\n')
				*at = ' ';
	}
}

/* Whether the page has what every page must have. */
static bool has_everything(struct page_reader *reader)
{
	struct messages *messages = reader->spec->messages;
	struct srcpos end = { reader->page->source, reader->page->source->len, 0 };
	unsigned int errors = messages->errors;

	if (reader->in_code) {
		report_error(messages, end, "the page ends inside code");
		report_note(messages, reader->opened, "it begins here");
	}
	if (!reader->page->row_count && messages->errors == errors)
		report_error(messages, end, "the page has no table of encodings");
	for (int bit = 0; bit < GROUPS && reader->bits_seen && !reader->wrong_bit; bit++)
		if (reader->layout->groups[bit].name && !(reader->bits_seen & 1 << bit))
			report_error(messages, reader->define,
				     "no #define has the bit %d, '%s', of '%s'", bit,
				     reader->layout->groups[bit].name, reader->layout->name);
	return messages->errors == errors;
}

/*
 * The compiler's input: the code, in which the second of two members with one name gets the name
 * from an erratum.
 */
static struct source *compilable(struct page_reader *reader)
{
	struct source *code = reader->page->code;
	struct spec *spec = reader->spec;

	for (size_t i = 0; i < spec->erratum_count; i++) {
		struct erratum *erratum = &spec->errata[i];
		struct srcpos first, second = { 0 };

		if (erratum->layout != reader->layout || erratum->kind != ERRATUM_TWICE)
			continue;
		first = source_find(code, 0, erratum->name);
		if (first.source)
			second = source_find(code, first.start + first.len, erratum->name);
		if (!second.source)
			continue;
		page_meet(spec, erratum, second, "is there twice");
		code = source_of(spec->arena, spec->messages, code->path,
				 arena_printf(spec->arena, "%.*s%s%s", (int)second.start,
					      code->bytes, erratum->other,
					      code->bytes + second.start + second.len),
				 code->len - second.len + strlen(erratum->other),
				 (struct srcpos){ 0 });
	}
	return code;
}

/* The members of the struct that the compiler has made. */
static void take_page_members(struct page_reader *reader, const struct foreign *foreign)
{
	struct page *page = reader->page;

	page->members = arena_alloc(reader->spec->arena,
				    (foreign->count + 1) * sizeof(*page->members));
	for (size_t i = 0; i < foreign->count; i++) {
		const struct foreign_member *from = &foreign->members[i];
		struct member *member = &page->members[page->count++];

		*member = (struct member){ .name = from->name, .offset = from->bit / 8,
					   .group = GROUP_NONE,
					   .pos = foreign_pos(foreign, from->name) };
		foreign_set_bytes(member, from);
		member->bits = foreign_bits(reader->spec, from);
		if (member->bits)
			member->size = member->bits->size;
	}
	page->size = foreign->compiled->size;
	page->pos = foreign_pos(foreign, foreign->c_struct);
}

static bool read_page_struct(struct page_reader *reader)
{
	struct source *source = compilable(reader);
	struct foreign foreign;
	bool fine = foreign_read(&foreign, reader->options, reader->spec, reader->layout,
				 reader->base, source->path, source, reader->name);

	if (fine && foreign.compiled->size > LAYOUT_SIZE_MAX) {
		report_error(reader->spec->messages, foreign_pos(&foreign, reader->name),
			     "the struct has %llu bytes, more than any region",
			     (unsigned long long)foreign.compiled->size);
		fine = false;
	}
	if (fine)
		take_page_members(reader, &foreign);
	foreign_free(&foreign);
	return fine;
}

bool page_read(struct page *page, struct spec *spec, const struct foreign_options *options,
	       const struct revision *base, struct source *source, const char *name)
{
	struct page_reader reader = { .page = page, .spec = spec, .options = options, .base = base,
				 .layout = base->layout, .name = name };
	struct page_row *rows;
	struct page_line line;
	size_t at = 0;
	bool fine;

	*page = (struct page){ .source = source };
	page->code = blank_copy(spec->arena, source);
	while (next_line(source, &at, &line))
		take_page_line(&reader, &line);
	blank_comments(page->code);
	fine = has_everything(&reader) && read_page_struct(&reader);
	rows = arena_alloc(spec->arena, (page->row_count + 1) * sizeof(*rows));
	if (page->row_count)
		memcpy(rows, page->rows, page->row_count * sizeof(*rows));
	free(page->rows);
	page->rows = rows;
	return fine;
}
