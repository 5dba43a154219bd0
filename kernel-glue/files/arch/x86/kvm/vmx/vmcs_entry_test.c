// SPDX-License-Identifier: GPL-2.0-only
/*
 * Use VMX without KVM, once at boot, before KVM does: compare the fields of a VMCS with the
 * generated tables, and run a guest that is set up by them.  Differences are reported, not judged:
 * an emulated CPU may lack fields.
 */
#define pr_fmt(fmt) "vmcs_entry_test: " fmt

#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/moduleparam.h>
#include <linux/preempt.h>
#include <linux/printk.h>

#include <asm/cpufeature.h>
#include <asm/msr-index.h>
#include <asm/page.h>
#include <asm/processor.h>
#include <asm/special_insns.h>
#include <asm/tlbflush.h>

#include "vmcs_entry_test.h"

/* IA32_VMX_BASIC: the MSRs that tell which of the default1 controls may be 0. */
#define VMX_BASIC_HAS_TRUE_CONTROLS	BIT_ULL(55)

/* IA32_VMX_EXIT_CTLS2, which not every kernel has a name for. */
#define MSR_VMX_EXIT_CONTROLS2		0x493

static bool wanted __initdata;
core_param(vmcs_entry_test, wanted, bool, 0);

/* Control words of 32 bits: the lower half has what must be 1, the upper what may be. */
static void __init read_controls(u32 msr, u32 *must, u32 *may)
{
	rdmsr(msr, *must, *may);
}

static void __init read_capabilities(struct vmx_capabilities *cpu)
{
	struct vmcs_controls *must = &cpu->must, *may = &cpu->may;
	u64 basic = vmx_read_msr(MSR_IA32_VMX_BASIC);
	u32 more = basic & VMX_BASIC_HAS_TRUE_CONTROLS ?
		   MSR_IA32_VMX_TRUE_PINBASED_CTLS - MSR_IA32_VMX_PINBASED_CTLS : 0;

	cpu->basic = basic;
	cpu->misc = vmx_read_msr(MSR_IA32_VMX_MISC);
	read_controls(MSR_IA32_VMX_PINBASED_CTLS + more,
		      &must->pin_based_vm_exec_control, &may->pin_based_vm_exec_control);
	read_controls(MSR_IA32_VMX_PROCBASED_CTLS + more,
		      &must->cpu_based_vm_exec_control, &may->cpu_based_vm_exec_control);
	read_controls(MSR_IA32_VMX_EXIT_CTLS + more,
		      &must->vm_exit_controls, &may->vm_exit_controls);
	read_controls(MSR_IA32_VMX_ENTRY_CTLS + more,
		      &must->vm_entry_controls, &may->vm_entry_controls);

	/* The MSRs of further words are there if the words are. */
	if (may->cpu_based_vm_exec_control & VMCS_CTRL_CPU_BASED_ACTIVATE_SECONDARY_CONTROLS)
		read_controls(MSR_IA32_VMX_PROCBASED_CTLS2,
			      &must->secondary_vm_exec_control, &may->secondary_vm_exec_control);
	if (may->cpu_based_vm_exec_control & VMCS_CTRL_CPU_BASED_ACTIVATE_TERTIARY_CONTROLS)
		may->tertiary_vm_exec_control = vmx_read_msr(MSR_IA32_VMX_PROCBASED_CTLS3);
	if (may->vm_exit_controls & VMCS_CTRL_VM_EXIT_ACTIVATE_SECONDARY_CONTROLS)
		may->secondary_vm_exit_controls = vmx_read_msr(MSR_VMX_EXIT_CONTROLS2);
	if (may->secondary_vm_exec_control & VMCS_CTRL_SECONDARY_EXEC_ENABLE_VMFUNC)
		may->vm_function_control = vmx_read_msr(MSR_IA32_VMX_VMFUNC);
}

static void __init print_capabilities(const struct vmx_capabilities *cpu)
{
	const struct vmcs_controls *may = &cpu->may;

	pr_info("VMX basic %llx, misc %llx\n", cpu->basic, cpu->misc);
	pr_info("controls that may be 1: pin %x, cpu %x %x %llx, exit %x %llx, entry %x, vmfunc %llx\n",
		may->pin_based_vm_exec_control, may->cpu_based_vm_exec_control,
		may->secondary_vm_exec_control, may->tertiary_vm_exec_control,
		may->vm_exit_controls, may->secondary_vm_exit_controls,
		may->vm_entry_controls, may->vm_function_control);
}

