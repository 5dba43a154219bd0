/* SPDX-License-Identifier: GPL-2.0-only */
/* How a selftest's L1 reads and writes its enlightened VMCS. */
#ifndef SELFTEST_KVM_EVMCS_LAYOUT_H
#define SELFTEST_KVM_EVMCS_LAYOUT_H

/* The generated structure's name is made KVM's. */
#define hv_enlightened_vmcs_linux_6_1 hv_enlightened_vmcs
#include "layouts/evmcs/fields.h"
#include "layouts/evmcs/linux-6.1.h"

#define VMCS_REVISION linux_6_1
#define VMCS_CANONICAL linux_6_1
#include "layouts/evmcs/accessors.h"

extern struct hv_enlightened_vmcs *current_evmcs;

/* Both return 0, or 1 if the eVMCS has no such field. */
static inline int evmcs_vmread(u64 encoding, u64 *value)
{
	return !evmcs_linux_6_1_read(current_evmcs, encoding, value);
}

static inline int evmcs_vmwrite(u64 encoding, u64 value)
{
	if (!evmcs_linux_6_1_write(current_evmcs, encoding, value))
		return 1;
	current_evmcs->hv_clean_fields &= ~evmcs_linux_6_1_group(encoding);
	return 0;
}

#endif /* SELFTEST_KVM_EVMCS_LAYOUT_H */
