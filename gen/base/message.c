// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "base/text.h"

enum {
	WINDOW = 160,			/* columns of a source line that are shown */
	CUT = 3,			/* of them the "..." where it goes on */
};

#define BOLD	"\033[1m"
#define RED	"\033[1;31m"
#define GREEN	"\033[1;32m"
#define MAGENTA	"\033[1;35m"
#define CYAN	"\033[1;36m"
#define PLAIN	"\033[0m"

/* The part of a source line that is shown; all but @from and @end in columns. */
struct window {
	const char *from, *end;		/* bytes of the line, from the first one shown */
	size_t line;
	size_t before;			/* columns ahead of the span */
	size_t span;			/* columns of the span */
	size_t width;
	bool cut_left, cut_right;
};

static void put_coloured(const struct messages *messages, struct text *text,
			 const char *colour, const char *string)
{
	if (messages->colour)
		text_put(text, colour);
	text_put(text, string);
	if (messages->colour)
		text_put(text, PLAIN);
}

/* The next character of the line, or the next byte where there is none. */
static const char *next_column(const char *at, const char *end)
{
	size_t length = utf8_length(at, (size_t)(end - at));

	return at + (length ? length : 1);
}

/* Columns from @at to @end, but no more than @most are counted. */
static size_t columns(const char *at, const char *end, size_t most)
{
	size_t count = 0;

	for (; at < end && count < most; count++)
		at = next_column(at, end);
	return count;
}

static const char *columns_back(const char *at, size_t count)
{
	for (; count; count--)
		do
			at--;
		while ((*at & 0xc0) == 0x80);
	return at;
}

/* How many of the @before columns ahead of the span to show, with @rest from there on. */
static size_t columns_kept(size_t before, size_t span, size_t rest)
{
	size_t middle = (WINDOW - (span < WINDOW / 2 ? span : WINDOW / 2)) / 2;
	size_t keep = before;

	if (before + rest > WINDOW)
		keep = rest < WINDOW - middle ? WINDOW - rest : middle;
	return keep < before ? keep : before;
}

/* What to show of the line: no more than a window's width is ever looked at. */
static struct window window_around(struct srcpos pos, size_t line, size_t column)
{
	struct window window = { .line = line };
	size_t len, before = column - 1, rest;
	const char *start = source_line(pos.source, line, &len), *at, *stop;

	window.end = start + len;
	at = pos.source->bytes + pos.start;
	if (at > window.end) {		/* it points at what ends the line */
		before -= (size_t)(at - window.end);
		at = window.end;
	}
	stop = pos.len < window.end - at ? at + pos.len : window.end;
	window.span = columns(at, stop, WINDOW);
	rest = columns(at, window.end, WINDOW + 1);
	window.before = columns_kept(before, window.span, rest);
	window.from = columns_back(at, window.before);
	window.cut_left = window.before < before;
	window.cut_right = window.before + rest > WINDOW;
	window.width = window.cut_right ? WINDOW : window.before + rest;
	return window;
}

/* Whether column @i of the window shows where the line was cut. */
static bool is_cut(const struct window *window, size_t i)
{
	return (window->cut_left && i < CUT) || (window->cut_right && i >= window->width - CUT);
}

/* What can't be shown, or would make the terminal do something, is a '?'. */
static void put_column(struct text *text, const char *at, size_t length)
{
	unsigned char c = (unsigned char)at[0];
	bool c1 = c == 0xc2 && length == 2 && (unsigned char)at[1] < 0xa0;

	if ((c < 0x20 && c != '\t') || c == 0x7f || c1 || !length)
		text_put(text, "?");
	else
		text_add(text, at, length);
}

static void put_line(struct text *text, const struct window *window)
{
	const char *at = window->from;

	text_printf(text, "%5zu |%s", window->line, window->width ? " " : "");
	for (size_t i = 0; i < window->width; i++) {
		if (is_cut(window, i))
			text_put(text, ".");
		else
			put_column(text, at, utf8_length(at, (size_t)(window->end - at)));
		at = next_column(at, window->end);
	}
	text_put(text, "\n");
}

