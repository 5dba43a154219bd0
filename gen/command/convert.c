// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The verb convert: converts images from one revision to another. */
#include <stdlib.h>

#include "base/output.h"
#include "command/revisions.h"
#include "command/verbs.h"
#include "image/blob.h"
#include "image/conversion.h"

struct convert {
	struct session *session;
	const struct revision *to;
	struct conversion **conversions; /* one for each revision that was met */
	size_t count, room;
	struct blobs blobs;
	struct text text;		/* what is converted, and not printed yet */
	bool refused;			/* the last blob was left out */
};

static const struct conversion *conversion_from(struct convert *convert,
						const struct revision *from)
{
	for (size_t i = 0; i < convert->count; i++)
		if (convert->conversions[i]->from == from)
			return convert->conversions[i];
	convert->conversions = grow(convert->conversions, &convert->room, convert->count + 1,
				    sizeof(*convert->conversions));
	convert->conversions[convert->count] = conversion_new(&convert->session->arena, from,
							      convert->to);
	return convert->conversions[convert->count++];
}

/* Refuse each element that the other revision lacks and that is not neutral. */
static bool refuse_member(const struct blobs *blobs, const struct image *image,
			  const struct revision *to, const struct member *member)
{
	bool refused = false;

	for (uint32_t i = 0; i < member->count; i++) {
		uint32_t offset = member->offset + i * member->size;
		uint64_t value = number_at(image->bytes + offset, member->size);

		if (!value || value == member->loss.neutral)
			continue;
		blobs_error(blobs, image->offset + offset, "%s has no %s, which is 0x%llx",
			    to->path, member->name, (unsigned long long)value);
		refused = true;
	}
	return refused;
}

/* Refuse a span of bytes outside members, if one of them is not 0. */
static bool refuse_span(const struct blobs *blobs, const struct image *image,
			const struct revision *to, const struct byte_span *span)
{
	uint32_t at = span->from, end = at + span->bytes;

	while (at < end && !image->bytes[at])
		at++;
	if (at == end)
		return false;
	blobs_error(blobs, image->offset + at, "%s has no room for a byte of no member, "
		    "which is 0x%02x", to->path, image->bytes[at]);
	return true;
}

/* Refuse an image if its conversion would lose something; report all of it. */
static bool refuse_image(const struct blobs *blobs, const struct image *image,
		       const struct conversion *conversion)
{
	bool refused = false;

	for (size_t i = 0; i < conversion->lost_count; i++)
		refused |= refuse_member(blobs, image, conversion->to, conversion->lost[i]);
	for (size_t i = 0; i < conversion->surplus.count; i++)
		refused |= refuse_span(blobs, image, conversion->to, &conversion->surplus.of[i]);
	return refused;
}

/* Append the converted blob, or leave it out after a message. */
static void convert_blob(struct convert *convert, const struct blob *blob)
{
	size_t before = convert->text.len;
	unsigned char *to;
	bool refused = false;

	text_add(&convert->text, (const char *)blob->bytes, blob->size);
	to = (unsigned char *)convert->text.bytes + before;
	for (unsigned int i = 0; i < blob->count; i++) {
		const struct image *image = &blob->images[i];
		const struct conversion *conversion = conversion_from(convert, image->revision);

		refused |= refuse_image(&convert->blobs, image, conversion);
		conversion_run(conversion, to + image->offset, image->bytes);
	}
	if (refused)
		convert->text.len = before;
	convert->refused = refused;
}

/* The zeroes that follow a state in its buffer follow the converted one. */
static void keep_slack(struct convert *convert)
{
	uint32_t zeroes = blobs_slack(&convert->blobs);

	if (!convert->refused)
		text_fill(&convert->text, '\0', zeroes);
}

static void convert_all(struct convert *convert)
{
	struct messages *messages = &convert->session->messages;
	const struct blob *blob;

	while (blobs_read(&convert->blobs)) {
		while (messages->status == EXIT_FINE) {
			keep_slack(convert);
			blob = blobs_next(&convert->blobs);
			if (!blob)
				break;
			convert_blob(convert, blob);
		}
		if (!convert->session->options->out) {
			output_print(messages, &convert->text);
			convert->text.len = 0;
		}
	}
}

/* The output replaces a file as a whole, or not at all. */
static void write_file(struct convert *convert, const char *path)
{
	struct session *session = convert->session;
	struct outputs outputs;

	outputs_init(&outputs, &session->messages, &session->names);
	outputs.folders = false;
	outputs_add(&outputs, path, &convert->text);
	outputs_write(&outputs);
	outputs_free(&outputs);
}

/* The revision to convert to, or NULL after a message. */
static const struct revision *find_goal(struct session *session)
{
	const struct revision *to = session_revision(session, session->options->arguments[0]);

	if (!to)
		return NULL;
	if (!to->has_id)
		report_error(&session->messages, (struct srcpos){ 0 }, "%s has no id",
			     to->path);
	else if (image_fault(to))
		report_error(&session->messages, (struct srcpos){ 0 }, "an image of %s %s",
			     to->path, image_fault(to));
	else
		return to;
	return NULL;
}

static void convert_file(struct convert *convert, const struct revision *from)
{
	const struct options *options = convert->session->options;
	struct messages *messages = &convert->session->messages;

	convert->blobs = (struct blobs){ .messages = messages, .spec = &convert->session->spec,
					 .layout = convert->to->layout, .from = from };
	if (blobs_open(&convert->blobs, options->argument_count > 1 ? options->arguments[1] : NULL))
		convert_all(convert);
	blobs_close(&convert->blobs);
	if (options->out && messages->status == EXIT_FINE)
		write_file(convert, options->out);
	free(convert->conversions);
	text_free(&convert->text);
}

enum exit_status verb_convert(const struct options *options)
{
	struct session session;
	struct convert convert = { .session = &session };
	const struct revision *from = NULL;

	session_begin(&session, options);
	if (session_read_checked(&session))
		convert.to = find_goal(&session);
	if (convert.to && options->from)
		from = session_revision(&session, options->from);
	if (from && from->layout != convert.to->layout)
		report_error(&session.messages, (struct srcpos){ 0 },
			     "--from is a revision of %s, not of %s", from->layout->name,
			     convert.to->layout->name);
	if (session.messages.status == EXIT_FINE)
		convert_file(&convert, from);
	return session_end(&session);
}
