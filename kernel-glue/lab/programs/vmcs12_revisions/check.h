/* SPDX-License-Identifier: GPL-2.0-only */
/* What a test finds: each failure is a line that says where and what. */
#ifndef VMCS12_REVISIONS_CHECK_H
#define VMCS12_REVISIONS_CHECK_H

#include <stdbool.h>

/* What the checks below are about, for the lines of those that fail. */
void about(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Count a check, and say what it is if it has failed; returns @passed. */
bool check(bool passed, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Print the numbers of checks; returns the status to exit with. */
int checked(void);

#endif