/* VMXON, VMPTRLD and VMCLEAR take the physical address of a region. */
#define vmx_region_instruction(name, region)					\
({										\
	u64 address = __pa(region);						\
	bool invalid, valid;							\
										\
	asm volatile(name " %[address]"						\
		     : "=@ccc" (invalid), "=@ccz" (valid)			\
		     : [address] "m" (address) : "memory");			\
	vmx_result(invalid, valid);						\
})

/* In VMX operation, with a current VMCS. */
static void __init test(const struct vmx_capabilities *cpu)
{
	struct vmcs_field_counts counts = { 0 };
	bool runs;

	vmcs_entry_test_fields(cpu, &counts);
	runs = vmcs_entry_test_guest(cpu);
	pr_info("%u encodings, %u as predicted, %u deviations; guest: %s\n", counts.encodings,
		counts.encodings - counts.deviations, counts.deviations, runs ? "PASS" : "FAIL");
}

/* In VMX operation, which vmxon has begun. */
static void __init use_vmcs(const struct vmx_capabilities *cpu, const void *vmcs)
{
	int error = vmx_region_instruction("vmclear", vmcs);

	if (!error)
		error = vmx_region_instruction("vmptrld", vmcs);
	if (error) {
		pr_err("FAIL: VMCLEAR and VMPTRLD: error %d\n", error);
		return;
	}
	test(cpu);
	error = vmx_region_instruction("vmclear", vmcs);
	if (error)
		pr_err("FAIL: VMCLEAR at the end: error %d\n", error);
}

/* Run on this CPU alone: nothing else may see it with VMX on. */
static void __init use_vmx(const struct vmx_capabilities *cpu, const void *vmxon_region,
			   const void *vmcs)
{
	int error;

	preempt_disable();
	if (__read_cr4() & X86_CR4_VMXE) {
		pr_err("FAIL: VMX is in use\n");
		goto out;
	}
	cr4_set_bits(X86_CR4_VMXE);
	error = vmx_region_instruction("vmxon", vmxon_region);
	if (error) {
		pr_err("FAIL: VMXON: error %d\n", error);
	} else {
		use_vmcs(cpu, vmcs);
		asm volatile("vmxoff" : : : "cc", "memory");
	}
	cr4_clear_bits(X86_CR4_VMXE);
out:
	preempt_enable();
}

/* VMX is there, and firmware or the kernel has allowed its use without SMX. */
static bool __init have_vmx(void)
{
	u64 allowed = FEAT_CTL_LOCKED | FEAT_CTL_VMX_ENABLED_OUTSIDE_SMX;

	return boot_cpu_has(X86_FEATURE_VMX) &&
	       (vmx_read_msr(MSR_IA32_FEAT_CTL) & allowed) == allowed;
}

/* A region that VMX may use: it begins with the revision that the CPU understands. */
static void * __init new_region(u64 basic)
{
	u32 *region = (u32 *)get_zeroed_page(GFP_KERNEL);

	if (region)
		*region = (u32)basic & GENMASK(30, 0);
	return region;
}

static int __init vmcs_entry_test(void)
{
	struct vmx_capabilities cpu = { 0 };
	void *vmxon_region, *vmcs;

	if (!wanted)
		return 0;
	if (!have_vmx()) {
		pr_info("SKIP: this CPU has no VMX, or it is locked\n");
		return 0;
	}
	read_capabilities(&cpu);
	print_capabilities(&cpu);
	vmxon_region = new_region(cpu.basic);
	vmcs = new_region(cpu.basic);
	if (vmxon_region && vmcs)
		use_vmx(&cpu, vmxon_region, vmcs);
	else
		pr_err("FAIL: no memory\n");
	free_page((unsigned long)vmcs);
	free_page((unsigned long)vmxon_region);
	return 0;
}

/* KVM turns VMX on from its module_init(), and keeps it on. */
subsys_initcall(vmcs_entry_test);
