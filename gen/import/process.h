/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Another program, run for what it prints. */
#ifndef VMCSGEN_PROCESS_H
#define VMCSGEN_PROCESS_H

#include "base/text.h"

/*
 * Run a program, found in PATH by the first of @arguments, until it ends; NULL
 * ends them.  It reads nothing, and what it prints is appended to @output and
 * @errors.  Returns what waitpid() tells, or -1 with errno set.
 */
int process_run(const char *const *arguments, struct text *output, struct text *errors);

#endif
