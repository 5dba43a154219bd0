/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copies and digests of whole pages.  The lab's CPU counts an instruction for each byte of a
 * string instruction, and the C library's memcpy() and memset() use those: these here are
 * five times as fast.
 */
#ifndef VMCS12_STATES_WORDS_H
#define VMCS12_STATES_WORDS_H

#include <stddef.h>
#include <stdint.h>

/* Both are aligned to words, and @size is a multiple of 32. */
static inline void copy_words(void *to, const void *from, size_t size)
{
	const uint64_t *source = from;
	uint64_t *target = to;

	for (size_t i = 0; i < size / sizeof(*target); i += 4) {
		target[i] = source[i];
		target[i + 1] = source[i + 1];
		target[i + 2] = source[i + 2];
		target[i + 3] = source[i + 3];
		asm volatile("" : : : "memory");	/* no memcpy() made of this */
	}
}

static inline void fill_words(void *to, uint8_t byte, size_t size)
{
	uint64_t *target = to, word = byte * 0x0101010101010101;

	for (size_t i = 0; i < size / sizeof(*target); i += 4) {
		target[i] = word;
		target[i + 1] = word;
		target[i + 2] = word;
		target[i + 3] = word;
		asm volatile("" : : : "memory");
	}
}

/* Go on with a digest of words: FNV-1a, but of 64 bits at once. */
static inline uint64_t digest_words(const void *words, size_t size, uint64_t digest)
{
	const uint64_t *word = words;

	for (size_t i = 0; i < size / sizeof(*word); i++)
		digest = (digest ^ word[i]) * 0x100000001b3;
	return digest;
}

#endif
