// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "image/blob.h"

/* How a state begins: u16 flags, u16 format, u32 size. */
enum { STATE_FORMAT = 2, STATE_SIZE = 4, STATE_BEGIN = 8 };

/* The format of VMX; KVM has others. */
enum { FORMAT_VMX };

/* All flags that a state of VMX may have. */
enum { STATE_FLAGS = 0xf };

bool blobs_open(struct blobs *blobs, const char *path)
{
	blobs->name = path ? path : "standard input";
	blobs->buffer = xmalloc(BLOBS_BUFFER);
	blobs->fd = path ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	if (blobs->from && !blobs->from->has_id) {
		report_error(blobs->messages, (struct srcpos){ 0 }, "%s has no id",
			     blobs->from->path);
		return false;
	}
	if (blobs->fd >= 0)
		return true;
	if (errno == ENOENT || errno == ENOTDIR)
		report_error(blobs->messages, (struct srcpos){ 0 }, "cannot open '%s': %s", path,
			     strerror(errno));
	else
		report_failure(blobs->messages, errno, "cannot open '%s'", path);
	return false;
}

void blobs_close(struct blobs *blobs)
{
	if (blobs->fd > STDIN_FILENO)
		close(blobs->fd);
	free(blobs->buffer);
}

void blobs_error(const struct blobs *blobs, uint32_t offset, const char *format, ...)
{
	const struct blob *blob = &blobs->blob;
	struct text text = { 0 };
	va_list args;

	va_start(args, format);
	text_vprintf(&text, format, args);
	va_end(args);
	report_error(blobs->messages, (struct srcpos){ 0 }, "%s, %s %llu, byte %llu: %.*s",
		     blobs->name, blob->bare ? "page" : "state", (unsigned long long)blob->number,
		     (unsigned long long)(blob->at + offset), (int)text.len, text.bytes);
	text_free(&text);
}

/* Whether a state may have this size.  The abort code of an image never looks like one. */
static bool is_state_size(uint32_t size)
{
	return size >= STATE_HEADER && size <= STATE_HEADER + STATE_IMAGES * IMAGE_SIZE &&
	       (size - STATE_HEADER) % IMAGE_SIZE == 0;
}

/*
 * It looks like a state of an impossible size.  An eVMCS of version 0 to 15 begins alike, but its
 * second word, an abort code, is below STATE_HEADER.
 */
static bool has_impossible_size(uint32_t first, uint32_t size)
{
	return !(first & ~STATE_FLAGS) && size >= STATE_HEADER && size <= UINT16_MAX;
}

/* The last revision of @layout with an id, or NULL. */
static const struct revision *revision_in(const struct layout *layout, uint32_t id)
{
	for (size_t i = layout->count; i--;) {
		const struct revision *revision = layout->revisions[i];

		if (revision_is_whole(revision) && revision->has_id && revision->id == id)
			return revision;
	}
	return NULL;
}

/* The revision with an id, of the wanted layout if possible, or NULL. */
static const struct revision *revision_of(const struct blobs *blobs, uint32_t id)
{
	const struct spec *spec = blobs->spec;
	const struct revision *found;

	if (blobs->from && blobs->from->id == id)
		return blobs->from;
	found = blobs->layout ? revision_in(blobs->layout, id) : NULL;
	for (size_t i = spec->layout_count; i-- && !found;)
		found = revision_in(spec->layouts[i], id);
	return found;
}

static uint32_t image_id(const unsigned char *image)
{
	return number_at(image, 4) & ~IMAGE_SHADOW;
}

const char *image_fault(const struct revision *revision)
{
	if (revision->size > IMAGE_SIZE)
		return "does not fit a page";
	return revision_header(revision) ? NULL : "has no first word";
}

/* Identify the revision of an image from its first word. */
static bool identify_image(struct blobs *blobs, struct image *image)
{
	const struct blob *blob = &blobs->blob;
	uint32_t id = image_id(image->bytes);

	image->revision = revision_of(blobs, id);
	*(image->revision == blobs->from ? &blobs->from_met : &blobs->from_missed) = true;
	if (!image->revision && blob->bare)
		blobs_error(blobs, 0, "0x%08x is not a revision's id, and %u is not a state's size",
			    id, (uint32_t)number_at(blob->bytes + STATE_SIZE, 4));
	else if (!image->revision)
		blobs_error(blobs, image->offset, "0x%08x is not a revision's id", id);
	else if (blobs->layout && image->revision->layout != blobs->layout)
		blobs_error(blobs, image->offset, "0x%08x is an id of %s, not of %s", id,
			    image->revision->layout->name, blobs->layout->name);
	else if (image_fault(image->revision))
		blobs_error(blobs, image->offset, "an image of %s %s",
			    image->revision->path, image_fault(image->revision));
	else
		return true;
	return false;
}

/* Distinguish a state from a bare image by their first bytes. */
static bool classify_blob(struct blobs *blobs)
{
	struct blob *blob = &blobs->blob;
	uint32_t format = number_at(blob->bytes + STATE_FORMAT, 2);
	uint32_t size = number_at(blob->bytes + STATE_SIZE, 4);

	blob->bare = !is_state_size(size) ||
		     (format != FORMAT_VMX && revision_of(blobs, image_id(blob->bytes)));
	if (blob->bare && has_impossible_size(number_at(blob->bytes, 4), size)) {
		blob->bare = false;
		blobs_error(blobs, STATE_SIZE, "the size of the state is %u, not %u, %u or %u",
			    size, STATE_HEADER, STATE_HEADER + IMAGE_SIZE,
			    STATE_HEADER + STATE_IMAGES * IMAGE_SIZE);
		return false;
	}
	if (!blob->bare && format != FORMAT_VMX) {
		blobs_error(blobs, STATE_FORMAT, "the format of the state is %u, not VMX's %u",
			    format, FORMAT_VMX);
		return false;
	}
	blob->size = blob->bare ? IMAGE_SIZE : size;
	blob->count = blob->size / IMAGE_SIZE;
	for (unsigned int i = 0; i < blob->count; i++) {
		uint32_t offset = (blob->bare ? 0 : STATE_HEADER) + i * IMAGE_SIZE;

		blob->images[i] = (struct image){ .bytes = blob->bytes + offset, .offset = offset };
	}
	/* Report an invalid bare image as one, however short the file is. */
	return !blob->bare || identify_image(blobs, &blob->images[0]);
}

