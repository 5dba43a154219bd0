// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/spelling.h"

static bool same_letter(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static unsigned int lesser(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

unsigned int spelling_distance(const char *a, const char *b, unsigned int most)
{
	enum { LONGEST = 255 };
	size_t a_len = strlen(a), b_len = strlen(b);
	unsigned int rows[3][LONGEST + 1];

	if (b_len > LONGEST || a_len > b_len + most || b_len > a_len + most)
		return most + 1;
	for (size_t j = 0; j <= b_len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		unsigned int *row = rows[i % 3], *last = rows[(i - 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			row[j] = lesser(lesser(last[j], row[j - 1]) + 1,
					last[j - 1] + !same_letter(a[i - 1], b[j - 1]));
			if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) &&
			    same_letter(a[i - 2], b[j - 1]))
				row[j] = lesser(row[j], rows[(i - 2) % 3][j - 2] + 1);
		}
	}
	return lesser(rows[a_len % 3][b_len], most + 1);
}

/* Names of which a digit differs are two that somebody tells apart: guest_cr3, guest_cr4. */
static bool same_digits(const char *a, const char *b)
{
	static const char digits[] = "0123456789";

	for (;; a++, b++) {
		a += strcspn(a, digits);
		b += strcspn(b, digits);
		if (*a != *b || !*a)
			return *a == *b;
	}
}

unsigned int spelling_most(const char *name)
{
	return strlen(name) < 3 ? 0 : strlen(name) / 8 + 1;
}

const char *spelling_near(const struct table *names, const char *name)
{
	unsigned int best = spelling_most(name);
	const char *near = NULL;

	for (size_t i = 0; i < names->room; i++) {
		const char *key = names->slots[i].value ? names->slots[i].key : NULL;
		unsigned int distance;

		if (!key || !same_digits(name, key))
			continue;
		distance = spelling_distance(name, key, best);
		/* Of several as near the first in the alphabet, wherever they are in the table. */
		if (distance < best || (distance == best && (!near || strcmp(key, near) < 0))) {
			best = distance;
			near = key;
		}
	}
	return near;
}
