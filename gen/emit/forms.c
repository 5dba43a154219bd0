// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <ctype.h>
#include <string.h>

#include "emit/forms.h"

/* The width of wrapped texts, so that they fit a comment. */
enum { WRAP_COLUMNS = 72 };

const char *printed(struct maker *maker, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = arena_vprintf(maker->arena, format, args);
	va_end(args);
	return text;
}

const char *c_name(struct maker *maker, const char *name)
{
	char *text = arena_copy(maker->arena, name, strlen(name));

	for (char *c = text; *c; c++)
		if (!isalnum((unsigned char)*c))
			*c = '_';
	return text;
}

const char *capitals(struct maker *maker, const char *name)
{
	char *text = (char *)c_name(maker, name);

	for (char *c = text; *c; c++)
		*c = toupper((unsigned char)*c);
	return text;
}

void map_capitals(struct maker *maker, struct value *map, const char *key,
		  const char *capitals_key, const char *text)
{
	map_text(maker, map, key, text);
	map_text(maker, map, capitals_key, capitals(maker, text));
}

const char *fill(const char *text, size_t width)
{
	static const char blanks[] = "                                                          ";
	size_t len = strlen(text), most = sizeof(blanks) - 1;
	size_t lack = width > len ? width - len : 0;

	return blanks + most - (lack < most ? lack : most);
}

const char *hex(struct maker *maker, uint64_t number, int digits)
{
	char text[] = "0x0000000000000000", *end;

	while (digits < 16 && number >> 4 * digits)
		digits++;
	for (end = text + 2 + digits; number; number >>= 4)
		*--end = "0123456789abcdef"[number & 0xf];
	return arena_copy(maker->arena, text, 2 + digits);
}

void map_hex(struct maker *maker, struct value *map, const char *key, uint64_t number,
	     int digits)
{
	map_text(maker, map, key, hex(maker, number, digits));
}

void map_column(struct maker *maker, struct value *map, const char *key, uint64_t number,
		const char *fill_key, size_t width)
{
	const char *text = number_text(maker, number);

	map_text(maker, map, key, text);
	map_text(maker, map, fill_key, fill(text, width));
}

void map_wrapped(struct maker *maker, struct value *map, const char *key, const char *text)
{
	struct value *lines = map_list(maker, map, key);
	size_t len = text ? strlen(text) : 0;

	while (len) {
		size_t cut = len;

		if (cut > WRAP_COLUMNS)
			for (cut = WRAP_COLUMNS; cut && text[cut] != ' '; cut--)
				;
		if (!cut)		/* a word longer than a line stays whole */
			cut = strcspn(text, " ");
		list_add(maker, lines, value_text(maker, arena_copy(maker->arena, text, cut)));
		cut += text[cut] == ' ';
		text += cut;
		len -= cut;
	}
}
