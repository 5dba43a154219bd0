// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Prints, for each of CASES, the encodings of which vmcs_field_exists() says yes. */
#include <stdio.h>

#include "vmcs_exists.h"

static const struct {
	const char *name;
	struct vmcs_controls may;
} cases[] = {
#include CASES
};

/* An encoding, and all that differ from it above the low 16 bits. */
static void print(const struct vmcs_controls *may, u64 encoding)
{
	if (!vmcs_field_exists(may, encoding))
		return;
	printf(" %04llx", (unsigned long long)encoding);
	for (unsigned int bit = 16; bit < 64; bit++)
		if (vmcs_field_exists(may, encoding | 1ULL << bit))
			printf(" %llx", (unsigned long long)encoding | 1ULL << bit);
}

int main(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		printf("%s:", cases[i].name);
		for (u64 encoding = 0; encoding < 1 << 16; encoding++)
			print(&cases[i].may, encoding);
		printf("\n");
	}
	return 0;
}
