// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

/* Room for @len more bytes at the end. */
static char *text_room(struct text *text, size_t len)
{
	size_t count;

	if (__builtin_add_overflow(text->len, len, &count))
		count = SIZE_MAX;	/* more than there is: grow() says so */
	if (count > text->room)
		text->bytes = grow(text->bytes, &text->room, count, 1);
	return text->bytes + text->len;
}

void text_add(struct text *text, const char *bytes, size_t len)
{
	if (!len)
		return;			/* neither of the two need point anywhere */
	memcpy(text_room(text, len), bytes, len);
	text->len += len;
}

void text_put(struct text *text, const char *string)
{
	text_add(text, string, strlen(string));
}

void text_vprintf(struct text *text, const char *format, va_list args)
{
	va_list again;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0)
		return;
	vsnprintf(text_room(text, (size_t)len + 1), (size_t)len + 1, format, args);
	text->len += len;
}

void text_printf(struct text *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text_vprintf(text, format, args);
	va_end(args);
}

void text_fill(struct text *text, char c, size_t count)
{
	if (!count)
		return;
	memset(text_room(text, count), c, count);
	text->len += count;
}

uint32_t utf8_unseen(const char *bytes, size_t length)
{
	static const uint32_t unseen[][2] = {
		{ 0x01, 0x1f }, { 0x7f, 0xa0 }, { 0xad, 0xad }, { 0x2000, 0x200f },
		{ 0x2028, 0x202f }, { 0x205f, 0x206f }, { 0x3000, 0x3000 }, { 0xfeff, 0xfeff },
	};
	uint32_t code = (unsigned char)bytes[0];

	if (length > 1)
		code &= 0x7f >> length;
	for (size_t i = 1; i < length; i++)
		code = code << 6 | (bytes[i] & 0x3f);
	for (size_t i = 0; i < sizeof(unseen) / sizeof(*unseen); i++)
		if (code >= unseen[i][0] && code <= unseen[i][1])
			return code;
	return 0;
}

size_t utf8_length(const char *bytes, size_t left)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };	/* by length */
	const unsigned char *byte = (const unsigned char *)bytes;
	size_t length = byte[0] < 0x80 ? 1 : byte[0] < 0xc0 ? 0 : byte[0] < 0xe0 ? 2 :
			byte[0] < 0xf0 ? 3 : byte[0] < 0xf8 ? 4 : 0;
	uint32_t character;

	if (length < 2 || length > left)
		return length > left ? 0 : length;
	character = byte[0] & (0x7f >> length);
	for (size_t i = 1; i < length; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
		character = character << 6 | (byte[i] & 0x3f);
	}
	if (character < least[length] || character > 0x10ffff ||
	    (character >= 0xd800 && character < 0xe000))
		return 0;
	return length;
}

void text_free(struct text *text)
{
	free(text->bytes);
	*text = (struct text){ 0 };
}
