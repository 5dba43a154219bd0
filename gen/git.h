/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Files as a commit in git has them. */
#ifndef VMCSGEN_GIT_H
#define VMCSGEN_GIT_H

#include "source.h"

/*
 * Read @path as the commit @revision has it; the source is called REVISION:PATH.
 * git runs in @folder, which is there and in the repository; a @path that begins
 * with it is looked for relative to it.  On failure NULL after a message that
 * points at @from, as with source_read(): EXIT_BAD_INPUT if git has no such file,
 * EXIT_FAILED_IO if git can't be run.
 */
struct source *git_read(struct arena *arena, struct messages *messages, const char *revision,
			const char *folder, const char *path, struct place from);

/* @path without what goes nowhere: "." and "..", as far as can be told from it. */
const char *git_path(struct arena *arena, const char *path);

#endif
