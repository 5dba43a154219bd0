// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Compares the pages that the kernel's copies and ours leave behind, for every value of
 * hv_clean_fields.  The pages are random, and each value has two turns, in the second
 * with the eVMCS inverted: so no byte can be right in both by what was there before.
 * What the kernel's write outside the pages is reported with the groups that cause it.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "copies.h"

struct pages {
	unsigned char evmcs[EVMCS_BYTES], vmcs12[VMCS12_BYTES];
};

static unsigned long compared, differences;
static unsigned char beside[0x10000];	/* what an entry wrote of the vCPU, by clean fields */

/* Marsaglia's xorshift: the same pages every time. */
static void randomise(struct pages *pages)
{
	static uint64_t state = 0x20180305;

	for (unsigned int at = 0; at < sizeof(*pages); at += sizeof(state)) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		memcpy((unsigned char *)pages + at, &state, sizeof(state));
	}
}

static void compare(const char *what, unsigned int clean_fields, const unsigned char *kernel,
		    const unsigned char *ours, unsigned int size)
{
	compared += size;
	if (!memcmp(kernel, ours, size))
		return;
	for (unsigned int i = 0; i < size; i++)
		if (kernel[i] != ours[i] && differences++ < 100)
			printf("difference,%s 0x%04x,%u\n", what, clean_fields, i);
}

/* Returns what an entry wrote of the vCPU. */
static unsigned int turn(const struct pages *pages, unsigned int clean_fields)
{
	static struct pages kernel, ours;
	unsigned int written;

	kernel = ours = *pages;
	written = kernel_enter(kernel.vmcs12, kernel.evmcs, clean_fields);
	our_enter(ours.vmcs12, ours.evmcs, clean_fields);
	compare("vmcs12 after an entry", clean_fields, kernel.vmcs12, ours.vmcs12, VMCS12_BYTES);
	compare("evmcs after an entry", clean_fields, kernel.evmcs, ours.evmcs, EVMCS_BYTES);

	kernel = ours = *pages;
	if (kernel_leave(kernel.evmcs, kernel.vmcs12))
		printf("difference,vCPU after an exit,%u\n", clean_fields);
	our_leave(ours.evmcs, ours.vmcs12);
	compare("evmcs after an exit", clean_fields, kernel.evmcs, ours.evmcs, EVMCS_BYTES);
	compare("vmcs12 after an exit", clean_fields, kernel.vmcs12, ours.vmcs12, VMCS12_BYTES);
	return written;
}

/*
 * Find the groups of which each alone makes an entry write something of the vCPU, and
 * that nothing else does.
 */
static void tell_beside(const char *what, unsigned int written)
{
	unsigned int groups = 0;

	for (unsigned int bit = 0; bit < 16; bit++)
		if (beside[0xffff & ~(1 << bit)] & written)
			groups |= 1 << bit;
	for (unsigned int clean_fields = 0; clean_fields < 0x10000; clean_fields++)
		if (!(beside[clean_fields] & written) != !(~clean_fields & groups))
			printf("difference,%s,%u\n", what, clean_fields);
	printf("beside,%s,%u\n", what, groups);
}

int main(void)
{
	static struct pages pages;

	puts("kind,what,number");
	/* A hundred differences are enough to be told. */
	for (unsigned int clean_fields = 0; clean_fields < 0x10000 && differences < 100;
	     clean_fields++) {
		randomise(&pages);
		beside[clean_fields] = turn(&pages, clean_fields);
		for (unsigned int i = 0; i < EVMCS_BYTES; i++)
			pages.evmcs[i] ^= 0xff;
		/* There are no such bits. */
		if (turn(&pages, clean_fields | 0xffff0000) != beside[clean_fields])
			printf("difference,vCPU in the second turn,%u\n", clean_fields);
	}
	if (!differences) {
		tell_beside("recalc_msr_bitmap", RECALC_MSR_BITMAP);
		tell_beside("take_ids", TAKE_IDS);
		tell_beside("anything_else", ANYTHING_ELSE);
	}
	printf("count,bytes,%lu\n", compared);
	printf("count,differences,%lu\n", differences);
	return 0;
}
