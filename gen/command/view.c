// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <string.h>
#include <unistd.h>

#include "base/output.h"
#include "command/view.h"

/* If there are no views at all, the missing template is reported instead. */
static bool is_format(struct session *session, const char *path)
{
	const char *views = arena_printf(&session->arena, "%s/views", session->options->templates);

	return !access(arena_printf(&session->arena, "%s/%s", session->options->templates, path),
		       F_OK) || access(views, F_OK);
}

void view_print(struct session *session, const char *view, const struct value *value)
{
	const char *format = session->options->format;
	const char *path = arena_printf(&session->arena, "views/%s.%s", view, format);
	struct template *template;
	struct text text = { 0 };

	if (strpbrk(format, "/.") || !is_format(session, path)) {
		report_usage(&session->messages, "%s has no format '%s'",
			     session->options->verb->name, format);
		return;
	}
	template = template_get(&session->templates, path);
	if (template && template_render(&session->templates, template, value, &text))
		output_print(&session->messages, &text);
	text_free(&text);
}
