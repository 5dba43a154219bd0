// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The verb decode: what images, or saved nested states, hold. */
#include "command/run.h"
#include "image/blob.h"
#include "image/model_blob.h"

/* Each blob is printed by itself: what was made for it is gone before the next one. */
static void decode_blob(struct run *run, const struct blob *blob)
{
	struct arena arena = { 0 };
	struct maker maker = { .arena = &arena, .names = &run->names };

	run_view(run, "decode", model_blob(&maker, &run->spec, blob, run->options->tlfs_names));
	arena_free(&arena);
}

static void decode_file(struct run *run, const struct revision *from)
{
	struct blobs blobs = { .messages = &run->messages, .spec = &run->spec, .from = from };
	const struct options *options = run->options;
	const struct blob *blob;

	if (blobs_open(&blobs, options->count ? options->arguments[0] : NULL))
		while (blobs_read(&blobs))
			while (run->messages.status == EXIT_FINE) {
				blobs_slack(&blobs);
				blob = blobs_next(&blobs);
				if (!blob)
					break;
				decode_blob(run, blob);
			}
	blobs_close(&blobs);
}

enum exit_status verb_decode(const struct options *options)
{
	const struct revision *from = NULL;
	struct run run;

	run_begin(&run, options);
	if (run_load(&run) && options->from)
		from = run_revision(&run, &run.spec, options->from);
	if (run.messages.status == EXIT_FINE)
		decode_file(&run, from);
	return run_end(&run);
}
