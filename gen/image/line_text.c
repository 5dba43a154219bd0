// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "image/line_text.h"

/* How far into a line a journal may say who speaks: "Nov 30 12:34:56 host kernel: ". */
enum { JOURNAL_COLUMNS = 120 };

size_t line_after(const struct source *source, size_t at)
{
	const char *newline = memchr(source->bytes + at, '\n', source->len - at);

	return newline ? (size_t)(newline - source->bytes) + 1 : source->len;
}

/* The length of @open, then nothing but @inside, then @close; 0 if @at does not begin so. */
static size_t bracketed(const char *at, size_t len, char open, const char *inside, char close)
{
	size_t end = 1;

	if (!len || *at != open)
		return 0;
	while (end < len && at[end] && strchr(inside, at[end]))
		end++;
	return end > 1 && end < len && at[end] == close ? end + 1 : 0;
}

/* The length of @word if @at begins with it. */
static size_t begins(const char *at, size_t len, const char *word)
{
	return strlen(word) <= len && !strncmp(at, word, strlen(word)) ? strlen(word) : 0;
}

/* The length of one of the marks that may stand ahead of a message. */
static size_t one_prefix(const char *at, size_t len)
{
	size_t length = begins(at, len, "kvm_intel: ");

	if (!length)
		length = begins(at, len, "kvm: ");
	if (!length)
		length = bracketed(at, len, '<', "0123456789", '>');
	if (!length)
		length = bracketed(at, len, '[', "0123456789. ", ']');
	if (!length)
		length = bracketed(at, len, '[', "TC0123456789 ", ']');
	if (!length && len && (isspace((unsigned char)*at) || *at == '>'))
		length = 1;
	return length;
}

size_t log_prefix(const char *line, size_t len)
{
	size_t near = len < JOURNAL_COLUMNS ? len : JOURNAL_COLUMNS, at = 0, length;
	const char *journal = memmem(line, near, "kernel: ", strlen("kernel: "));

	if (journal)
		at = journal - line + strlen("kernel: ");
	while ((length = one_prefix(line + at, len - at)))
		at += length;
	return at;
}

/* Add the letters of the line at @start; returns where the next one begins. */
static size_t add_letters(struct line_text *text, const struct source *source, size_t start)
{
	size_t end = line_after(source, start);

	text->letters = grow(text->letters, &text->room, text->count + end - start + 1, 1);
	text->places = grow(text->places, &text->place_room, text->count + end - start + 1,
			    sizeof(*text->places));
	for (size_t at = start + log_prefix(source->bytes + start, end - start); at < end; at++)
		if (!isspace((unsigned char)source->bytes[at])) {
			text->places[text->count] = at;
			text->letters[text->count++] = source->bytes[at];
		}
	text->letters[text->count] = '\0';
	text->places[text->count] = end;
	return end;
}

void line_text_take(struct line_text *text, const struct source *source, size_t start)
{
	size_t next;

	text->count = 0;
	next = add_letters(text, source, start);
	text->next = next;
	text->first = text->count;
	while (text->first && next < source->len && text->count == text->first)
		next = add_letters(text, source, next);
}

void line_text_free(struct line_text *text)
{
	free(text->letters);
	free(text->places);
}
