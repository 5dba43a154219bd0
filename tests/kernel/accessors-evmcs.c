// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The kernel's access to an enlightened VMCS: VMREAD for a guest of its own, and for
 * writes what it does as a guest of Hyper-V, by the field's width.  It is by a table of
 * offsets: the kernel's own, or the one that this is linked with; of the struct only the
 * place of the clean fields matters.
 */
#define CONFIG_HYPERV			1
#define this_cpu_read(variable)		(variable)
#define static_branch_unlikely(key)	(key)
#define WARN_ONCE(condition, ...)	((void)(condition))
#define KVM_BUG_ON(condition, kvm)	(condition)

#include KVM_EVMCS_H
#ifdef OWN_TABLE
#include "stubs-kvm.h"
#include KVM_EVMCS_C
#endif
#ifdef KVM_ONHYPERV_H
#include KVM_ONHYPERV_H
#endif

#include "accessors.h"

struct vmcs *current_vmcs;

int kernel_read(void *image, unsigned long encoding, unsigned long *value)
{
	int offset = evmcs_field_offset(encoding, NULL);

	if (offset < 0)
		return false;
	*value = evmcs_read_any(image, encoding, offset);
	return true;
}

int kernel_write(void *image, unsigned long encoding, unsigned long value)
{
	if (evmcs_field_offset(encoding, NULL) < 0)
		return false;
	current_vmcs = image;
	switch (vmcs_field_width(encoding)) {
	case VMCS_FIELD_WIDTH_U16:
		evmcs_write16(encoding, value);
		break;
	case VMCS_FIELD_WIDTH_U32:
		evmcs_write32(encoding, value);
		break;
	default:
		evmcs_write64(encoding, value);
		break;
	}
	return true;
}
