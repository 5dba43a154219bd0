// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Prints what two compilations say about one structure: the kernel's and ours. */
#include <stdio.h>

#include "structure.h"

static const char *side;

static void print(const char *name, unsigned int offset, unsigned int size, unsigned int count)
{
	printf("%s,%s,%u,%u,%u\n", side, name, offset, size, count);
}

int main(void)
{
	puts("side,name,offset,size,count");
	side = "kernel";
	kernel_side(print);
	side = "ours";
	our_side(print);
	return 0;
}
