/* SPDX-License-Identifier: GPL-2.0-only */
/* How a selftest's L1 reads and writes its enlightened VMCS. */
#ifndef SELFTEST_KVM_EVMCS_LAYOUT_H
#define SELFTEST_KVM_EVMCS_LAYOUT_H

#include "layouts/evmcs/fields.h"
#include "layouts/evmcs/linux-6.1.h"
#include "layouts/evmcs/linux-6.1-map.h"

/* Where it has a field: sparse tells this from an offset in another structure. */
typedef u16 __bitwise evmcs_offset_t;

#define VMCS_STRUCT	hv_enlightened_vmcs
#define VMCS_MAP	evmcs_linux_6_1_map
#define VMCS_GROUPS	evmcs_linux_6_1_groups
#define VMCS_OFFSET	evmcs_offset_t
#define VMCS_FIND	evmcs_find_field
#define VMCS_READ	evmcs_read_field
#define VMCS_WRITE	evmcs_write_field
#define VMCS_CLEAN	evmcs_clean_fields
#include "layouts/vmcs_accessors.h"

extern struct hv_enlightened_vmcs *current_evmcs;

/* Both return 0, or 1 if the eVMCS has no such field. */
static inline int evmcs_vmread(u64 encoding, u64 *value)
{
	evmcs_offset_t offset = evmcs_find_field(encoding);

	if (!offset)
		return 1;
	*value = evmcs_read_field(current_evmcs, encoding, offset);
	return 0;
}

static inline int evmcs_vmwrite(u64 encoding, u64 value)
{
	evmcs_offset_t offset = evmcs_find_field(encoding);

	if (!offset)
		return 1;
	evmcs_write_field(current_evmcs, encoding, offset, value);
	current_evmcs->hv_clean_fields &= ~evmcs_clean_fields(encoding);
	return 0;
}

#endif /* SELFTEST_KVM_EVMCS_LAYOUT_H */
