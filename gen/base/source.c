// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/source.h"
#include "base/text.h"

/* Report that the file can't be read.  Only a missing file is bad input. */
static void report_unreadable(struct messages *messages, struct srcpos from, const char *verb,
			      const char *path)
{
	enum exit_status status = errno == ENOENT || errno == ENOTDIR ? EXIT_BAD_INPUT :
								       EXIT_FAILED_IO;

	report_status(messages, status, from, "cannot %s '%s': %s", verb, path, strerror(errno));
}

/* How many bytes are text, up to the first that is not. */
static size_t text_length(const char *bytes, size_t len)
{
	size_t at = 0, length;

	while (at < len && bytes[at]) {
		length = (unsigned char)bytes[at] < 0x80 ? 1 : utf8_length(bytes + at, len - at);
		if (!length)
			break;
		at += length;
	}
	return at;
}

static bool is_text(struct source *source, struct messages *messages)
{
	size_t good = text_length(source->bytes, source->len);
	struct srcpos pos = { source, (uint32_t)good, 1 };

	if (good == source->len)
		return true;
	if (source->bytes[good])
		report_error(messages, pos, "byte 0x%02x is not valid UTF-8 here",
			     (unsigned char)source->bytes[good]);
	else
		report_error(messages, pos, "a NUL byte is not text");
	return false;
}

struct source *source_of(struct arena *arena, struct messages *messages, const char *path,
			 const char *bytes, size_t len, struct srcpos from)
{
	struct source *source;

	if (len > SOURCE_MAX) {
		report_error(messages, from, "'%s' is larger than 1 GiB", path);
		return NULL;
	}
	source = arena_alloc(arena, sizeof(*source));
	source->arena = arena;
	source->path = arena_copy(arena, path, strlen(path));
	source->bytes = arena_alloc(arena, len + 2);	/* flex wants a second NUL */
	source->len = len;
	if (len)
		memcpy(source->bytes, bytes, len);
	return is_text(source, messages) ? source : NULL;
}

/* Read to the end, or until it is too much.  False with errno set. */
static bool read_all(int fd, struct text *text)
{
	enum { AT_ONCE = 64 << 10 };
	ssize_t got;

	do {
		text->bytes = grow(text->bytes, &text->room, text->len + AT_ONCE, 1);
		got = read(fd, text->bytes + text->len, AT_ONCE);
		if (got > 0)
			text->len += got;
	} while (got > 0 && text->len <= SOURCE_MAX);
	return got >= 0;
}

struct source *source_read(struct arena *arena, struct messages *messages,
			   const char *path, struct srcpos from)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct source *source = NULL;
	struct text text = { 0 };

	if (fd < 0) {
		report_unreadable(messages, from, "open", path);
		return NULL;
	}
	if (read_all(fd, &text))
		source = source_of(arena, messages, path, text.bytes, text.len, from);
	else
		report_unreadable(messages, from, "read", path);
	text_free(&text);
	close(fd);			/* nothing was written: it can't lose anything */
	return source;
}
