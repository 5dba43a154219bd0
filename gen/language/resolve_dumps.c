// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The lines of dumps: which values stand after which labels. */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "language/resolve.h"

enum { DIGITS_MAX = 16, DECIMAL_MAX = 10 };

/* The text in [at, end) without blanks, interned. */
static const char *without_space(struct spec *spec, const char *at, const char *end)
{
	struct text text = { 0 };
	const char *label;

	for (; at < end; at++)
		if (!isspace((unsigned char)*at))
			text_add(&text, at, 1);
	label = names_intern(spec->names, text.len ? text.bytes : "", text.len);
	text_free(&text);
	return label;
}

/*
 * What follows a '%' says the digits: a number, d for decimal, or nothing.  Returns its end.  A
 * number that is too large stays one, however long it is.
 */
static const char *take_digits(struct dump_cell *value, const char *at)
{
	value->most = DIGITS_MAX;
	value->digits = value->field ? 2 * encoding_size(value->field->encoding) : 1;
	if (value->field)
		value->most = value->digits;
	if (*at == 'd') {
		value->digits = 0;
		value->most = DECIMAL_MAX;
		return at + 1;
	}
	for (value->digits = isdigit((unsigned char)*at) ? 0 : value->digits;
	     isdigit((unsigned char)*at); at++)
		if (value->digits <= DIGITS_MAX)
			value->digits = 10 * value->digits + *at - '0';
	return at;
}

/* Cut a line into labels and values.  False after a message. */
static bool cut_values(struct spec *spec, struct dump_line *line, const struct node *text,
		       const struct node *names)
{
	const char *at = text->name, *percent;

	line->values = arena_alloc(spec->arena, (line->count + 1) * sizeof(*line->values));
	for (struct dump_cell *value = line->values; (percent = strchr(at, '%')); value++) {
		value->label = without_space(spec, at, percent);
		if (names) {
			value->field = resolve_field_name(spec, names);
			names = names->next;
			if (!value->field)
				return false;
		}
		at = take_digits(value, percent + 1);
		if (value == line->values && !*value->label)
			report_error(spec->messages, text->pos, "the first value has no label");
		else if (value->digits > value->most)
			report_error(spec->messages, text->pos, "a value has at most %u digits",
				     value->most);
		else if (!value->digits && at[-1] != 'd')
			report_error(spec->messages, text->pos, "a value has at least one digit");
		else
			continue;
		return false;
	}
	line->tail = without_space(spec, at, at + strlen(at));
	if (line->count || *line->tail)
		return true;
	report_error(spec->messages, text->pos, "the line has no text");
	return false;
}

static size_t count_values(const char *text)
{
	size_t count = 0;

	for (; (text = strchr(text, '%')); text++)
		count++;
	return count;
}

/* False after a message. */
static bool resolve_dump_line(struct spec *spec, struct dump_line *line, const struct node *node)
{
	const struct node *text = node->children;
	size_t names = node_count(text->next);

	*line = (struct dump_line){ .text = text->name, .count = count_values(text->name),
				    .rare = node->number, .section = line->section,
				    .pos = text->pos };
	if (!line->count && !node->number)
		line->heading = line->text;
	if (names && names != line->count)
		report_error(spec->messages, text->pos,
			     "the numbers of values and of fields differ: %zu and %zu",
			     line->count, names);
	else
		return cut_values(spec, line, text, text->next);
	return false;
}

/* Whether two lines begin alike, so that a dump could not tell them apart. */
static bool begin_alike(const struct dump_line *a, const struct dump_line *b)
{
	if (a->heading && b->heading)
		return a->tail == b->tail;
	if (a->tail != b->tail || a->section != b->section || a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->values[i].label != b->values[i].label)
			return false;
	return true;
}

/* The line of @form that begins like @line, or NULL. */
static const struct dump_line *find_alike(const struct dump_form *form,
					  const struct dump_line *line)
{
	for (size_t i = 0; i < form->count; i++)
		if (begin_alike(&form->lines[i], line))
			return &form->lines[i];
	return NULL;
}

void resolve_dump(struct spec *spec, const struct node *node)
{
	const struct node *name = node->children;
	struct dump_form *form = &spec->dumps[spec->dump_count];
	const struct dump_line *alike;
	size_t section = 0;

	for (size_t i = 0; i < spec->dump_count; i++)
		if (spec->dumps[i].name == name->name) {
			report_twice(spec, "dump", name, spec->dumps[i].pos);
			return;
		}
	*form = (struct dump_form){ .name = name->name, .pos = name->pos };
	form->lines = arena_alloc(spec->arena, (node_count(name->next) + 1) * sizeof(*form->lines));
	for (const struct node *said = name->next; said; said = said->next) {
		struct dump_line *line = &form->lines[form->count];

		line->section = section;
		if (!resolve_dump_line(spec, line, said))
			continue;
		section += !!line->heading;
		line->section = section;
		alike = find_alike(form, line);
		if (!alike) {
			form->count++;
			continue;
		}
		report_error(spec->messages, line->pos, "the line is said already");
		report_note(spec->messages, alike->pos, "it is said here first");
	}
	spec->dump_count++;
}
