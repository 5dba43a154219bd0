// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Prints the kernel's numbers and the generated ones, for a script to compare. */
#include <stdio.h>

#include "controls.h"

static const char *side;

static void print(const char *name, unsigned long long value)
{
	printf("%s,%s,0x%08llx\n", side, name, value);
}

static void print_numbers(const struct number *number)
{
	for (; number->name; number++)
		print(number->name, number->value);
}

int main(void)
{
	puts("side,name,value");
	side = "kernel";
	print_numbers(kernel_numbers);
	side = "ours";
	print_numbers(our_numbers);
	side = "hyperv_on_kvm";
	kernel_for_guest(print);
	side = "kvm_on_hyperv";
	kernel_for_itself(print);
	return 0;
}
