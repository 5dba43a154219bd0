/* SPDX-License-Identifier: GPL-2.0-only */
/* What a test tries by chance, and what it finds: a line for each failure. */
#ifndef VMCS12_REVISIONS_CHECK_H
#define VMCS12_REVISIONS_CHECK_H

#include <stdbool.h>
#include <stdint.h>

/* The next of the numbers that begin with @seed, which isn't 0: the same in each run. */
static inline uint64_t chance(uint64_t *seed)
{
	/* xorshift64, by Marsaglia */
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* What the checks below are about, for the lines of those that fail. */
void about(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Count a check, and say what it is if it has failed; returns @passed. */
bool check(bool passed, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Print the numbers of checks; returns the status to exit with. */
int checked(void);

#endif
