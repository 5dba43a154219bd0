// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdarg.h>
#include <string.h>

#include "base/source.h"
#include "base/text.h"

/* A longer line is cut to so many bytes, half of them before the span if there are. */
enum { SHOWN = 160 };

#define BOLD	"\033[1m"
#define RED	"\033[1;31m"
#define GREEN	"\033[1;32m"
#define MAGENTA	"\033[1;35m"
#define CYAN	"\033[1;36m"
#define PLAIN	"\033[0m"

/* The shown part of a source line. */
struct excerpt {
	const char *from, *end;
	bool cut_left, cut_right;
};

static const char *colour_of(const struct messages *messages, const char *colour)
{
	return messages->colour ? colour : "";
}

static bool continues_character(const char *at)
{
	return (*at & 0xc0) == 0x80;
}

/* The line around @at, looking at no more than SHOWN bytes to either side. */
static struct excerpt excerpt_around(const struct source *source, const char *at)
{
	const char *first = source->bytes, *last = first + source->len;
	struct excerpt line = { .from = at, .end = at };

	while (line.from > first && line.from[-1] != '\n' && at - line.from < SHOWN)
		line.from--;
	while (line.end < last && *line.end != '\n' && line.end - at < SHOWN)
		line.end++;
	if (line.end - line.from > SHOWN && at - line.from > SHOWN / 2)
		line.from = line.end - at > SHOWN / 2 ? at - SHOWN / 2 : line.end - SHOWN;
	if (line.end - line.from > SHOWN)
		line.end = line.from + SHOWN;
	line.cut_left = line.from > first && line.from[-1] != '\n';
	line.cut_right = line.end < last && *line.end != '\n' && *line.end != '\r';
	while (line.cut_left && line.from < at && continues_character(line.from))
		line.from++;
	while (line.cut_right && line.end > at && continues_character(line.end))
		line.end--;
	if (!line.cut_right && line.end > line.from && line.end[-1] == '\r')
		line.end--;
	return line;
}

/* A byte that can't be shown, or that would control the terminal, is a '?'. */
static void put_character(struct text *text, const char *at, size_t length)
{
	if (!length || !*at || (utf8_unseen(at, length) && *at != '\t'))
		text_put(text, "?");
	else
		text_add(text, at, length);
}

/* The line, and below it a caret and tildes under the rest of the span. */
static void put_excerpt(const struct messages *messages, struct text *text, struct srcpos pos,
			size_t line)
{
	const char *at = pos.source->bytes + pos.start;
	struct excerpt excerpt = excerpt_around(pos.source, at);
	struct text caret = { 0 };
	size_t tildes = 0, length;

	text_printf(text, "%5zu |%s%s", line, excerpt.from < excerpt.end ? " " : "",
		    excerpt.cut_left ? "..." : "");
	text_printf(&caret, "%*s | %s", snprintf(NULL, 0, "%5zu", line), "",
		    excerpt.cut_left ? "   " : "");
	for (const char *c = excerpt.from; c < excerpt.end; c += length ? length : 1) {
		length = utf8_length(c, excerpt.end - c);
		put_character(text, c, length);
		if (c < at)
			text_put(&caret, *c == '\t' ? "\t" : " ");
		else if (c > at && c - at < pos.len)
			tildes++;
	}
	text_put(text, excerpt.cut_right ? "...\n" : "\n");
	text_add(text, caret.bytes, caret.len);
	text_printf(text, "%s^", colour_of(messages, GREEN));
	text_fill(text, '~', tildes);
	text_printf(text, "%s\n", colour_of(messages, PLAIN));
	text_free(&caret);
}

/* Write a message at once, so that messages of parallel runs do not mix. */
static void put_text(struct messages *messages, bool hold, const struct text *text)
{
	if (messages->muted)
		return;
	messages->note_held = hold && messages->held;
	fwrite(text->bytes, 1, text->len, messages->note_held ? messages->held : messages->to);
}

static void put_message(struct messages *messages, bool hold, struct srcpos pos,
			const char *colour, const char *kind, const char *name,
			const char *format, va_list args)
{
	const char *plain = colour_of(messages, PLAIN);
	struct text text = { 0 };
	size_t line = 0, column;

	text_put(&text, colour_of(messages, BOLD));
	if (pos.source) {
		if (pos.start > pos.source->len)
			pos.start = (uint32_t)pos.source->len;
		srcpos_locate(pos, &line, &column);
		text_printf(&text, "%s:%zu:%zu:", pos.source->path, line, column);
	} else {
		text_put(&text, "vmcsgen:");
	}
	text_printf(&text, "%s %s%s%s ", plain, colour_of(messages, colour), kind, plain);
	text_vprintf(&text, format, args);
	if (name)
		text_printf(&text, " [-W%s]", name);
	text_put(&text, "\n");
	if (pos.source)
		put_excerpt(messages, &text, pos, line);
	put_text(messages, hold, &text);
	text_free(&text);
}

/* A worse exit status has a higher number. */
void messages_worsen(struct messages *messages, enum exit_status status)
{
	if (messages->status < status)
		messages->status = status;
}

static void put_error(struct messages *messages, enum exit_status status, struct srcpos pos,
		      const char *name, const char *format, va_list args)
{
	messages->errors++;
	messages->silent = false;
	messages_worsen(messages, status);
	put_message(messages, true, pos, RED, "error:", name, format, args);
}

void report_error(struct messages *messages, struct srcpos pos, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_error(messages, EXIT_BAD_INPUT, pos, NULL, format, args);
	va_end(args);
}

void report_status(struct messages *messages, enum exit_status status, struct srcpos pos,
		   const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_error(messages, status, pos, NULL, format, args);
	va_end(args);
}

void report_check(struct messages *messages, enum severity severity, const char *name,
		  struct srcpos pos, const char *format, ...)
{
	va_list args;

	messages->silent = severity == SEVERITY_OFF;
	if (messages->silent)
		return;
	va_start(args, format);
	if (severity == SEVERITY_ERROR) {
		put_error(messages, EXIT_CHECK_FAILED, pos, name, format, args);
	} else {
		messages->warnings++;
		put_message(messages, false, pos, MAGENTA, "warning:", name, format, args);
	}
	va_end(args);
}

void report_note(struct messages *messages, struct srcpos pos, const char *format, ...)
{
	va_list args;

	if (messages->silent)
		return;
	va_start(args, format);
	put_message(messages, messages->note_held, pos, CYAN, "note:", NULL, format, args);
	va_end(args);
}

void report_failure(struct messages *messages, int error, const char *format, ...)
{
	struct text text = { 0 };
	va_list args;

	messages->errors++;
	messages->silent = false;
	messages_worsen(messages, EXIT_FAILED_IO);
	text_put(&text, "vmcsgen: ");
	va_start(args, format);
	text_vprintf(&text, format, args);
	va_end(args);
	text_printf(&text, ": %s\n", strerror(error));
	put_text(messages, false, &text);
	text_free(&text);
}
