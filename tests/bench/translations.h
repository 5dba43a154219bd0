/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Images in another revision, loaded and stored many times: as generated, by the function and
 * by the table that has it; field by field; as unrolled moves of as many bytes; as 1,000
 * bytes by REP MOVSB; and not at all.
 */
#ifndef TESTS_BENCH_TRANSLATIONS_H
#define TESTS_BENCH_TRANSLATIONS_H

typedef void translate_fn(unsigned char *to, const unsigned char *from, unsigned int times);

translate_fn ours_load, table_load, loop_load, limit_load;
translate_fn ours_store, table_store, loop_store, limit_store;
translate_fn rep_translate, nothing_translate;

/* Once, before loop_load() and loop_store(). */
void prepare_loop(void);

/* The offset of the first field that differs in two structures, or in two images; or 0. */
unsigned int differs_in_memory(const unsigned char *a, const unsigned char *b);
unsigned int differs_in_image(const unsigned char *a, const unsigned char *b);

#endif
