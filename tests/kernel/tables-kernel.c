// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The kernel's own look-ups, and its list of shadowed fields.  Its tables come
 * with the files that are included; they keep their names.
 */
#ifdef KVM_ASKED
/* A kernel that asks which fields exist: here a CPU has all of them. */
#include "kvm/vmx/capabilities.h"
static struct vmcs_config vmcs_config = { ~0U, ~0U, ~0U, ~0ULL, ~0U, ~0U };
#include KVM_ASKED
#endif
#include "kvm/vmx/vmcs12.c"
#include KVM_EVMCS_H
#include "stubs-kvm.h"
#include KVM_EVMCS_C

#include "tables.h"

void kernel_prepare(void)
{
#ifdef KVM_ASKED
	nested_vmx_setup_vmcs12_fields();
#endif
}

int kernel_vmcs12_offset(unsigned long encoding)
{
	return get_vmcs12_field_offset(encoding);
}

int kernel_evmcs_offset(unsigned long encoding, unsigned short *clean_field)
{
	return evmcs_field_offset(encoding, clean_field);
}

const struct shadowed kernel_shadowed[] = {
#define SHADOW_FIELD_RO(encoding, member)	{ "ro", encoding, VMCS12_OFFSET(member) },
#define SHADOW_FIELD_RW(encoding, member)	{ "rw", encoding, VMCS12_OFFSET(member) },
#include "kvm/vmx/vmcs_shadow_fields.h"
	{ 0 }
};
