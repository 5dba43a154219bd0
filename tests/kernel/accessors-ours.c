// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The generated accessors of one revision, whose struct is in REVISION_H. */
#include REVISION_H

#define VMCS_REVISION	REVISION
#define VMCS_CANONICAL	REVISION
#include ACCESSORS_H

#include "accessors.h"

int our_read(void *image, unsigned long encoding, unsigned long *value)
{
	u64 found = *value;
	int there = OWN(read)(image, encoding, &found);

	*value = found;
	return there;
}

int our_write(void *image, unsigned long encoding, unsigned long value)
{
#ifdef CLEAN_FIELDS
	int there = OWN(write)(image, encoding, value);

	((struct STRUCT *)image)->CLEAN_FIELDS &= ~(u32)OWN(group)(encoding);
	return there;
#else
	return OWN(write)(image, encoding, value);
#endif
}
