// SPDX-License-Identifier: GPL-2.0-only
/*
 * Enter a guest by the generated tables, and handle its exits.  The guest is the host's kernel
 * again: same page tables, segments and control registers, but code of its own, in which every
 * other instruction exits.
 */
#define pr_fmt(fmt) "vmcs_entry_test: " fmt

#include <linux/init.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/printk.h>

#include <asm/desc.h>
#include <asm/msr-index.h>
#include <asm/processor-flags.h>
#include <asm/segment.h>
#include <asm/special_insns.h>
#include <asm/vmx.h>

#include "vmcs_entry_test.h"

/* DR7 after a VM exit, and without use. */
#define DR7_UNUSED		0x400

#define SEGMENT_UNUSABLE	BIT(16)

/* A field that can't be written shows when the guest is entered. */
static void __init set(u32 encoding, u64 value)
{
	int error = vmcs_write(encoding, value);

	if (error)
		pr_err("guest: VMWRITE of %04x: error %d\n", encoding, error);
}

/*
 * Controls
 */

static void __init set_controls(const struct vmx_capabilities *cpu)
{
	const struct vmcs_controls *must = &cpu->must;

	set(VMCS_ENC_PIN_BASED_VM_EXEC_CONTROL, must->pin_based_vm_exec_control);
	set(VMCS_ENC_CPU_BASED_VM_EXEC_CONTROL, must->cpu_based_vm_exec_control |
	    VMCS_CTRL_CPU_BASED_HLT_EXITING | VMCS_CTRL_CPU_BASED_CR3_LOAD_EXITING |
	    VMCS_CTRL_CPU_BASED_UNCOND_IO_EXITING);
	set(VMCS_ENC_VM_EXIT_CONTROLS, must->vm_exit_controls |
	    VMCS_CTRL_VM_EXIT_HOST_ADDR_SPACE_SIZE);
	set(VMCS_ENC_VM_ENTRY_CONTROLS, must->vm_entry_controls | VMCS_CTRL_VM_ENTRY_IA32E_MODE);

	/*
	 * All exceptions of the guest exit: it has the host's descriptors, whose handlers must not
	 * run.
	 */
	set(VMCS_ENC_EXCEPTION_BITMAP, U32_MAX);
	/* No shadow VMCS. */
	set(VMCS_ENC_VMCS_LINK_POINTER, U64_MAX);
}

/*
 * State that host and guest share
 */

/* The descriptor's access rights as a VMCS has them; there are none of a null selector. */
static u32 __init access_rights(u16 selector)
{
	bool known;
	u32 rights;

	asm("lar %[selector], %[rights]"
	    : [rights] "=r" (rights), "=@ccz" (known)
	    : [selector] "r" ((u32)selector));
	return known ? rights >> 8 & 0xf0ff : SEGMENT_UNUSABLE;
}

static u32 __init segment_limit(u16 selector)
{
	bool known;
	u32 limit;

	asm("lsl %[selector], %[limit]"
	    : [limit] "=r" (limit), "=@ccz" (known)
	    : [selector] "r" ((u32)selector));
	return known ? limit : 0;
}

/* Both have the selector; in the guest, the rest is as far from that of ES as this is. */
static void __init set_segment(u32 host_selector, u32 guest_selector, u16 selector, u64 base)
{
	u32 segment = guest_selector - VMCS_ENC_GUEST_ES_SELECTOR;

	set(host_selector, selector);
	set(guest_selector, selector);
	set(VMCS_ENC_GUEST_ES_BASE + segment, base);
	set(VMCS_ENC_GUEST_ES_LIMIT + segment, segment_limit(selector));
	set(VMCS_ENC_GUEST_ES_AR_BYTES + segment, access_rights(selector));
}

