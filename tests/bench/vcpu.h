/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * As much of a vCPU as the measured parts of KVM look at: an L1 that is in no L2, has a
 * vmcs12 whose rarely synced fields are there, or an eVMCS, and may VMWRITE every field.
 */
#ifndef TESTS_BENCH_VCPU_H
#define TESTS_BENCH_VCPU_H

#ifdef KERNEL_SIDE
/* As the kernel has it on x86: two instructions that no speculation goes past. */
#undef array_index_nospec
#define array_index_nospec(index, size) ({					\
	unsigned long _mask;							\
										\
	asm("cmp %1, %2; sbb %0, %0" : "=r" (_mask)				\
	    : "g" ((unsigned long)(size)), "r" ((unsigned long)(index)) : "cc"); \
	(typeof(index))((index) & _mask);					\
})
typedef u64 gpa_t;
#else
/* What comes first in the kernel's. */
struct loaded_vmcs {
	void *vmcs;
};
#endif

struct vmcs12;
struct hv_enlightened_vmcs;

struct kvm_vcpu {
	bool guest_mode, vmwrite_any;
};

struct kvm_vcpu_hv {
	struct {
		u64 pa_page_gpa, vm_id;
		u32 vp_id;
	} nested;
};

struct nested_vmx {
	bool need_sync_vmcs02_to_vmcs12_rare, dirty_vmcs12, force_msr_bitmap_recalc;
	struct vmcs12 *cached_vmcs12;
	struct hv_enlightened_vmcs *hv_evmcs;
};

struct vcpu_vmx {
	struct kvm_vcpu vcpu;
	struct nested_vmx nested;
	struct {
		void *shadow_vmcs;
	} vmcs01;
	struct loaded_vmcs *loaded_vmcs;
};

extern bool enable_shadow_vmcs;
extern struct kvm_vcpu_hv bench_hv;

static inline struct vcpu_vmx *to_vmx(struct kvm_vcpu *vcpu)
{
	return (struct vcpu_vmx *)vcpu;
}

static inline struct kvm_vcpu_hv *to_hv_vcpu(struct kvm_vcpu *vcpu)
{
	(void)vcpu;
	return &bench_hv;
}

static inline struct hv_enlightened_vmcs *nested_vmx_evmcs(struct vcpu_vmx *vmx)
{
	return vmx->nested.hv_evmcs;
}

static inline struct vmcs12 *get_vmcs12(struct kvm_vcpu *vcpu)
{
	return to_vmx(vcpu)->nested.cached_vmcs12;
}

static inline bool is_guest_mode(struct kvm_vcpu *vcpu)
{
	return vcpu->guest_mode;
}

static inline bool nested_cpu_has_vmwrite_any_field(struct kvm_vcpu *vcpu)
{
	return vcpu->vmwrite_any;
}

/* What the paths call in what is not measured: a VMfail is its number. */
#define nested_vmx_fail(vcpu, error)	(error)
#define nested_vmx_succeed(vcpu)	0

void copy_vmcs02_to_vmcs12_rare(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12);
void vmcs_load(void *vmcs);
void vmcs_clear(void *vmcs);
void __vmcs_writel(unsigned long field, unsigned long value);
#define preempt_disable()	do { } while (0)
#define preempt_enable()	do { } while (0)

#endif
