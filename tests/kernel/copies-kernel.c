// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The kernel's two copy routines, which ROUTINES holds.  What else they write is of the
 * vCPU, not of the pages: that the MSR bitmap may have changed and, in 6.12, the assist
 * page and the ids of VM and vCPU, for which vmcs12 has no place.
 */
#include KVM_EVMCS_H
#include "stubs-kvm.h"
#ifdef KVM_ONHYPERV_C
#include "kvm/vmx/hyperv.h"
#endif
#include ROUTINES

#include "copies.h"

void kernel_enter(void *vmcs12, void *evmcs, unsigned int clean_fields)
{
	struct vcpu_vmx vmx = { .nested = { .cached_vmcs12 = vmcs12, .hv_evmcs = evmcs } };

	copy_enlightened_to_vmcs12(&vmx, clean_fields);
}

void kernel_leave(void *evmcs, void *vmcs12)
{
	struct vcpu_vmx vmx = { .nested = { .cached_vmcs12 = vmcs12, .hv_evmcs = evmcs } };

	copy_vmcs12_to_enlightened(&vmx);
}

#define SIZE(name)	sizeof(((struct hv_enlightened_vmcs *)0)->name)

const struct evmcs_member kernel_members[] = {
#define MEMBER(name)	{ #name, offsetof(struct hv_enlightened_vmcs, name), SIZE(name) },
#define ARRAY(name)	MEMBER(name)
#include MEMBERS
	{ 0 }
};

_Static_assert(sizeof(struct hv_enlightened_vmcs) == EVMCS_BYTES, "an eVMCS fills its page");
_Static_assert(sizeof(struct vmcs12) <= VMCS12_BYTES, "a vmcs12 fits its page");
