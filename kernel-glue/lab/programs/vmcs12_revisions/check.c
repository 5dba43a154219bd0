// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>

#include "check.h"

static char subject[256];
static unsigned int passed, failed;

void about(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(subject, sizeof(subject), format, arguments);
	va_end(arguments);
}

bool check(bool good, const char *format, ...)
{
	va_list arguments;

	if (good) {
		passed++;
		return true;
	}
	failed++;
	printf("FAIL: %s: ", subject);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
	return false;
}

int checked(void)
{
	printf("%u passed, %u failed\n", passed, failed);
	return failed || !passed;
}
