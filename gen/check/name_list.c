// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "base/text.h"
#include "check/name_list.h"

/* A note with more names than this gives neighbours as ranges. */
enum { NAMES_MAX = 16 };

struct name_list name_list_new(struct arena *arena, const struct revision *revision)
{
	return (struct name_list){ .revision = revision,
				   .indices = arena_alloc(arena, sizeof(size_t) *
							  (revision->count + 1)) };
}

/* The last of the list's entries that follows the one at @first without a gap but pads. */
static size_t run_end(const struct name_list *list, size_t first)
{
	size_t last = first;

	for (; last + 1 < list->count; last++) {
		size_t i = list->indices[last] + 1;

		while (i < list->revision->count && list->revision->members[i].pad)
			i++;
		if (i != list->indices[last + 1])
			break;
	}
	return last;
}

static const char *entry_name(const struct name_list *list, size_t entry)
{
	return list->revision->members[list->indices[entry]].name;
}

void name_list_note(const struct name_list *list, struct messages *messages, struct srcpos pos,
		    const char *what)
{
	struct text text = { 0 };

	for (size_t first = 0, last; first < list->count; first = last + 1) {
		last = list->count > NAMES_MAX ? run_end(list, first) : first;
		text_put(&text, first ? ", " : "");
		text_put(&text, entry_name(list, first));
		if (last > first)
			text_printf(&text, " .. %s", entry_name(list, last));
	}
	report_note(messages, pos, "%s: %.*s", what, (int)text.len, text.bytes);
	text_free(&text);
}
