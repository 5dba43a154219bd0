// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Compares the kernel's access with ours: all encodings of 16 bits, and each of them
 * with bits above.  A line for each that only one side knows, and for each that both
 * know and see differently.
 */
#include <stdio.h>
#include <string.h>

#include "accessors.h"

static unsigned long known, compared;
static unsigned char before[IMAGE_BYTES], kernel[IMAGE_BYTES], ours[IMAGE_BYTES];

/* Marsaglia's xorshift: the same numbers every time. */
static unsigned long random_number(void)
{
	static unsigned long state = 0x20151021;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static void compare_reads(unsigned long encoding)
{
	const unsigned long unset = random_number();
	unsigned long theirs = unset, mine = unset;
	int there = kernel_read(kernel, encoding, &theirs);

	if (our_read(ours, encoding, &mine) != there)
		printf("read,0x%lx,%d\n", encoding, there);
	else if (mine != theirs)
		printf("value,0x%lx,\n", encoding);
	known += there;
}

static void compare_writes(unsigned long encoding, unsigned long value)
{
	int there = kernel_write(kernel, encoding, value);

	if (our_write(ours, encoding, value) != there)
		printf("write,0x%lx,%d\n", encoding, there);
	else if (!there)
		return;		/* and nothing is written, as is seen below */
	else if (memcmp(ours, kernel, IMAGE_BYTES))
		printf("image,0x%lx,\n", encoding);
	memcpy(kernel, before, IMAGE_BYTES);
	memcpy(ours, before, IMAGE_BYTES);
}

/* What was refused has to have left our image as it was. */
static void check_refused(unsigned long encoding)
{
	if (!memcmp(ours, before, IMAGE_BYTES))
		return;
	printf("image,0x%lx,\n", encoding);
	memcpy(ours, before, IMAGE_BYTES);
}

static void compare(unsigned long encoding)
{
	unsigned long value = random_number();

	compare_reads(encoding);
	compare_writes(encoding, value);
	compare_writes(encoding, ~value);	/* so that no byte is right already */
	compared++;
}

int main(void)
{
	for (unsigned int i = 0; i < IMAGE_BYTES; i++)
		before[i] = kernel[i] = ours[i] = random_number();
	puts("kind,encoding,kernel");
	for (unsigned long encoding = 0; encoding < 0x10000; encoding++) {
		compare(encoding);
		for (unsigned int bit = 16; bit < 64; bit++)
			compare(encoding | 1UL << bit);
		compare(encoding | random_number() << 16);
		check_refused(encoding);
	}
	printf("count,compared,%lu\n", compared);
	printf("count,known,%lu\n", known);
	return 0;
}
