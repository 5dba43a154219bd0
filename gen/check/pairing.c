// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdlib.h>

#include "check/pairing.h"

static bool is_of(const struct revision *revision, const struct member *member)
{
	return member >= revision->members && member < revision->members + revision->count;
}

static const struct member **partner(const struct pairing *pairing, const struct member *member)
{
	if (is_of(pairing->a, member))
		return &pairing->of_a[member - pairing->a->members];
	return &pairing->of_b[member - pairing->b->members];
}

const struct member *pairing_partner(const struct pairing *pairing, const struct member *member)
{
	return *partner(pairing, member);
}

bool pairing_add(struct pairing *pairing, const struct member *of_a, const struct member *of_b)
{
	const struct member **a = &pairing->of_a[of_a - pairing->a->members];
	const struct member **b = &pairing->of_b[of_b - pairing->b->members];

	if (*a || *b || of_a->pad || of_b->pad)
		return false;
	*a = of_b;
	*b = of_a;
	return true;
}

void pairing_headers(struct pairing *pairing)
{
	const struct member *a = revision_header(pairing->a), *b = revision_header(pairing->b);

	if (a && b)
		pairing_add(pairing, a, b);
}

void pairing_encodings(struct pairing *pairing)
{
	for (size_t i = 0; i < pairing->a->count; i++) {
		const struct member *member = &pairing->a->members[i];
		const struct member *other = member->field ?
			table_number(&pairing->b->by_encoding, member->field->encoding) : NULL;

		if (other)
			pairing_add(pairing, member, other);
	}
}

void pairing_names(struct pairing *pairing)
{
	for (size_t i = 0; i < pairing->a->count; i++) {
		const struct member *member = &pairing->a->members[i];
		const struct member *other = table_name(&pairing->b->by_name, member->name);

		if (other && !(member->field && other->field))
			pairing_add(pairing, member, other);
	}
}

void pairing_init(struct pairing *pairing, const struct revision *a, const struct revision *b)
{
	*pairing = (struct pairing){
		.a = a, .b = b,
		.of_a = xcalloc(a->count, sizeof(*pairing->of_a)),
		.of_b = xcalloc(b->count, sizeof(*pairing->of_b)),
	};
}

void pairing_free(struct pairing *pairing)
{
	free(pairing->of_a);
	free(pairing->of_b);
}
