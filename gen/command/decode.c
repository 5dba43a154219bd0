// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The verb decode: prints images, saved nested states, or what a text says of a VMCS. */
#include <stdlib.h>

#include "command/revisions.h"
#include "command/verbs.h"
#include "command/view.h"
#include "image/blob.h"
#include "image/fits.h"
#include "image/model_blob.h"
#include "image/model_transcript.h"

/* Say if an image does not fit the revision that it is taken for, or fits another better. */
static void warn_of_misfit(struct session *session, const struct blobs *blobs,
			   const struct blob *blob, const struct image *image)
{
	const struct fit *taken, *best;
	struct arena arena = { 0 };
	struct fits fits;

	fits_rank(&fits, &arena, &session->spec, image->revision, image->bytes);
	best = fits.of;
	taken = fits_of(&fits, image->revision);
	if (taken != best)
		report_check(&session->messages, SEVERITY_WARNING, NULL, (struct srcpos){ 0 },
			     "%s, %s %llu, byte %llu: %s fits better than %s, where %s "
			     "(misfits: %zu, not %zu)", blobs->name, blob->bare ? "page" : "state",
			     (unsigned long long)blob->number,
			     (unsigned long long)(blob->at + image->offset), best->revision->path,
			     taken->revision->path, taken->misfits.of[0], best->misfits.count,
			     taken->misfits.count);
	else if (blobs->from == image->revision && taken->misfits.count)
		report_check(&session->messages, SEVERITY_WARNING, NULL, (struct srcpos){ 0 },
			     "%s, %s %llu, byte %llu: this may not be %s: %s (misfits: %zu)",
			     blobs->name, blob->bare ? "page" : "state",
			     (unsigned long long)blob->number,
			     (unsigned long long)(blob->at + image->offset),
			     taken->revision->path, taken->misfits.of[0], taken->misfits.count);
	fits_free(&fits);
	arena_free(&arena);
}

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
			for (unsigned int i = 0; i < blob->count; i++)
				warn_of_misfit(session, blobs, blob, &blob->images[i]);
			decode_blob(session, blob);
		}
	} while (blobs_read(blobs));
}

/* Why a page is unlikely to be a VMCS; NULL if it is likely to be one. */
static const char *doubt(struct arena *arena, const struct fit *fit, const struct remarks *signs)
{
	if (signs->count >= SIGNS_LIKELY + fit->misfits.count)
		return NULL;
	if (fit->misfits.count)
		return arena_printf(arena, "%s (misfits: %zu)", fit->misfits.of[0],
				    fit->misfits.count);
	return "it holds little else than its id";
}

/* Print a page that has an id: why it may be a VMCS, and what it holds, if that is likely. */
static void tell_page(struct session *session, const struct blobs *blobs, struct blob blob)
{
	struct image *image = &blob.images[0];
	struct arena arena = { 0 };
	struct maker maker = { .arena = &arena, .names = &session->names };
	const char *reason;
	struct remarks signs;
	struct fits fits;
	struct value *map;

	fits_rank(&fits, &arena, &session->spec, image->revision, image->bytes);
	if (image->revision != blobs->from)
		image->revision = fits.of[0].revision;
	signs = image_signs(&session->spec, image->revision, image->bytes);
	reason = doubt(&arena, fits_of(&fits, image->revision), &signs);
	map = model_blob(&maker, &session->spec, &blob, session->options->tlfs_names);
	map_scan(&maker, map, blob.at, reason, !reason || session->options->scan_all);
	view_print(session, "scan", map);
	free(signs.of);
	fits_free(&fits);
	arena_free(&arena);
}

/* Find pages in a memory image, of which no more than the buffer holds is in memory. */
static void scan_blobs(struct session *session, struct blobs *blobs)
{
	const struct blob *blob;

	while (!blobs->ended && blobs_read(blobs))
		while (session->messages.status == EXIT_FINE && (blob = blobs_scan(blobs)))
			tell_page(session, blobs, *blob);
	if (session->messages.status != EXIT_FINE)
		return;
	if (!blobs->number)
		report_error(&session->messages, (struct srcpos){ 0 },
			     "%s has no page with the id of a revision", blobs->name);
	if (blobs->len > blobs->next)
		report_check(&session->messages, SEVERITY_WARNING, NULL, (struct srcpos){ 0 },
			     "%s: the last %zu bytes are not a whole page", blobs->name,
			     blobs->len - blobs->next);
}

static void decode_file(struct session *session, const struct revision *from)
{
	struct blobs blobs = { .messages = &session->messages, .spec = &session->spec,
			       .from = from };
	const struct options *options = session->options;
	struct source *text;

	if (blobs_open(&blobs, options->argument_count ? options->arguments[0] : NULL)) {
		text = options->scan ? NULL : blobs_text(&blobs, &session->arena);
		if (options->scan)
			scan_blobs(session, &blobs);
		else if (text && from)
			report_error(&session->messages, (struct srcpos){ 0 },
				     "%s is a text: --from is for images", blobs.name);
		else if (text)
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
