/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Numbers by name, as one side or the other defines them. */
#ifndef TESTS_KERNEL_CONTROLS_H
#define TESTS_KERNEL_CONTROLS_H

struct number {
	const char *name;	/* NULL in the last */
	unsigned long long value;
};

extern const struct number kernel_numbers[], our_numbers[];

/* What the kernel lets a guest set that uses an eVMCS, and what it sets itself. */
void kernel_for_guest(void (*print)(const char *word, unsigned long long bits));
void kernel_for_itself(void (*print)(const char *word, unsigned long long bits));

#endif
