/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Files as a commit in git has them. */
#ifndef VMCSGEN_GIT_H
#define VMCSGEN_GIT_H

#include "language/include.h"

/*
 * Files of a commit; the source of one is called COMMIT:PATH. git runs in the folder of the spec's
 * root, which must be in the repository; a path that begins with that folder is made relative to
 * it.  The status is EXIT_BAD_INPUT if git has no such file, EXIT_FAILED_IO if git can't be run.
 */
extern const struct spec_files git_files;

/*
 * Whether HEAD is @commit or comes from it, in the repository that has @folder ("" is the current
 * one).  False, without a message, if git can't tell.
 */
bool git_head_comes_from(const char *folder, const char *commit);

#endif
