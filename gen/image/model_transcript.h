/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Transcripts as templates see them; templates/README.md lists the names. */
#ifndef VMCSGEN_MODEL_TRANSCRIPT_H
#define VMCSGEN_MODEL_TRANSCRIPT_H

#include "emit/value.h"
#include "image/transcript.h"

/*
 * What @transcript says; it is the one with @number in its source.  Fields go by Microsoft's names
 * if @tlfs_names says so.
 */
struct value *model_transcript(struct maker *maker, const struct spec *spec,
			       const struct transcript *transcript, size_t number,
			       bool tlfs_names);

#endif