static void __init set_segments(void)
{
	u64 fs_base = vmx_read_msr(MSR_FS_BASE), gs_base = vmx_read_msr(MSR_GS_BASE);
	u16 cs, ss, ds, es, fs, gs;

	savesegment(cs, cs);
	savesegment(ss, ss);
	savesegment(ds, ds);
	savesegment(es, es);
	savesegment(fs, fs);
	savesegment(gs, gs);
	set_segment(VMCS_ENC_HOST_CS_SELECTOR, VMCS_ENC_GUEST_CS_SELECTOR, cs, 0);
	set_segment(VMCS_ENC_HOST_SS_SELECTOR, VMCS_ENC_GUEST_SS_SELECTOR, ss, 0);
	set_segment(VMCS_ENC_HOST_DS_SELECTOR, VMCS_ENC_GUEST_DS_SELECTOR, ds, 0);
	set_segment(VMCS_ENC_HOST_ES_SELECTOR, VMCS_ENC_GUEST_ES_SELECTOR, es, 0);
	set_segment(VMCS_ENC_HOST_FS_SELECTOR, VMCS_ENC_GUEST_FS_SELECTOR, fs, fs_base);
	set_segment(VMCS_ENC_HOST_GS_SELECTOR, VMCS_ENC_GUEST_GS_SELECTOR, gs, gs_base);
	set(VMCS_ENC_HOST_FS_BASE, fs_base);
	set(VMCS_ENC_HOST_GS_BASE, gs_base);
	set(VMCS_ENC_GUEST_LDTR_AR_BYTES, SEGMENT_UNUSABLE);
}

static u64 __init task_base(const struct desc_ptr *gdt, u16 selector)
{
	const struct ldttss_desc *task = (const void *)(gdt->address + selector);

	return task->base0 | task->base1 << 16 | (u64)task->base2 << 24 | (u64)task->base3 << 32;
}

static void __init set_descriptor_tables(const struct desc_ptr *gdt, const struct desc_ptr *idt)
{
	u16 tr;
	u64 base;

	store_tr(tr);
	base = task_base(gdt, tr);
	set_segment(VMCS_ENC_HOST_TR_SELECTOR, VMCS_ENC_GUEST_TR_SELECTOR, tr, base);
	set(VMCS_ENC_HOST_TR_BASE, base);
	set(VMCS_ENC_HOST_GDTR_BASE, gdt->address);
	set(VMCS_ENC_HOST_IDTR_BASE, idt->address);
	set(VMCS_ENC_GUEST_GDTR_BASE, gdt->address);
	set(VMCS_ENC_GUEST_IDTR_BASE, idt->address);
	set(VMCS_ENC_GUEST_GDTR_LIMIT, gdt->size);
	set(VMCS_ENC_GUEST_IDTR_LIMIT, idt->size);
}

static void __init set_registers(void)
{
	u64 cr0 = read_cr0(), cr3 = __read_cr3(), cr4 = __read_cr4();
	u32 sysenter_cs = vmx_read_msr(MSR_IA32_SYSENTER_CS);
	u64 sysenter_esp = vmx_read_msr(MSR_IA32_SYSENTER_ESP);
	u64 sysenter_eip = vmx_read_msr(MSR_IA32_SYSENTER_EIP);

	set(VMCS_ENC_HOST_CR0, cr0);
	set(VMCS_ENC_HOST_CR3, cr3);
	set(VMCS_ENC_HOST_CR4, cr4);
	set(VMCS_ENC_HOST_IA32_SYSENTER_CS, sysenter_cs);
	set(VMCS_ENC_HOST_IA32_SYSENTER_ESP, sysenter_esp);
	set(VMCS_ENC_HOST_IA32_SYSENTER_EIP, sysenter_eip);
	set(VMCS_ENC_HOST_RIP, (unsigned long)vmcs_entry_exit);

	set(VMCS_ENC_GUEST_CR0, cr0);
	set(VMCS_ENC_GUEST_CR3, cr3);
	set(VMCS_ENC_GUEST_CR4, cr4);
	set(VMCS_ENC_GUEST_SYSENTER_CS, sysenter_cs);
	set(VMCS_ENC_GUEST_SYSENTER_ESP, sysenter_esp);
	set(VMCS_ENC_GUEST_SYSENTER_EIP, sysenter_eip);
	set(VMCS_ENC_GUEST_RIP, (unsigned long)vmcs_entry_guest);
	set(VMCS_ENC_GUEST_RFLAGS, X86_EFLAGS_FIXED);
	set(VMCS_ENC_GUEST_DR7, DR7_UNUSED);
}

