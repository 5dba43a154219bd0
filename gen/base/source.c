// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/message.h"
#include "base/source.h"

enum { SOURCE_MAX = 1 << 30 };

/*
 * What positions are computed from.  Neither a line of many megabytes nor very
 * many lines may make a message slow, for there can be as many messages.
 */
struct positions {
	uint32_t *lines;		/* offset of each line's first byte */
	size_t line_count;
	uint32_t *marks;		/* characters ahead of each MARK_BYTES bytes */
};

enum { MARK_BYTES = 4096 };

/* A file being read, before anything is known about it. */
struct reading {
	const char *path;
	char *bytes;
	size_t len, room;
};

/* Report that the file can't be had; only a file that isn't there is bad input. */
static void report_unreadable(struct messages *messages, struct srcpos from, const char *verb,
			      const char *path)
{
	int error = errno;

	report_error(messages, from, "cannot %s '%s': %s", verb, path, strerror(error));
	if (error != ENOENT && error != ENOTDIR)
		messages->status = EXIT_FAILED_IO;
}

/* Bytes to ask for next: the whole of a regular file and one more, to see its end. */
static size_t read_size(int fd)
{
	struct stat stat;

	if (!fstat(fd, &stat) && S_ISREG(stat.st_mode) && stat.st_size < SOURCE_MAX)
		return (size_t)stat.st_size + 1;
	return 64 << 10;
}

/* False, with errno set, if reading fails.  Stops behind SOURCE_MAX bytes. */
static bool read_bytes(struct reading *reading, int fd)
{
	size_t size = read_size(fd);
	ssize_t got;

	do {
		reading->bytes = grow(reading->bytes, &reading->room, reading->len + size, 1);
		got = read(fd, reading->bytes + reading->len, reading->room - reading->len);
		if (got > 0)
			reading->len += (size_t)got;
		size = 1;
	} while ((got > 0 && reading->len <= SOURCE_MAX) || (got < 0 && errno == EINTR));
	return got >= 0;
}

static bool read_file(struct reading *reading, struct messages *messages, int fd,
		      struct srcpos from)
{
	bool fine = read_bytes(reading, fd);

	if (!fine)
		report_unreadable(messages, from, "read", reading->path);
	return fine;
}

/* The least character that a sequence of this many bytes may stand for. */
static uint32_t utf8_least(size_t length)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	return least[length];
}

size_t utf8_length(const char *bytes, size_t left)
{
	const unsigned char *byte = (const unsigned char *)bytes;
	size_t length = byte[0] < 0x80 ? 1 : byte[0] < 0xc0 ? 0 : byte[0] < 0xe0 ? 2 :
			byte[0] < 0xf0 ? 3 : byte[0] < 0xf8 ? 4 : 0;
	uint32_t character;

	if (length < 2 || length > left)
		return length > left ? 0 : length;
	character = byte[0] & (0x7f >> length);
	for (size_t i = 1; i < length; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
		character = character << 6 | (byte[i] & 0x3f);
	}
	if (character < utf8_least(length) || character > 0x10ffff ||
	    (character >= 0xd800 && character < 0xe000))
		return 0;
	return length;
}

/* How many of the bytes are text, up to the first that is not. */
static size_t text_length(const char *bytes, size_t len)
{
	const char *nul = memchr(bytes, 0, len);
	size_t at = 0, end = nul ? (size_t)(nul - bytes) : len, length;

	while (at < end) {
		uint64_t eight;

		if (end - at >= sizeof(eight)) {
			memcpy(&eight, bytes + at, sizeof(eight));
			if (!(eight & 0x8080808080808080)) {
				at += sizeof(eight);
				continue;
			}
		}
		length = utf8_length(bytes + at, end - at);
		if (!length)
			return at;
		at += length;
	}
	return end;
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
	source->bytes = arena_alloc(arena, len + 2);
	source->len = len;
	if (len)
		memcpy(source->bytes, bytes, len);
	return is_text(source, messages) ? source : NULL;
}

