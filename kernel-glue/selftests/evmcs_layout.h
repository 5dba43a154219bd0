/* SPDX-License-Identifier: GPL-2.0-only */
/* How a selftest's L1 reads and writes its enlightened VMCS. */
#ifndef SELFTEST_KVM_EVMCS_LAYOUT_H
#define SELFTEST_KVM_EVMCS_LAYOUT_H

#include "layouts/evmcs/fields.h"
#include "layouts/evmcs/linux.h"
#include "layouts/evmcs/linux-map.h"

/* Where a field ends in an eVMCS; 0 says that it has no such field. */
typedef u16 __bitwise evmcs_end_t;

#define VMCS_STRUCT	hv_enlightened_vmcs
#define VMCS_MAP	evmcs_linux_map
#define VMCS_GROUPS	evmcs_linux_groups
#define VMCS_END	evmcs_end_t
#define VMCS_FIND	evmcs_find_field
#define VMCS_READ	evmcs_read_field
#define VMCS_WRITE	evmcs_write_field
#define VMCS_CLEAN	evmcs_clean_fields
#include "layouts/vmcs_accessors.h"

extern struct hv_enlightened_vmcs *current_evmcs;

/* Both return 0, or 1 if the eVMCS has no such field. */
static inline int evmcs_vmread(u64 encoding, u64 *value)
{
	evmcs_end_t end = evmcs_find_field(encoding);

	if (!end)
		return 1;
	*value = evmcs_read_field(current_evmcs, encoding, end);
	return 0;
}

static inline int evmcs_vmwrite(u64 encoding, u64 value)
{
	evmcs_end_t end = evmcs_find_field(encoding);

	if (!end)
		return 1;
	evmcs_write_field(current_evmcs, encoding, end, value);
	current_evmcs->hv_clean_fields &= ~evmcs_clean_fields(encoding);
	return 0;
}

#endif /* SELFTEST_KVM_EVMCS_LAYOUT_H */