static bool identify_images(struct blobs *blobs)
{
	for (unsigned int i = 0; i < blobs->blob.count; i++)
		if (!identify_image(blobs, &blobs->blob.images[i]))
			return false;
	return true;
}

uint32_t blobs_slack(struct blobs *blobs)
{
	const unsigned char *bytes = blobs->buffer + blobs->next;
	size_t left = blobs->len - blobs->next, most = left;
	uint32_t zeroes = 0;

	if (most > blobs->slack)
		most = blobs->slack;
	while (zeroes < most && !bytes[zeroes])
		zeroes++;
	/* Something else follows directly, or is not read yet. */
	if (zeroes < most || (zeroes < blobs->slack && !blobs->ended)) {
		if (zeroes < most)
			blobs->slack = 0;
		return 0;
	}
	blobs->slack = 0;
	blobs->next += zeroes;
	return zeroes;
}

const struct blob *blobs_next(struct blobs *blobs)
{
	size_t left = blobs->len - blobs->next;
	struct blob *blob = &blobs->blob;

	if (blobs->slack)
		return NULL;

	*blob = (struct blob){ .bytes = blobs->buffer + blobs->next, .size = STATE_HEADER,
			       .number = blobs->number + 1, .at = blobs->before + blobs->next };
	if (left < STATE_BEGIN || !classify_blob(blobs) || left < blob->size ||
	    !identify_images(blobs))
		return NULL;
	blobs->next += blob->size;
	blobs->number++;
	blobs->slack = blob->bare ? 0 : STATE_HEADER + STATE_IMAGES * IMAGE_SIZE - blob->size;
	return blob;
}

/* Report what is wrong at the end of the file: it ends within the last blob, or has no image. */
static void report_end(struct blobs *blobs)
{
	size_t left = blobs->len - blobs->next;

	if (left)
		blobs_error(blobs, left, "the file ends here, after %zu of %u bytes", left,
			    blobs->blob.size);
	else if (!blobs->number)
		report_error(blobs->messages, (struct srcpos){ 0 }, "%s is empty", blobs->name);
	else if (blobs->from && blobs->from_missed && !blobs->from_met)
		report_error(blobs->messages, (struct srcpos){ 0 },
			     "%s has no image with the id of %s, 0x%08x", blobs->name,
			     blobs->from->path, blobs->from->id);
}

bool blobs_read(struct blobs *blobs)
{
	ssize_t got;

	if (blobs->messages->status != EXIT_FINE)
		return false;
	if (blobs->ended) {
		report_end(blobs);
		return false;
	}
	blobs->before += blobs->next;
	blobs->len -= blobs->next;
	memmove(blobs->buffer, blobs->buffer + blobs->next, blobs->len);
	blobs->next = 0;
	do
		got = read(blobs->fd, blobs->buffer + blobs->len, BLOBS_BUFFER - blobs->len);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		report_failure(blobs->messages, errno, "cannot read %s", blobs->name);
	else
		blobs->len += got;
	blobs->ended = !got;
	return got >= 0;
}

const struct blob *blobs_scan(struct blobs *blobs)
{
	struct blob *blob = &blobs->blob;

	while (blobs->len - blobs->next >= IMAGE_SIZE) {
		const unsigned char *bytes = blobs->buffer + blobs->next;
		const struct revision *revision = revision_of(blobs, image_id(bytes));

		*blob = (struct blob){ .bytes = bytes, .size = IMAGE_SIZE, .bare = true, .count = 1,
				       .number = blobs->number + 1,
				       .at = blobs->before + blobs->next,
				       .images = { { bytes, revision, 0 } } };
		blobs->next += IMAGE_SIZE;
		if (revision && !image_fault(revision)) {
			blobs->number++;
			return blob;
		}
	}
	return NULL;
}

/* Whether text has no such byte: a control that is no blank, nor begins a colour. */
static bool is_binary(unsigned char byte)
{
	return byte < ' ' && !strchr("\t\n\v\f\r\x1b", byte ? byte : 1);
}

struct source *blobs_text(struct blobs *blobs, struct arena *arena)
{
	struct source *source = NULL;
	struct text text = { 0 };

	while (blobs->len < IMAGE_SIZE && !blobs->ended)
		if (!blobs_read(blobs))
			return NULL;
	for (size_t i = 0; i < blobs->len && i < IMAGE_SIZE; i++)
		if (is_binary(blobs->buffer[i]))
			return NULL;
	if (!blobs->len)
		return NULL;
	do {
		text_add(&text, (const char *)blobs->buffer, blobs->len);
		blobs->next = blobs->len;
	} while (text.len <= SOURCE_MAX && !blobs->ended && blobs_read(blobs));
	if (blobs->messages->status == EXIT_FINE)
		source = source_of(arena, blobs->messages, blobs->name, text.bytes, text.len,
				   (struct srcpos){ 0 });
	text_free(&text);
	return source;
}
