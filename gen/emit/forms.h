/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Names and numbers in the forms in which templates need them.  The maker's arena
 * owns what they return, which is never NULL.
 */
#ifndef VMCSGEN_FORMS_H
#define VMCSGEN_FORMS_H

#include "emit/value.h"

/* What printf() would print. */
const char *printed(struct maker *maker, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A name as part of a C name, "linux-6.1" as "linux_6_1"; and that in capitals. */
const char *c_name(struct maker *maker, const char *name);
const char *capitals(struct maker *maker, const char *name);

/* A text, and under another key the same in capitals. */
void map_capitals(struct maker *maker, struct value *map, const char *key,
		  const char *capitals_key, const char *text);

/* The blanks that pad @text to @width columns; static, not the arena's. */
const char *fill(const char *text, size_t width);

/* @number in hexadecimal with at least @digits digits. printf() is too slow here. */
const char *hex(struct maker *maker, uint64_t number, int digits);
void map_hex(struct maker *maker, struct value *map, const char *key, uint64_t number,
	     int digits);

/* A number, and under another key the blanks that align it to the right. */
void map_column(struct maker *maker, struct value *map, const char *key, uint64_t number,
		const char *fill_key, size_t width);

/* A text, or NULL, as a list of lines that fit a comment, cut between words. */
void map_wrapped(struct maker *maker, struct value *map, const char *key, const char *text);

#endif
