// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * A mutator that knows that a text is made of lines, and lines of words: what it makes is
 * more often understood than what changes bytes.
 */
#include <ctype.h>

#include "base.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);

/* A part of a text. */
struct part {
	size_t start, end;
};

static const char *const numbers[] = {
	"0", "1", "2", "4", "7", "8", "9", "15", "16", "31", "32", "63", "64", "100", "127", "255",
	"256", "1024", "4095", "4096", "4097", "16383", "16384", "65535", "65536", "1048576",
	"2147483647", "2147483648", "4294967295", "4294967296", "18446744073709551615", "-1", "-8",
	"0x0", "0x10", "0x2004", "0x681e", "0x7fffffff", "0x80000000", "0xffffffffffffffff",
};

static uint32_t chance(uint32_t below)
{
	return below ? rand() % below : 0;
}

static struct part line_at(const uint8_t *text, size_t size, size_t at)
{
	struct part line = { at, at };

	while (line.start && text[line.start - 1] != '\n')
		line.start--;
	while (line.end < size && text[line.end++] != '\n')
		;
	return line;
}

static bool in_word(uint8_t c)
{
	return isalnum(c) || c == '_';
}

/* The word that is at or after a place, which is empty at the end. */
static struct part word_at(const uint8_t *text, size_t size, size_t at)
{
	struct part word = { at, at };

	while (word.start < size && !in_word(text[word.start]))
		word.start++;
	for (word.end = word.start; word.end < size && in_word(text[word.end]); word.end++)
		;
	while (word.start && in_word(text[word.start - 1]))
		word.start--;
	return word;
}

static size_t replace(uint8_t *text, size_t size, size_t most, struct part part,
		      const void *with, size_t count)
{
	size_t tail = size - part.end;
	uint8_t *copy;

	if (part.start + count + tail > most)
		return size;
	copy = malloc(count + 1);
	memcpy(copy, with, count);
	memmove(text + part.start + count, text + part.end, tail);
	memcpy(text + part.start, copy, count);
	free(copy);
	return part.start + count + tail;
}

static size_t mutate_once(uint8_t *text, size_t size, size_t most)
{
	struct part line = line_at(text, size, chance(size));
	struct part other = line_at(text, size, chance(size));
	struct part word = word_at(text, size, chance(size));
	struct part second = word_at(text, size, chance(size));
	const char *new;
	size_t count = 0;

	switch (chance(8)) {
	case 0:				/* a line less, or a few */
		if (chance(3) == 0 && other.start > line.start && other.start < line.start + 300)
			line.end = other.start;
		return replace(text, size, most, line, "", 0);
	case 1:				/* one twice */
	case 2:
		other.end = other.start;
		return replace(text, size, most, other, text + line.start, line.end - line.start);
	case 3:				/* one in place of another */
		return replace(text, size, most, other, text + line.start, line.end - line.start);
	case 4:				/* a word of the text in place of another */
		return replace(text, size, most, word, text + second.start,
			       second.end - second.start);
	case 5:
		for (int i = 0; i < 8 && word.start < size && !isdigit(text[word.start]); i++)
			word = word_at(text, size, chance(size));
		new = numbers[chance(sizeof(numbers) / sizeof(*numbers))];
		return replace(text, size, most, word, new, strlen(new));
	default:			/* a word of the language, in place or between */
		while (words[count])
			count++;
		new = words[chance(count)];
		if (chance(2))
			word.end = word.start;
		return replace(text, size, most, word, new, strlen(new));
	}
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned int seed)
{
	srand(seed);
	if (!size || chance(8) == 0)
		return LLVMFuzzerMutate(data, size, most);
	for (uint32_t rounds = 1 + chance(3); rounds; rounds--)
		size = mutate_once(data, size, most);
	return size;
}

/* Lines of the second among those of the first. */
size_t LLVMFuzzerCustomCrossOver(const uint8_t *first, size_t first_size, const uint8_t *second,
				 size_t second_size, uint8_t *out, size_t most, unsigned int seed)
{
	struct part lines, last;

	if (first_size > most || !second_size)
		return 0;
	srand(seed);
	memcpy(out, first, first_size);
	lines = line_at(second, second_size, chance(second_size));
	last = line_at(second, second_size,
		       lines.start + chance(second_size - lines.start < 500 ?
					    second_size - lines.start : 500));
	return replace(out, first_size, most,
		       (struct part){ line_at(first, first_size, chance(first_size)).start,
				      line_at(first, first_size, 0).start },
		       second + lines.start, last.end - lines.start);
}