static void put_caret(const struct messages *messages, struct text *text,
		      const struct window *window)
{
	size_t len = (size_t)snprintf(NULL, 0, "%5zu", window->line), shown = window->width;
	const char *at = window->from;
	struct text caret = { 0 };

	text_fill(text, ' ', len);
	text_put(text, " | ");
	for (size_t i = 0; i < window->before; i++) {
		text_put(text, *at == '\t' && !is_cut(window, i) ? "\t" : " ");
		at = next_column(at, window->end);
	}
	text_put(&caret, "^");
	for (size_t i = 1; i < window->span && window->before + i < shown; i++)
		if (!is_cut(window, window->before + i))
			text_put(&caret, "~");
	text_add(&caret, "", 1);
	put_coloured(messages, text, GREEN, caret.bytes);
	text_put(text, "\n");
	text_free(&caret);
}

/* Where the message points and what it is about, up to its text. */
static void put_head(const struct messages *messages, struct text *text, struct srcpos pos,
		     const char *colour, const char *kind, struct window *window)
{
	size_t line, column;

	if (messages->colour)
		text_put(text, BOLD);
	if (pos.source) {
		if (pos.start > pos.source->len)
			pos.start = (uint32_t)pos.source->len;
		srcpos_locate(pos, &line, &column);
		*window = window_around(pos, line, column);
		text_printf(text, "%s:%zu:%zu:", pos.source->path, line, column);
	} else {
		text_put(text, "vmcsgen:");
	}
	if (messages->colour)
		text_put(text, PLAIN);
	text_put(text, " ");
	put_coloured(messages, text, colour, kind);
	text_put(text, " ");
}

/* One message in one write, so that those of parallel runs do not mix. */
static void put_text(struct messages *messages, bool hold, const struct text *text)
{
	if (messages->muted)
		return;
	messages->note_held = hold && messages->held;
	fwrite(text->bytes, 1, text->len, messages->note_held ? messages->held : messages->to);
}

static void put_message(struct messages *messages, bool hold, struct srcpos pos, const char *colour,
			const char *kind, const char *name, const char *format, va_list args)
{
	struct text text = { 0 };
	struct window window;

	put_head(messages, &text, pos, colour, kind, &window);
	text_vprintf(&text, format, args);
	if (name)
		text_printf(&text, " [-W%s]", name);
	text_put(&text, "\n");
	if (pos.source) {
		put_line(&text, &window);
		put_caret(messages, &text, &window);
	}
	put_text(messages, hold, &text);
	text_free(&text);
}

void messages_hold(struct messages *messages)
{
	messages->held = open_memstream(&messages->held_text, &messages->held_len);
}

void messages_release(struct messages *messages)
{
	if (messages->held && !fclose(messages->held))
		fwrite(messages->held_text, 1, messages->held_len, messages->to);
	messages->held = NULL;
	free(messages->held_text);
	messages->held_text = NULL;
}

/* The exit statuses are numbered by how bad they are. */
static void worsen(struct messages *messages, enum exit_status status)
{
	if (messages->status < status)
		messages->status = status;
}

void report_error(struct messages *messages, struct srcpos pos, const char *format, ...)
{
	va_list args;

	messages->errors++;
	messages->silent = false;
	worsen(messages, EXIT_BAD_INPUT);
	va_start(args, format);
	put_message(messages, true, pos, RED, "error:", NULL, format, args);
	va_end(args);
}

void report_check(struct messages *messages, enum severity severity, const char *name,
		  struct srcpos pos, const char *format, ...)
{
	bool error = severity == SEVERITY_ERROR;
	va_list args;

	messages->silent = severity == SEVERITY_OFF;
	if (messages->silent)
		return;
	if (error)
		worsen(messages, EXIT_CHECK_FAILED);
	*(error ? &messages->errors : &messages->warnings) += 1;
	va_start(args, format);
	put_message(messages, error, pos, error ? RED : MAGENTA, error ? "error:" : "warning:",
		    name, format, args);
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
	worsen(messages, EXIT_FAILED_IO);
	text_put(&text, "vmcsgen: ");
	va_start(args, format);
	text_vprintf(&text, format, args);
	va_end(args);
	text_printf(&text, ": %s\n", strerror(error));
	put_text(messages, false, &text);
	text_free(&text);
}