/*
 * The run
 */

struct guest_exit {
	const char *instruction;
	u32 reason;
	u32 length;
	u64 qualification;
};

/* The exits of the guest in order; qualifications are 0 if the SDM has none. */
static const struct guest_exit guest_exits[] __initconst = {
	{ "CPUID", EXIT_REASON_CPUID, 2 },
	{ "VMCALL", EXIT_REASON_VMCALL, 3 },
	{ "MOV to CR3", EXIT_REASON_CR_ACCESS, 3, 3 },			/* CR3, from RAX */
	{ "OUT", EXIT_REASON_IO_INSTRUCTION, 2, 0x80 << 16 | BIT(6) },	/* port 0x80, immediate */
	{ "HLT", EXIT_REASON_HLT, 1 },
};

/* The guest counts in RAX, and the host adds this at each exit. */
#define HOST_ADDS	0x100

static u64 __init get(u32 encoding)
{
	u64 value = 0;
	int error = vmcs_read(encoding, &value);

	if (error)
		pr_err("guest: VMREAD of %04x: error %d\n", encoding, error);
	return value;
}

static int __init enter(u64 *rax, bool resume)
{
	unsigned long flags = vmcs_entry(rax, resume, VMCS_ENC_HOST_RSP);

	return vmx_result(flags & X86_EFLAGS_CF, flags & X86_EFLAGS_ZF);
}

static bool __init is_expected(const struct guest_exit *expected, u64 counted, u64 rax)
{
	u32 reason = get(VMCS_ENC_VM_EXIT_REASON);
	u32 length = get(VMCS_ENC_VM_EXIT_INSTRUCTION_LEN);
	u64 qualification = get(VMCS_ENC_EXIT_QUALIFICATION);
	bool good = reason == expected->reason && length == expected->length &&
		    qualification == expected->qualification && rax == counted;

	pr_info("guest: %s: exit reason %u%s, length %u, qualification %llx, RAX %llx: %s\n",
		expected->instruction, reason & ~VMX_EXIT_REASONS_FAILED_VMENTRY,
		reason & VMX_EXIT_REASONS_FAILED_VMENTRY ? " (entry failed)" : "",
		length, qualification, rax, good ? "PASS" : "FAIL");
	return good;
}

/* Enter, look at the exit, go on after the instruction. */
static bool __init run(void)
{
	unsigned int i;
	u64 rax = 0;
	int error;

	error = enter(&rax, true);
	if (error != VMXERR_VMRESUME_NONLAUNCHED_VMCS) {
		pr_err("guest: VMRESUME before VMLAUNCH: error %d\n", error);
		return false;
	}
	for (i = 0; i < ARRAY_SIZE(guest_exits); i++) {
		error = enter(&rax, i > 0);
		if (error) {
			pr_err("guest: %s: error %d\n", i ? "VMRESUME" : "VMLAUNCH", error);
			return false;
		}
		if (!is_expected(&guest_exits[i], i * (HOST_ADDS + 1), rax))
			return false;
		rax += HOST_ADDS;
		set(VMCS_ENC_GUEST_RIP, get(VMCS_ENC_GUEST_RIP) + guest_exits[i].length);
	}
	return true;
}

/*
 * With interrupts off: the guest runs with them off, too, and an exit makes the limits of
 * the descriptor tables and of the task the largest ones.
 */
bool __init vmcs_entry_test_guest(const struct vmx_capabilities *cpu)
{
	struct desc_ptr gdt, idt;
	unsigned long flags;
	bool good;

	local_irq_save(flags);
	native_store_gdt(&gdt);
	store_idt(&idt);
	set_controls(cpu);
	set_segments();
	set_descriptor_tables(&gdt, &idt);
	set_registers();
	good = run();
	native_load_gdt(&gdt);
	native_load_idt(&idt);
	invalidate_tss_limit();
	local_irq_restore(flags);
	return good;
}
