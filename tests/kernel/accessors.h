/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Access to the fields of an image by any encoding: as the kernel does it for VMREAD and
 * VMWRITE, and as the generated accessors do.  False: there is no such field.  A write to
 * an enlightened VMCS also clears the clean-field bits of the field's group.
 */
#ifndef TESTS_KERNEL_ACCESSORS_H
#define TESTS_KERNEL_ACCESSORS_H

enum { IMAGE_BYTES = 4096 };

int kernel_read(void *image, unsigned long encoding, unsigned long *value);
int kernel_write(void *image, unsigned long encoding, unsigned long value);
int our_read(void *image, unsigned long encoding, unsigned long *value);
int our_write(void *image, unsigned long encoding, unsigned long value);

#endif
