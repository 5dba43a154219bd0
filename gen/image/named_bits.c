// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "compare/find_in_spec.h"
#include "emit/forms.h"
#include "image/named_bits.h"

/* So many bits that follow each other are one item. */
enum { BITS_OF_A_RUN = 3 };

/* Where the run of bits ends that begins at @bit: the first that is 0, or has a name, or 64. */
static size_t unnamed_end(uint64_t number, size_t bit, const char *const *names, size_t count)
{
	while (bit < 64 && number >> bit & 1 && !(bit < count && names[bit]))
		bit++;
	return bit;
}

struct value *named_bits(struct maker *maker, uint64_t number, const char *const *names,
			 size_t count)
{
	struct value *set = value_list(maker);

	add_named_bits(maker, set, number, names, count);
	return set;
}

void add_named_bits(struct maker *maker, struct value *list, uint64_t number,
		    const char *const *names, size_t count)
{
	for (size_t bit = 0, end; bit < 64; bit = end) {
		const char *text = bit < count ? names[bit] : NULL;

		end = unnamed_end(number, bit, names, count);
		if (end < bit + BITS_OF_A_RUN)
			end = bit + 1;
		if (!(number >> bit & 1))
			continue;
		if (end > bit + 1)
			text = printed(maker, "bits %zu to %zu", bit, end - 1);
		else if (!text)
			text = printed(maker, "bit %zu", bit);
		list_add(maker, list, value_text(maker, text));
	}
}

struct value *named_controls(struct maker *maker, const struct spec *spec,
			     const struct field *field, uint64_t number)
{
	const struct control_word *word = spec_control_word(spec, field);
	const char *names[64] = { NULL };

	if (!word)
		return value_list(maker);
	for (size_t i = 0; i < word->count; i++)
		names[word->controls[i].bit] = word->controls[i].name;
	return named_bits(maker, number, names, 64);
}
