/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Which fields of vmcs12 exist: the kernel's function, and ours. */
#ifndef TESTS_KERNEL_EXISTENCE_H
#define TESTS_KERNEL_EXISTENCE_H

#ifndef KERNEL_SIDE
#include <stdbool.h>
#endif

/* The controls that the CPU has. */
struct words {
	unsigned int pin, cpu, secondary, exit, entry;
	unsigned long long tertiary;
};

bool kernel_exists(const struct words *words, unsigned int encoding);

#endif
