/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the fuzzers share: the program's own main() runs in a folder in memory, next to which
 * lies what the folder FUZZ_WITH has, the templates among it; and each run is held against
 * what always has to be so.
 */
#ifndef FUZZ_BASE_H
#define FUZZ_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* End the run with a fault unless @condition holds. */
#define CLAIM(condition) \
	((condition) ? (void)0 : claim_failed(#condition, __FILE__, __LINE__))
void claim_failed(const char *condition, const char *file, int line) __attribute__((noreturn));

/*
 * Begin with an input: the folder becomes empty and has these files: @name, and those that
 * begin after a line "=== NAME".
 */
void input_begin(const uint8_t *data, size_t size, const char *name);

/* Write a file into the folder, which has t/views and t/partials for templates. */
void put_file(const char *name, const void *bytes, size_t size);

/* The bytes of a file, with a NUL after them, to be freed; NULL if it is not there. */
char *get_file(const char *name, size_t *size);

/*
 * Run the program with these arguments, the last of which is NULL; returns its exit
 * status.  It claims that the status is one that the manual tells, that a failure has a
 * message, and that time, messages and output are bounded by the size of the input.
 */
int vmcsgen(const char *verb, ...) __attribute__((sentinel));

/* What the last run has printed: owned by the next one. */
extern char *stdout_bytes;
extern size_t stdout_size;

/* A number for all that is below a folder; names count, times do not. */
uint64_t tree_hash(const char *folder);

/* The words that a mutated text is made of, the last of which is NULL. */
extern const char *const words[];

#endif
