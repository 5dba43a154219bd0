// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The verb decode: prints images, saved nested states, or what a text says of a VMCS. */
#include "command/revisions.h"
#include "command/verbs.h"
#include "command/view.h"
#include "image/blob.h"
#include "image/model_blob.h"
#include "image/model_transcript.h"

/* Print each blob by itself, and free its values before the next one. */
static void decode_blob(struct session *session, const struct blob *blob)
{
	struct arena arena = { 0 };
	struct maker maker = { .arena = &arena, .names = &session->names };

	view_print(session, "decode",
		   model_blob(&maker, &session->spec, blob, session->options->tlfs_names));
	arena_free(&arena);
}

/* Read all of the text before anything is printed. */
static void decode_text(struct session *session, struct source *source)
{
	struct transcripts transcripts = { .arena = &session->arena, .spec = &session->spec,
					   .messages = &session->messages, .source = source };

	if (!read_dumps(&transcripts))
		read_list(&transcripts);
	for (size_t i = 0; i < transcripts.count && session->messages.status == EXIT_FINE; i++) {
		struct arena arena = { 0 };
		struct maker maker = { .arena = &arena, .names = &session->names };

		view_print(session, "transcript",
			   model_transcript(&maker, &session->spec, &transcripts.of[i], i + 1,
					    session->options->tlfs_names));
		arena_free(&arena);
	}
	transcripts_free(&transcripts);
}

static void decode_blobs(struct session *session, struct blobs *blobs)
{
	const struct blob *blob;

	do {
		while (session->messages.status == EXIT_FINE) {
			blobs_slack(blobs);
			blob = blobs_next(blobs);
			if (!blob)
				break;
			decode_blob(session, blob);
		}
	} while (blobs_read(blobs));
}

static void decode_file(struct session *session, const struct revision *from)
{
	struct blobs blobs = { .messages = &session->messages, .spec = &session->spec,
			       .from = from };
	const struct options *options = session->options;
	struct source *text;

	if (blobs_open(&blobs, options->argument_count ? options->arguments[0] : NULL)) {
		text = blobs_text(&blobs, &session->arena);
		if (text)
			decode_text(session, text);
		else
			decode_blobs(session, &blobs);
	}
	blobs_close(&blobs);
}

enum exit_status verb_decode(const struct options *options)
{
	const struct revision *from = NULL;
	struct session session;

	session_begin(&session, options);
	if (session_read_checked(&session) && options->from)
		from = session_revision(&session, options->from);
	if (session.messages.status == EXIT_FINE)
		decode_file(&session, from);
	return session_end(&session);
}
