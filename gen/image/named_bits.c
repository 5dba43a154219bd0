// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "compare/find_in_spec.h"
#include "emit/forms.h"
#include "image/named_bits.h"

struct value *named_bits(struct maker *maker, uint64_t number, const char *const *names,
			 size_t count)
{
	struct value *set = value_list(maker);

	for (size_t bit = 0; bit < 64; bit++) {
		const char *name = bit < count ? names[bit] : NULL;

		if (number >> bit & 1)
			list_add(maker, set, value_text(maker, name ? name :
							printed(maker, "bit %zu", bit)));
	}
	return set;
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
