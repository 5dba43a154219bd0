/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A growing text: the content of a file, or what a template renders to. */
#ifndef VMCSGEN_TEXT_H
#define VMCSGEN_TEXT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char *bytes;			/* not NUL-terminated; owned by the text */
	size_t len, room;
};

/* Append @len bytes, or a C string. */
void text_add(struct text *text, const char *bytes, size_t len);
void text_put(struct text *text, const char *string);

/* Append what printf() would print. */
void text_printf(struct text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void text_vprintf(struct text *text, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

/* Append @count times the character @c. */
void text_fill(struct text *text, char c, size_t count);

/*
 * The code of the UTF-8 character of @length bytes if it leaves no mark on a screen, such as a
 * no-break space, or a control; else 0.
 */
uint32_t utf8_unseen(const char *bytes, size_t length);

/* Bytes of the UTF-8 character at the begin of @left bytes; 0 if there is none. */
size_t utf8_length(const char *bytes, size_t left);

/* Release the bytes; the text is empty afterwards. */
void text_free(struct text *text);

#endif
