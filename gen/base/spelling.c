// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/spelling.h"

unsigned int spelling_distance(const char *a, const char *b, unsigned int most)
{
	size_t a_len = strlen(a), b_len = strlen(b);
	unsigned int row[256];

	if (b_len >= sizeof(row) / sizeof(*row) || a_len > b_len + most || b_len > a_len + most)
		return most + 1;
	for (size_t j = 0; j <= b_len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		unsigned int corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			unsigned int least = corner + (tolower((unsigned char)a[i - 1]) !=
							tolower((unsigned char)b[j - 1]));

			corner = row[j];
			if (row[j] + 1 < least)
				least = row[j] + 1;
			if (row[j - 1] + 1 < least)
				least = row[j - 1] + 1;
			row[j] = least;
		}
	}
	return row[b_len] < most ? row[b_len] : row[b_len] > most ? most + 1 : most;
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

const char *spelling_near(const struct table *names, const char *name)
{
	unsigned int best = strlen(name) / 8 + 1;
	const char *near = NULL;

	if (strlen(name) < 3)
		return NULL;
	for (size_t i = 0; i < names->room; i++) {
		const char *key = names->slots[i].value ? names->slots[i].key : NULL;
		unsigned int distance = key && same_digits(name, key) ?
					spelling_distance(name, key, best) : best + 1;

		/* Of several as near the first in the alphabet, wherever they are in the table. */
		if (distance < best || (distance == best && (!near || strcmp(key, near) < 0))) {
			best = distance;
			near = key;
		}
	}
	return near;
}