struct source *source_read(struct arena *arena, struct messages *messages,
			   const char *path, struct srcpos from)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct reading reading = { .path = path };
	struct source *source = NULL;

	if (fd < 0) {
		report_unreadable(messages, from, "open", path);
		return NULL;
	}
	if (read_file(&reading, messages, fd, from))
		source = source_of(arena, messages, path, reading.bytes, reading.len, from);
	free(reading.bytes);
	close(fd);			/* nothing was written: it can't lose anything */
	return source;
}

/* All bytes but those that go on with a character begin one. */
static uint32_t count_characters(const char *bytes, size_t len)
{
	uint32_t count = 0;

	for (size_t i = 0; i < len; i++)
		count += (bytes[i] & 0xc0) != 0x80;
	return count;
}

static void find_lines(struct positions *positions, const struct source *source)
{
	const char *at = source->bytes, *end = at + source->len;
	size_t count = 1;

	while ((at = memchr(at, '\n', (size_t)(end - at)))) {
		at++;
		count++;
	}
	positions->lines = arena_alloc(source->arena, count * sizeof(*positions->lines));
	positions->line_count = 1;
	for (at = source->bytes; positions->line_count < count;) {
		at = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1;
		positions->lines[positions->line_count++] = (uint32_t)(at - source->bytes);
	}
}

static struct positions *source_positions(struct source *source)
{
	struct positions *positions = source->positions;
	size_t marks = source->len / MARK_BYTES + 1;

	if (positions)
		return positions;
	positions = source->positions = arena_alloc(source->arena, sizeof(*positions));
	find_lines(positions, source);
	positions->marks = arena_alloc(source->arena, marks * sizeof(*positions->marks));
	for (size_t i = 1; i < marks; i++)
		positions->marks[i] = positions->marks[i - 1] +
			count_characters(source->bytes + (i - 1) * MARK_BYTES, MARK_BYTES);
	return positions;
}

static size_t characters_before(const struct source *source, size_t offset)
{
	size_t mark = offset / MARK_BYTES, from = mark * MARK_BYTES;

	return source->positions->marks[mark] +
		count_characters(source->bytes + from, offset - from);
}

void srcpos_locate(struct srcpos pos, size_t *line, size_t *column)
{
	const struct source *source = pos.source;
	const struct positions *positions = source_positions(pos.source);
	size_t low = 0, high = positions->line_count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (positions->lines[middle] <= pos.start)
			low = middle;
		else
			high = middle;
	}
	*line = low + 1;
	*column = 1 + characters_before(source, pos.start) -
		characters_before(source, positions->lines[low]);
}

const char *source_line(struct source *source, size_t line, size_t *len)
{
	const struct positions *positions = source_positions(source);
	size_t start, end;

	if (line > positions->line_count)
		return NULL;
	start = positions->lines[line - 1];
	end = line < positions->line_count ? positions->lines[line] - 1 : source->len;
	if (end > start && source->bytes[end - 1] == '\r')
		end--;
	*len = end - start;
	return source->bytes + start;
}

struct srcpos srcpos_join(struct srcpos first, struct srcpos last)
{
	uint32_t first_end = first.start + first.len, last_end = last.start + last.len;
	uint32_t start = first.start < last.start ? first.start : last.start;
	uint32_t end = first_end > last_end ? first_end : last_end;

	if (!first.source || !last.source)
		return first.source ? first : last;
	return (struct srcpos){ first.source, start, end - start };
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

struct srcpos source_find(struct source *source, size_t start, const char *name)
{
	size_t len = strlen(name);
	const char *at = source->bytes + start;

	while ((at = strstr(at, name))) {
		if ((at == source->bytes || !is_word(at[-1])) && !is_word(at[len]))
			return (struct srcpos){ source, at - source->bytes, len };
		at += len;
	}
	return (struct srcpos){ 0 };
}
