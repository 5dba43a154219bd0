// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <ctype.h>
#include <string.h>

#include "import/find.h"

static bool is_in_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

struct srcpos source_find(struct source *source, size_t start, const char *name)
{
	size_t len = strlen(name);
	const char *at = source->bytes + start;

	while ((at = strstr(at, name))) {
		if ((at == source->bytes || !is_in_name(at[-1])) && !is_in_name(at[len]))
			return (struct srcpos){ source, at - source->bytes, len };
		at += len;
	}
	return (struct srcpos){ 0 };
}

struct srcpos source_line(struct source *source, size_t line)
{
	const char *at = source->bytes;

	while (--line && at)
		at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL;
	if (!at)
		return (struct srcpos){ 0 };
	return (struct srcpos){ source, at - source->bytes, strcspn(at, "\r\n") };
}
