// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <string.h>

#include "check/fingerprint.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

enum { CODE_DIGITS = 3, DIGIT_BITS = 6 };

static uint64_t hash_text(uint64_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3;
	return hash;
}

/* The digits of @number; printf() takes longer than all else that the check does. */
static uint64_t hash_digits(uint64_t hash, uint32_t number, unsigned int base)
{
	char text[11], *at = text + sizeof(text) - 1;

	*at = '\0';
	do {
		*--at = "0123456789abcdef"[number % base];
		number /= base;
	} while (number);
	return hash_text(hash, at);
}

/* FNV-1a of "NAME OFFSET SIZE COUNT", a field's name its encoding, folded to 18 bits. */
static uint32_t code_of(const struct member *member)
{
	uint64_t hash = 0xcbf29ce484222325;

	if (member->field)
		hash = hash_digits(hash_text(hash, "0x"), member->field->encoding, 16);
	else
		hash = hash_text(hash, member->name);
	hash = hash_digits(hash_text(hash, " "), member->offset, 10);
	hash = hash_digits(hash_text(hash, " "), member->size, 10);
	hash = hash_digits(hash_text(hash, " "), member->count, 10);
	return (hash ^ hash >> 18 ^ hash >> 36) & 0x3ffff;
}

char *fingerprint_of(struct arena *arena, const struct revision *revision)
{
	char *text = arena_alloc(arena, revision->count * CODE_DIGITS + 1), *end = text;

	for (size_t i = 0; i < revision->count; i++) {
		uint32_t code = code_of(&revision->members[i]);

		if (revision->members[i].pad)
			continue;
		for (int digit = CODE_DIGITS - 1; digit >= 0; digit--)
			*end++ = digits[code >> digit * DIGIT_BITS & 0x3f];
	}
	return text;
}

/* The codes of @text without the blanks between its lines, or NULL if it is none. */
static char *codes_of(struct arena *arena, const char *text)
{
	char *codes = arena_alloc(arena, strlen(text) + 1), *end = codes;

	for (; *text; text++) {
		if (*text != ' ' && !strchr(digits, *text))
			return NULL;
		if (*text != ' ')
			*end++ = *text;
	}
	return end > codes && (end - codes) % CODE_DIGITS == 0 ? codes : NULL;
}

/* The digits of @code as one number. */
static uint32_t code_number(const char *code)
{
	return code[0] << 16 | code[1] << 8 | code[2];
}

bool fingerprint_compare(struct fingerprint_match *match, struct arena *arena,
		       const struct revision *revision, const char *text)
{
	const char *now = fingerprint_of(arena, revision), *code = now;
	char *frozen = codes_of(arena, text);
	size_t count = 0, kept = 0;
	struct table then = { 0 };

	if (!frozen)
		return false;
	*match = (struct fingerprint_match){ .equal = !strcmp(now, frozen) };
	if (match->equal)
		return true;
	for (char *old = frozen; *old; old += CODE_DIGITS, count++)
		table_add_number(&then, code_number(old), old);
	match->changed = arena_alloc(arena, revision->count + 1);
	for (size_t i = 0; i < revision->count; i++) {
		if (revision->members[i].pad)
			continue;
		match->changed[i] = !table_number(&then, code_number(code));
		kept += !match->changed[i];
		code += CODE_DIGITS;
	}
	table_free(&then);
	match->lost = kept < count ? count - kept : 0;
	return true;
}
