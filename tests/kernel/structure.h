/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What a compiler says about a structure; understood on either side. */
#ifndef TESTS_KERNEL_STRUCTURE_H
#define TESTS_KERNEL_STRUCTURE_H

/*
 * Told of the structure ("sizeof"), then of each member and how many elements it
 * has, and of bit fields with what a u32 there holds if all bits of it are 1.
 */
typedef void (*tell)(const char *name, unsigned int offset, unsigned int size,
		     unsigned int count);

void kernel_side(tell tell);
void our_side(tell tell);

#endif
