// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The kernel's two copy routines, which ROUTINES holds, and a vCPU for them to write. */
#include KVM_EVMCS_H
#include "stubs-kvm.h"
#ifdef KVM_ONHYPERV_C
#include "kvm/vmx/hyperv.h"
#endif
#include ROUTINES

#include "copies.h"

static struct vcpu_vmx vmx, vmx_before;
static struct kvm_vcpu_hv hv_before;

/* Lay out a vCPU of which no id is that of the page. */
static void prepare(void *vmcs12, struct hv_enlightened_vmcs *evmcs)
{
	struct kvm_vcpu_hv *hv = to_hv_vcpu(&vmx.vcpu);

	vmx.nested.cached_vmcs12 = vmcs12;
	vmx.nested.hv_evmcs = evmcs;
	hv->nested.pa_page_gpa = ~evmcs->partition_assist_page;
	hv->nested.vm_id = ~evmcs->hv_vm_id;
	hv->nested.vp_id = ~evmcs->hv_vp_id;
	__builtin_memcpy(&vmx_before, &vmx, sizeof(vmx));
	__builtin_memcpy(&hv_before, hv, sizeof(*hv));
}

/* What was written of it, and put it back. */
static unsigned int written(const struct hv_enlightened_vmcs *evmcs)
{
	struct kvm_vcpu_hv *hv = to_hv_vcpu(&vmx.vcpu);
	unsigned int what = 0;

	if (vmx.nested.force_msr_bitmap_recalc) {
		vmx.nested.force_msr_bitmap_recalc = false;
		what |= RECALC_MSR_BITMAP;
	}
	if (hv->nested.pa_page_gpa == evmcs->partition_assist_page &&
	    hv->nested.vm_id == evmcs->hv_vm_id && hv->nested.vp_id == evmcs->hv_vp_id) {
		hv->nested = hv_before.nested;
		what |= TAKE_IDS;
	}
	if (__builtin_memcmp(&vmx, &vmx_before, sizeof(vmx)) ||
	    __builtin_memcmp(hv, &hv_before, sizeof(*hv)))
		what |= ANYTHING_ELSE;
	__builtin_memcpy(&vmx, &vmx_before, sizeof(vmx));
	__builtin_memcpy(hv, &hv_before, sizeof(*hv));
	return what;
}

unsigned int kernel_enter(void *vmcs12, void *evmcs, unsigned int clean_fields)
{
	prepare(vmcs12, evmcs);
	copy_enlightened_to_vmcs12(&vmx, clean_fields);
	return written(evmcs);
}

unsigned int kernel_leave(void *evmcs, void *vmcs12)
{
	prepare(vmcs12, evmcs);
	copy_vmcs12_to_enlightened(&vmx);
	return written(evmcs);
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
