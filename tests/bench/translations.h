/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * An image in another revision, many times: as generated, field by field, as unrolled moves
 * of as many bytes, as 1,000 bytes by REP MOVSB, and not at all.
 */
#ifndef TESTS_BENCH_TRANSLATIONS_H
#define TESTS_BENCH_TRANSLATIONS_H

typedef void translate_fn(unsigned char *to, const unsigned char *from, unsigned int times);

translate_fn ours_translate, loop_translate, limit_translate, rep_translate, nothing_translate;

/* Once, before loop_translate(). */
void prepare_loop(void);

#endif
