// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Prints, for each of CASES, the encodings of 16 bits of which vmcs_field_exists() says
 * yes, and last those with a bit above, all controls allowed.
 */
#include <stdio.h>
#include <string.h>

#include "vmcs_exists.h"

static const struct {
	const char *name;
	struct vmcs_controls may;
} cases[] = {
#include CASES
};

/* All encodings of 16 bits, with the same bits above. */
static void print(const struct vmcs_controls *may, u64 above)
{
	for (u64 encoding = above; encoding <= (above | 0xffff); encoding++)
		if (vmcs_field_exists(may, encoding))
			printf(" %04llx", (unsigned long long)encoding);
}

int main(void)
{
	struct vmcs_controls all;

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		printf("%s:", cases[i].name);
		print(&cases[i].may, 0);
		printf("\n");
	}
	memset(&all, 0xff, sizeof(all));
	printf("wider:");
	for (unsigned int bit = 16; bit < 64; bit++)
		print(&all, 1ULL << bit);
	printf("\n");
	return 0;
}
