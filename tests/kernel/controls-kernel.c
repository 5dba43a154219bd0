// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The kernel's numbers: those that NUMBERS asks for by name, and what is left of
 * words of all ones after the kernel has taken away what an eVMCS cannot carry.
 */
#include KVM_EVMCS_H
#include "stubs-kvm.h"
#include KVM_HYPERV_C
#ifdef KVM_ONHYPERV_C
#include KVM_ONHYPERV_C
#endif

#include "controls.h"

const struct number kernel_numbers[] = {
#define NUMBER(name)	{ #name, name },
#include NUMBERS
	{ 0 }
};

/* For a guest that is told by MSR what it may set; it is Hyper-V or the like. */
static u64 allowed(u32 msr)
{
	struct kvm_vcpu vcpu = { { true } };
	u64 word = ~0ULL;

	nested_evmcs_filter_control_msr(&vcpu, msr, &word);
	return msr == MSR_IA32_VMX_VMFUNC ? (u32)word : word >> 32;
}

void kernel_for_guest(void (*print)(const char *word, unsigned long long bits))
{
	print("PINCTRL", allowed(MSR_IA32_VMX_TRUE_PINBASED_CTLS));
	print("EXEC_CTRL", allowed(MSR_IA32_VMX_TRUE_PROCBASED_CTLS));
	print("2NDEXEC", allowed(MSR_IA32_VMX_PROCBASED_CTLS2));
	print("VMEXIT_CTRL", allowed(MSR_IA32_VMX_TRUE_EXIT_CTLS));
	print("VMENTRY_CTRL", allowed(MSR_IA32_VMX_TRUE_ENTRY_CTLS));
	print("VMFUNC", allowed(MSR_IA32_VMX_VMFUNC));
}

void kernel_for_itself(void (*print)(const char *word, unsigned long long bits))
{
#ifdef KVM_ONHYPERV_C
	struct vmcs_config config = { ~0U, ~0U, ~0U, ~0ULL, ~0U, ~0U };

	evmcs_sanitize_exec_ctrls(&config);
	print("PINCTRL", config.pin_based_exec_ctrl);
	print("EXEC_CTRL", config.cpu_based_exec_ctrl);
	print("2NDEXEC", config.cpu_based_2nd_exec_ctrl);
	print("3RDEXEC", config.cpu_based_3rd_exec_ctrl);
	print("VMEXIT_CTRL", config.vmexit_ctrl);
	print("VMENTRY_CTRL", config.vmentry_ctrl);
#else
	(void)print;
#endif
}
