// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <string.h>

#include "emit/tags.h"

static void escape_markup(struct text *text, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] == '&')
			text_put(text, "&amp;");
		else if (bytes[i] == '<')
			text_put(text, "&lt;");
		else if (bytes[i] == '>')
			text_put(text, "&gt;");
		else if (bytes[i] == '"')
			text_put(text, "&quot;");
		else
			text_add(text, bytes + i, 1);
	}
}

static void escape_json(struct text *text, const char *bytes, size_t len)
{
	size_t from = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		text_add(text, bytes + from, i - from);
		if (c < 0x20)
			text_printf(text, "\\u%04x", c);
		else
			text_printf(text, "\\%c", c);
		from = i + 1;
	}
	text_add(text, bytes + from, len - from);
}

/* For a string of a spec, between quotes on one line. */
static void escape_spec(struct text *text, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] == '"' || bytes[i] == '\\')
			text_put(text, "\\");
		text_add(text, (unsigned char)bytes[i] < 0x20 ? " " : bytes + i, 1);
	}
}

/* Put a blank into a comment's begin or end, even if the text before is a part of it. */
static void escape_c(struct text *text, const char *bytes, size_t len)
{
	char before = text->len ? text->bytes[text->len - 1] : '\0';
	size_t from = 0;

	if (!memchr(bytes, '*', len) && !memchr(bytes, '/', len)) {
		text_add(text, bytes, len);	/* as nearly always */
		return;
	}
	for (size_t i = 0; i < len; i++) {
		if ((before == '*' && bytes[i] == '/') || (before == '/' && bytes[i] == '*')) {
			text_add(text, bytes + from, i - from);
			text_put(text, " ");
			from = i;
		}
		before = bytes[i];
	}
	text_add(text, bytes + from, len - from);
}

escape *escape_of(const char *path)
{
	const char *dot = strrchr(path, '.');

	if (!dot)
		return text_add;
	if (!strcmp(dot, ".json"))
		return escape_json;
	if (!strcmp(dot, ".html") || !strcmp(dot, ".svg"))
		return escape_markup;
	if (!strcmp(dot, ".vmcs"))
		return escape_spec;
	return !strcmp(dot, ".c") || !strcmp(dot, ".h") ? escape_c : text_add;
}
