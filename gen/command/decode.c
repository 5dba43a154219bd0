// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The verb decode: prints images, or saved nested states. */
#include "command/revisions.h"
#include "command/verbs.h"
#include "command/view.h"
#include "image/blob.h"
#include "image/model_blob.h"

/* Print each blob by itself, and free its values before the next one. */
static void decode_blob(struct session *session, const struct blob *blob)
{
	struct arena arena = { 0 };
	struct maker maker = { .arena = &arena, .names = &session->names };

	view_print(session, "decode",
		   model_blob(&maker, &session->spec, blob, session->options->tlfs_names));
	arena_free(&arena);
}

static void decode_file(struct session *session, const struct revision *from)
{
	struct blobs blobs = { .messages = &session->messages, .spec = &session->spec,
			       .from = from };
	const struct options *options = session->options;
	const struct blob *blob;

	if (blobs_open(&blobs, options->argument_count ? options->arguments[0] : NULL))
		while (blobs_read(&blobs))
			while (session->messages.status == EXIT_FINE) {
				blobs_slack(&blobs);
				blob = blobs_next(&blobs);
				if (!blob)
					break;
				decode_blob(session, blob);
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
