/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * As much of a vCPU as KVM's code about eVMCS guests looks at: a guest that uses
 * Hyper-V's interface and has been told that PERF_GLOBAL_CTRL may be used, so that
 * nothing but the lists of controls themselves takes one away.
 */
#ifndef TESTS_KERNEL_STUBS_KVM_H
#define TESTS_KERNEL_STUBS_KVM_H

#ifdef HAS_HVHDK
#include <hyperv/hvhdk.h>
#else
#include <asm/hyperv-tlfs.h>
#endif
#include <asm/msr-index.h>

#define KVM_NESTED_VMENTER_CONSISTENCY_CHECK(condition)	(condition)
#define X86_FEATURE_VMX					0

struct kvm_vcpu {
	struct {
		bool hyperv_enabled;
	} arch;
};

struct kvm_vcpu_hv {
	struct {
		u32 nested_ebx;
	} cpuid_cache;
	struct {
		u64 pa_page_gpa;
		u64 vm_id;
		u32 vp_id;
	} nested;
	struct hv_vp_assist_page vp_assist_page;
};

struct vcpu_vmx {
	struct kvm_vcpu vcpu;
	struct {
		bool enlightened_vmcs_enabled, force_msr_bitmap_recalc;
		struct vmcs12 *cached_vmcs12;
		u64 hv_evmcs_vmptr;
		struct hv_enlightened_vmcs *hv_evmcs;
	} nested;
};

static inline struct kvm_vcpu_hv *to_hv_vcpu(struct kvm_vcpu *vcpu)
{
	static struct kvm_vcpu_hv hv_vcpu = {
		.cpuid_cache.nested_ebx = HV_X64_NESTED_EVMCS1_PERF_GLOBAL_CTRL,
	};

	return vcpu ? &hv_vcpu : NULL;
}

static inline struct vcpu_vmx *to_vmx(struct kvm_vcpu *vcpu)
{
	static struct vcpu_vmx vmx;

	return vcpu ? &vmx : NULL;
}

static inline bool kvm_cpu_cap_get(int feature)
{
	return feature == X86_FEATURE_VMX;
}

/* Not reached: 6.1 asks for a copy of the assist page, 6.12 whether there is one. */
static inline int kvm_hv_get_assist_page(struct kvm_vcpu *vcpu, ...)
{
	return vcpu != NULL;
}

static inline void nested_vmx_vmexit(struct kvm_vcpu *vcpu, ...)
{
	(void)vcpu;
}

#endif
