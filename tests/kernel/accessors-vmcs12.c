// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The kernel's access to vmcs12, which is by a table of offsets: the kernel's own, or the
 * one that this is linked with.  The struct itself does not matter.
 */
#include "kvm/vmx/vmcs12.h"
#ifdef OWN_TABLE
#include "kvm/vmx/vmcs12.c"
#endif

#include "accessors.h"

int kernel_read(void *image, unsigned long encoding, unsigned long *value)
{
	short offset = get_vmcs12_field_offset(encoding);

	if (offset < 0)
		return false;
	*value = vmcs12_read_any(image, encoding, offset);
	return true;
}

int kernel_write(void *image, unsigned long encoding, unsigned long value)
{
	short offset = get_vmcs12_field_offset(encoding);

	if (offset < 0)
		return false;
	vmcs12_write_any(image, encoding, offset, value);
	return true;
}
