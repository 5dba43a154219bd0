// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdlib.h>

#include "image/transcript.h"

struct transcript *transcripts_begin(struct transcripts *transcripts, struct srcpos pos)
{
	struct transcript *transcript;

	transcripts->of = grow(transcripts->of, &transcripts->room, transcripts->count + 1,
			       sizeof(*transcripts->of));
	transcript = &transcripts->of[transcripts->count++];
	*transcript = (struct transcript){ .pos = pos };
	return transcript;
}

const struct told_value *transcript_value(const struct transcript *transcript,
					  const struct field *field)
{
	size_t index = field ? (uintptr_t)table_object(&transcript->by_field, field) : 0;

	return index ? &transcript->values[index - 1] : NULL;
}

bool transcript_add(struct transcripts *transcripts, struct transcript *transcript,
		    const struct told_value *value)
{
	const struct told_value *first = transcript_value(transcript, value->field);

	if (first && first->number == value->number)
		return true;
	if (first) {
		report_error(transcripts->messages, value->pos, "%s has another value already",
			     value->field->name);
		report_note(transcripts->messages, first->pos, "the first value");
		return false;
	}
	transcript->values = grow(transcript->values, &transcript->room, transcript->count + 1,
				  sizeof(*transcript->values));
	transcript->values[transcript->count++] = *value;
	if (value->field)
		table_add_object(&transcript->by_field, value->field,
				 (void *)(uintptr_t)transcript->count);
	return true;
}

void transcripts_free(struct transcripts *transcripts)
{
	for (size_t i = 0; i < transcripts->count; i++) {
		table_free(&transcripts->of[i].by_field);
		free(transcripts->of[i].values);
		free(transcripts->of[i].missing);
	}
	free(transcripts->of);
}
