// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The generated accessors of one revision, whose struct is in REVISION_H and whose map is in
 * MAP_H; and in TABLE_C, if given, the table that the kernel's own code is to go by.
 */
#include REVISION_H
#include MAP_H
#ifdef TABLE_C
#include TABLE_C
#endif

#include "accessors.h"

typedef struct VMCS_STRUCT image_t;

typedef u16 __bitwise end_t;

#define VMCS_END	end_t
#define VMCS_FIND	find_field
#define VMCS_READ	read_field
#define VMCS_WRITE	write_field
#ifdef VMCS_GROUPS
#define VMCS_CLEAN	clean_fields
#endif
#include "vmcs_accessors.h"

int our_read(void *image, unsigned long encoding, unsigned long *value)
{
	end_t end = find_field(encoding);

	if (!end)
		return false;
	*value = read_field(image, encoding, end);
	return true;
}

int our_write(void *image, unsigned long encoding, unsigned long value)
{
	end_t end = find_field(encoding);

#ifdef CLEAN_WORD
	((image_t *)image)->CLEAN_WORD &= ~(u32)clean_fields(encoding);
#endif
	if (!end)
		return false;
	write_field(image, encoding, end, value);
	return true;
}
