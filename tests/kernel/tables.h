/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the two sides of the comparison of look-up tables know of each other. */
#ifndef TESTS_KERNEL_TABLES_H
#define TESTS_KERNEL_TABLES_H

struct shadowed {
	const char *access;	/* NULL in the last */
	unsigned int encoding;
	unsigned int offset;	/* of the member of struct vmcs12 */
};

extern const struct shadowed kernel_shadowed[], our_shadowed[];

/* Let the kernel fill tables that it has empty. */
void kernel_prepare(void);

/* The offset, or less than zero where the kernel knows no such field. */
int kernel_vmcs12_offset(unsigned long encoding);
int kernel_evmcs_offset(unsigned long encoding, unsigned short *clean_field);

#endif
