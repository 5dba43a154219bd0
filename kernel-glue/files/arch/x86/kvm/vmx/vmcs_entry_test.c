// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMX by itself, from VMXON to VMXOFF, with nothing but what is generated: is each field of
 * the CPU's VMCS what the spec and the CPU's capability MSRs say, and does a guest run
 * whose VMCS is made from these fields?  Asked for by "vmcs_entry_test" on the kernel's
 * command line, it runs before KVM takes VMX, and says all that it finds in the log.
 */
#define pr_fmt(fmt) "vmcs_entry_test: " fmt

#include <linux/cpu.h>
#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include <asm/cpufeature.h>
#include <asm/desc.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include <asm/special_insns.h>
#include <asm/tlbflush.h>

#include "layouts/vmcs_controls.h"
#include "layouts/vmcs_encodings.h"
#include "layouts/vmcs_exists.h"
#include "vmcs_entry_guest.h"

/* VM-instruction errors, SDM Vol. 3C, "VM Instruction Error Numbers". */
#define VMFAIL_INVALID		0xff	/* there is no VMCS to hold a number */
#define VMFAIL_LAUNCHED		4
#define VMFAIL_NOT_LAUNCHED	5
#define VMFAIL_NO_FIELD		12
#define VMFAIL_READ_ONLY	13

/* Access rights: bits 31:17 and 11:8 are reserved, and a CPU may drop them. */
#define ACCESS_RIGHTS_BITS	0x1f0ff

/* What VMREAD and VMWRITE make of an encoding: an error or 0, and which bits stay. */
struct access {
	u8 read, write;
	u64 kept;
};

struct row {
	const char *name;
	u32 encoding;
	struct access predicted, observed;
};

struct test {
	struct vmcs_controls may;	/* be 1 */
	struct vmcs_controls must;
	bool read_only_writable;
	void *vmxon, *vmcs, *stack;
	struct row *rows;
	unsigned int encodings;		/* of 16 bits that VMREAD takes */
	unsigned int surprises;		/* among all encodings */
	u64 surprise;			/* the first of them */
	const char *guest;		/* what went wrong in the guest, or NULL */
	u64 seen;			/* instead of what was expected */
};

#define VMCS_FIELD(encoding) { #encoding, VMCS_ENC_##encoding },
static const struct {
	const char *name;
	u32 encoding;
} fields[] = {
#include "layouts/vmcs_fields.h"
};

static bool asked __initdata;

static int __init ask(char *unused)
{
	asked = true;
	return 0;
}
early_param("vmcs_entry_test", ask);

/* VMX instructions; each returns a VM-instruction error, or 0. */

static u64 read_field(u64 encoding, u8 *error);

static u8 vmx_error(bool invalid, bool valid)
{
	u8 unused;

	if (invalid)
		return VMFAIL_INVALID;
	return valid ? read_field(VMCS_ENC_VM_INSTRUCTION_ERROR, &unused) : 0;
}

static u64 read_field(u64 encoding, u8 *error)
{
	bool invalid, valid;
	u64 value = 0;

	asm volatile("vmread %[encoding], %[value]"
		     : "=@ccc"(invalid), "=@ccz"(valid), [value] "+r"(value)
		     : [encoding] "r"(encoding));
	*error = vmx_error(invalid, valid);
	return value;
}

static u8 write_field(u64 encoding, u64 value)
{
	bool invalid, valid;

	asm volatile("vmwrite %[value], %[encoding]"
		     : "=@ccc"(invalid), "=@ccz"(valid)
		     : [encoding] "r"(encoding), [value] "r"(value));
	return vmx_error(invalid, valid);
}

/* VMXON, VMCLEAR and VMPTRLD take the address of a page. */
#define by_address(instruction, page)						\
({										\
	bool invalid, valid;							\
	u64 address = __pa(page);						\
										\
	asm volatile(instruction " %[address]"					\
		     : "=@ccc"(invalid), "=@ccz"(valid)				\
		     : [address] "m"(address) : "memory");			\
	vmx_error(invalid, valid);						\
})

static void vmxoff(void)
{
	asm volatile("vmxoff" : : : "cc", "memory");
}

/* What the CPU can do */

static void read_word(u32 msr, u32 *must, u32 *may)
{
	u64 value = native_read_msr(msr);

	*must = value;
	*may = value >> 32;
}

/* SDM Vol. 3D, appendix A: only CPUs with default1 classes that can be 0 have TRUE MSRs. */
static void read_capabilities(struct test *test)
{
	u32 true_msrs = native_read_msr(MSR_IA32_VMX_BASIC) & BIT_ULL(55) ?
			MSR_IA32_VMX_TRUE_PINBASED_CTLS - MSR_IA32_VMX_PINBASED_CTLS : 0;
	struct vmcs_controls *may = &test->may, *must = &test->must;

	read_word(MSR_IA32_VMX_PINBASED_CTLS + true_msrs, &must->pin_based_vm_exec_control,
		  &may->pin_based_vm_exec_control);
	read_word(MSR_IA32_VMX_PROCBASED_CTLS + true_msrs, &must->cpu_based_vm_exec_control,
		  &may->cpu_based_vm_exec_control);
	read_word(MSR_IA32_VMX_EXIT_CTLS + true_msrs, &must->vm_exit_controls,
		  &may->vm_exit_controls);
	read_word(MSR_IA32_VMX_ENTRY_CTLS + true_msrs, &must->vm_entry_controls,
		  &may->vm_entry_controls);
	if (may->cpu_based_vm_exec_control & VMCS_CTRL_CPU_BASED_ACTIVATE_SECONDARY_CONTROLS)
		read_word(MSR_IA32_VMX_PROCBASED_CTLS2, &must->secondary_vm_exec_control,
			  &may->secondary_vm_exec_control);
	if (may->secondary_vm_exec_control & VMCS_CTRL_SECONDARY_EXEC_ENABLE_VMFUNC)
		may->vm_function_control = native_read_msr(MSR_IA32_VMX_VMFUNC);
	if (may->cpu_based_vm_exec_control & VMCS_CTRL_CPU_BASED_ACTIVATE_TERTIARY_CONTROLS)
		may->tertiary_vm_exec_control = native_read_msr(MSR_IA32_VMX_PROCBASED_CTLS3);
	test->read_only_writable = native_read_msr(MSR_IA32_VMX_MISC) & BIT_ULL(29);
}

/* Field by field */

static u64 width_mask(u32 encoding)
{
	unsigned int bytes = VMCS_ENC_IS_HIGH(encoding) ? sizeof(u32) : VMCS_ENC_BYTES(encoding);

	return bytes == sizeof(u64) ? ~0ULL : BIT_ULL(8 * bytes) - 1;
}

static struct access predict(const struct test *test, u32 encoding)
{
	struct access access = { .kept = width_mask(encoding) };

	if (!vmcs_field_exists(&test->may, encoding))
		return (struct access){ VMFAIL_NO_FIELD, VMFAIL_NO_FIELD, 0 };
	if (VMCS_ENC_TYPE(encoding) == VMCS_ENC_TYPE_READ_ONLY && !test->read_only_writable)
		return (struct access){ 0, VMFAIL_READ_ONLY, 0 };
	return access;
}

/* What a VMWRITE of ones and one of zeros leave, to be seen by a VMREAD. */
static struct access observe(u32 encoding)
{
	struct access access;
	u64 zeros, ones;

	ones = read_field(encoding, &access.read);
	access.write = write_field(encoding, 0);
	access.kept = 0;
	if (access.read || access.write)
		return access;
	zeros = read_field(encoding, &access.read);
	access.write = write_field(encoding, ~0ULL);
	ones = read_field(encoding, &access.read);
	access.kept = ones & ~zeros;
	/* A high half has to be that of its field, and nothing else of it. */
	if (VMCS_ENC_IS_HIGH(encoding)) {
		write_field(encoding - 1, 0);
		write_field(encoding, ~0ULL);
		if (read_field(encoding - 1, &access.read) != access.kept << 32)
			access.kept = 0;
	}
	return access;
}

static bool is_access_rights(u32 encoding)
{
	return encoding >= VMCS_ENC_GUEST_ES_AR_BYTES && encoding <= VMCS_ENC_GUEST_TR_AR_BYTES;
}

static bool as_predicted(const struct row *row)
{
	u64 kept = row->predicted.kept;

	if (row->observed.read != row->predicted.read ||
	    row->observed.write != row->predicted.write)
		return false;
	return row->observed.kept == kept ||
	       (is_access_rights(row->encoding) &&
		row->observed.kept == (kept & ACCESS_RIGHTS_BITS));
}

static void try_fields(struct test *test)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(fields); i++) {
		struct row *row = &test->rows[i];

		row->name = fields[i].name;
		row->encoding = fields[i].encoding;
		row->predicted = predict(test, row->encoding);
		row->observed = observe(row->encoding);
	}
}

static void try_encoding(struct test *test, u64 encoding)
{
	bool predicted = vmcs_field_exists(&test->may, encoding);
	u8 error;

	read_field(encoding, &error);
	test->encodings += !error;
	if (predicted == !error && (!error || error == VMFAIL_NO_FIELD))
		return;
	if (!test->surprises++)
		test->surprise = encoding;
}

/* All encodings of 16 bits, and a good one with each of the bits above. */
static void try_encodings(struct test *test)
{
	for (u32 encoding = 0; encoding <= U16_MAX; encoding++)
		try_encoding(test, encoding);
	for (unsigned int bit = 16; bit < 64; bit++)
		try_encoding(test, VMCS_ENC_GUEST_RIP | BIT_ULL(bit));
}

/* The guest: the host once more, at another instruction */

static void set(struct test *test, u32 encoding, u64 value)
{
	if (write_field(encoding, value) && !test->guest) {
		test->guest = "VMWRITE";
		test->seen = encoding;
	}
}

static u64 get(u32 encoding)
{
	u8 unused;

	return read_field(encoding, &unused);
}

static u32 control(u32 wanted, u32 must, u32 may)
{
	return (wanted | must) & may;
}

static void set_controls(struct test *test)
{
	const struct vmcs_controls *must = &test->must, *may = &test->may;

	set(test, VMCS_ENC_PIN_BASED_VM_EXEC_CONTROL,
	    control(0, must->pin_based_vm_exec_control, may->pin_based_vm_exec_control));
	set(test, VMCS_ENC_CPU_BASED_VM_EXEC_CONTROL,
	    control(VMCS_CTRL_CPU_BASED_HLT_EXITING | VMCS_CTRL_CPU_BASED_UNCOND_IO_EXITING |
		    VMCS_CTRL_CPU_BASED_CR3_STORE_EXITING, must->cpu_based_vm_exec_control,
		    may->cpu_based_vm_exec_control));
	set(test, VMCS_ENC_VM_EXIT_CONTROLS,
	    control(VMCS_CTRL_VM_EXIT_HOST_ADDR_SPACE_SIZE, must->vm_exit_controls,
		    may->vm_exit_controls));
	set(test, VMCS_ENC_VM_ENTRY_CONTROLS,
	    control(VMCS_CTRL_VM_ENTRY_IA32E_MODE, must->vm_entry_controls,
		    may->vm_entry_controls));
	/* A fault of the guest is not for the host's handlers. */
	set(test, VMCS_ENC_EXCEPTION_BITMAP, U32_MAX);
	set(test, VMCS_ENC_VMCS_LINK_POINTER, ~0ULL);
}

/* What the host and the guest have in common, in the order of the fields' indices. */
struct common {
	u64 cr0, cr3, cr4;
	u16 cs, ss, tr;
	u64 fs_base, gs_base, tr_base;
	struct desc_ptr gdt, idt;
	u32 sysenter_cs;
	u64 sysenter_esp, sysenter_eip;
};

static u64 system_segment_base(const struct desc_ptr *gdt, u16 selector)
{
	const struct ldttss_desc *desc = (void *)gdt->address + (selector & ~7);

	return desc->base0 | (u64)desc->base1 << 16 | (u64)desc->base2 << 24 |
	       (u64)desc->base3 << 32;
}

static void read_common(struct common *common)
{
	common->cr0 = read_cr0();
	common->cr3 = __read_cr3();
	common->cr4 = native_read_cr4();
	asm("mov %%cs, %0" : "=r"(common->cs));
	asm("mov %%ss, %0" : "=r"(common->ss));
	asm("str %0" : "=r"(common->tr));
	native_store_gdt(&common->gdt);
	store_idt(&common->idt);
	common->fs_base = native_read_msr(MSR_FS_BASE);
	common->gs_base = native_read_msr(MSR_GS_BASE);
	common->tr_base = system_segment_base(&common->gdt, common->tr);
	common->sysenter_cs = native_read_msr(MSR_IA32_SYSENTER_CS);
	common->sysenter_esp = native_read_msr(MSR_IA32_SYSENTER_ESP);
	common->sysenter_eip = native_read_msr(MSR_IA32_SYSENTER_EIP);
}

static void set_host(struct test *test, const struct common *common)
{
	set(test, VMCS_ENC_HOST_CR0, common->cr0);
	set(test, VMCS_ENC_HOST_CR3, common->cr3);
	set(test, VMCS_ENC_HOST_CR4, common->cr4);
	set(test, VMCS_ENC_HOST_ES_SELECTOR, 0);
	set(test, VMCS_ENC_HOST_CS_SELECTOR, common->cs);
	set(test, VMCS_ENC_HOST_SS_SELECTOR, common->ss);
	set(test, VMCS_ENC_HOST_DS_SELECTOR, 0);
	set(test, VMCS_ENC_HOST_FS_SELECTOR, 0);
	set(test, VMCS_ENC_HOST_GS_SELECTOR, 0);
	set(test, VMCS_ENC_HOST_TR_SELECTOR, common->tr);
	set(test, VMCS_ENC_HOST_FS_BASE, common->fs_base);
	set(test, VMCS_ENC_HOST_GS_BASE, common->gs_base);
	set(test, VMCS_ENC_HOST_TR_BASE, common->tr_base);
	set(test, VMCS_ENC_HOST_GDTR_BASE, common->gdt.address);
	set(test, VMCS_ENC_HOST_IDTR_BASE, common->idt.address);
	set(test, VMCS_ENC_HOST_IA32_SYSENTER_CS, common->sysenter_cs);
	set(test, VMCS_ENC_HOST_IA32_SYSENTER_ESP, common->sysenter_esp);
	set(test, VMCS_ENC_HOST_IA32_SYSENTER_EIP, common->sysenter_eip);
	set(test, VMCS_ENC_HOST_RIP, (u64)vmcs_entry_exit);
}

/* The four fields of a segment register; their encodings go by twos. */
static void set_segment(struct test *test, unsigned int number, u16 selector, u64 base,
			u32 limit, u32 access_rights)
{
	set(test, VMCS_ENC_GUEST_ES_SELECTOR + 2 * number, selector);
	set(test, VMCS_ENC_GUEST_ES_BASE + 2 * number, base);
	set(test, VMCS_ENC_GUEST_ES_LIMIT + 2 * number, limit);
	set(test, VMCS_ENC_GUEST_ES_AR_BYTES + 2 * number, access_rights);
}

#define UNUSABLE	0x10000
#define CODE_64		0xa09b	/* present, executed, 64 bits */
#define DATA		0xc093	/* present, written, 4 GB */
#define BUSY_TSS	0x008b

static void set_guest(struct test *test, const struct common *common)
{
	enum { ES, CS, SS, DS, FS, GS, LDTR, TR };

	set_segment(test, ES, 0, 0, U32_MAX, UNUSABLE);
	set_segment(test, CS, common->cs, 0, U32_MAX, CODE_64);
	set_segment(test, SS, common->ss, 0, U32_MAX, DATA);
	set_segment(test, DS, 0, 0, U32_MAX, UNUSABLE);
	set_segment(test, FS, 0, common->fs_base, U32_MAX, UNUSABLE);
	set_segment(test, GS, 0, common->gs_base, U32_MAX, UNUSABLE);
	set_segment(test, LDTR, 0, 0, 0, UNUSABLE);
	set_segment(test, TR, common->tr, common->tr_base, 0x67, BUSY_TSS);
	set(test, VMCS_ENC_GUEST_GDTR_BASE, common->gdt.address);
	set(test, VMCS_ENC_GUEST_GDTR_LIMIT, common->gdt.size);
	set(test, VMCS_ENC_GUEST_IDTR_BASE, common->idt.address);
	set(test, VMCS_ENC_GUEST_IDTR_LIMIT, common->idt.size);
	set(test, VMCS_ENC_GUEST_CR0, common->cr0);
	set(test, VMCS_ENC_GUEST_CR3, common->cr3);
	set(test, VMCS_ENC_GUEST_CR4, common->cr4);
	set(test, VMCS_ENC_GUEST_DR7, 0x400);
	set(test, VMCS_ENC_GUEST_RFLAGS, X86_EFLAGS_FIXED);
	set(test, VMCS_ENC_GUEST_SYSENTER_CS, common->sysenter_cs);
	set(test, VMCS_ENC_GUEST_SYSENTER_ESP, common->sysenter_esp);
	set(test, VMCS_ENC_GUEST_SYSENTER_EIP, common->sysenter_eip);
	set(test, VMCS_ENC_GUEST_RSP, (u64)test->stack + PAGE_SIZE);
	set(test, VMCS_ENC_GUEST_RIP, (u64)vmcs_entry_guest);
}

/* The exits of vmcs_entry_guest(), SDM Vol. 3D, appendix C, and "Exit Qualification". */
static const struct {
	u32 reason, length;
	u64 qualification;
} exits[] = {
	{ 10, 2, 0 },			/* CPUID */
	{ 18, 3, 0 },			/* VMCALL */
	{ 30, 1, 0x80ULL << 16 },	/* OUT of a byte to the port in DX */
	{ 28, 3, 3 | 1 << 4 },		/* MOV from CR3 to RAX */
	{ 12, 1, 0 },			/* HLT */
};

static bool is(struct test *test, const char *what, u64 seen, u64 expected)
{
	if (seen == expected)
		return true;
	test->guest = what;
	test->seen = seen;
	return false;
}

/* Enter; the entry has to fail with an error, or to end in a VM exit. */
static bool enter(struct test *test, bool resume, u8 error)
{
	int r = vmcs_entry_run(resume, VMCS_ENC_HOST_RSP);

	return is(test, resume ? "VMRESUME" : "VMLAUNCH", vmx_error(r == 1, r == 2), error);
}

static void run_guest(struct test *test)
{
	if (!enter(test, true, VMFAIL_NOT_LAUNCHED))
		return;
	for (unsigned int i = 0; i < ARRAY_SIZE(exits); i++) {
		if (!enter(test, i > 0, 0) ||
		    !is(test, "exit reason", get(VMCS_ENC_VM_EXIT_REASON), exits[i].reason) ||
		    !is(test, "exit qualification", get(VMCS_ENC_EXIT_QUALIFICATION),
			exits[i].qualification) ||
		    !is(test, "instruction length", get(VMCS_ENC_VM_EXIT_INSTRUCTION_LEN),
			exits[i].length))
			return;
		set(test, VMCS_ENC_GUEST_RIP, get(VMCS_ENC_GUEST_RIP) + exits[i].length);
		if (i == 0 && !enter(test, false, VMFAIL_LAUNCHED))
			return;
	}
}

/* A VM exit leaves the tables without their limits. */
static void restore_tables(const struct common *common)
{
	load_fixmap_gdt(smp_processor_id());
	invalidate_tss_limit();
	load_idt(&common->idt);
}

/* With VMX on: the fields, and a guest in a VMCS that none of this has been written to. */
static const char *with_vmx(struct test *test)
{
	struct common common;

	if (by_address("vmclear", test->vmcs) || by_address("vmptrld", test->vmcs))
		return "VMPTRLD failed";
	try_fields(test);
	try_encodings(test);
	if (by_address("vmclear", test->vmcs))
		return "VMCLEAR failed";
	memset(test->vmcs + 2 * sizeof(u32), 0, PAGE_SIZE - 2 * sizeof(u32));
	if (by_address("vmptrld", test->vmcs))
		return "VMPTRLD failed";

	/* All the fields that there are: what the guest does not want is 0. */
	for (unsigned int i = 0; i < ARRAY_SIZE(fields); i++)
		write_field(fields[i].encoding, 0);
	read_common(&common);
	set_controls(test);
	set_host(test, &common);
	set_guest(test, &common);
	if (!test->guest)
		run_guest(test);
	restore_tables(&common);
	by_address("vmclear", test->vmcs);
	return NULL;
}

static const char *run(struct test *test)
{
	const char *failed = "VMXON failed";
	unsigned long flags;

	local_irq_save(flags);
	cr4_set_bits(X86_CR4_VMXE);
	if (!by_address("vmxon", test->vmxon)) {
		failed = with_vmx(test);
		vmxoff();
	}
	cr4_clear_bits(X86_CR4_VMXE);
	local_irq_restore(flags);
	return failed;
}

static void print_access(const char *what, const struct access *access, char *text, size_t size)
{
	if (access->read)
		scnprintf(text, size, "%s VMfail %u", what, access->read);
	else if (access->write)
		scnprintf(text, size, "%s read, VMfail %u", what, access->write);
	else
		scnprintf(text, size, "%s %016llx", what, access->kept);
}

static unsigned int print_rows(const struct test *test)
{
	unsigned int deviations = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(fields); i++) {
		const struct row *row = &test->rows[i];
		char predicted[48], observed[48];
		bool fine = as_predicted(row);

		print_access("predicted", &row->predicted, predicted, sizeof(predicted));
		print_access("observed", &row->observed, observed, sizeof(observed));
		pr_info("0x%04x %-32s %-28s %-27s %s\n", row->encoding, row->name, predicted,
			observed, fine ? "ok" : "DEVIATION");
		deviations += !fine;
	}
	return deviations;
}

static void print_results(const struct test *test, const char *failed)
{
	unsigned int deviations;

	if (failed) {
		pr_err("FAIL: %s\n", failed);
		return;
	}
	deviations = print_rows(test);
	pr_info("%u of 65536 encodings accepted, %u not as predicted\n", test->encodings,
		test->surprises);
	if (test->surprises)
		pr_info("the first of these is 0x%llx\n", test->surprise);
	if (test->guest)
		pr_err("guest: FAIL: %s, %llx seen\n", test->guest, test->seen);
	else
		pr_info("guest: PASS, %zu exits\n", ARRAY_SIZE(exits));
	pr_info("%zu encodings, %zu as predicted, %u deviations\n", ARRAY_SIZE(fields),
		ARRAY_SIZE(fields) - deviations, deviations);
}

static void free_test(struct test *test)
{
	free_page((unsigned long)test->vmxon);
	free_page((unsigned long)test->vmcs);
	free_page((unsigned long)test->stack);
	kfree(test->rows);
	kfree(test);
}

static struct test *new_test(void)
{
	struct test *test = kzalloc(sizeof(*test), GFP_KERNEL);
	u32 revision = native_read_msr(MSR_IA32_VMX_BASIC) & ~BIT(31);

	if (!test)
		return NULL;
	test->vmxon = (void *)get_zeroed_page(GFP_KERNEL);
	test->vmcs = (void *)get_zeroed_page(GFP_KERNEL);
	test->stack = (void *)get_zeroed_page(GFP_KERNEL);
	test->rows = kcalloc(ARRAY_SIZE(fields), sizeof(*test->rows), GFP_KERNEL);
	if (!test->vmxon || !test->vmcs || !test->stack || !test->rows) {
		free_test(test);
		return NULL;
	}
	*(u32 *)test->vmxon = revision;
	*(u32 *)test->vmcs = revision;
	return test;
}

static int __init vmcs_entry_test(void)
{
	struct test *test;

	if (!asked)
		return 0;
	if (!boot_cpu_has(X86_FEATURE_VMX)) {
		pr_err("FAIL: the CPU has no VMX\n");
		return 0;
	}
	test = new_test();
	if (!test) {
		pr_err("FAIL: no memory\n");
		return 0;
	}
	read_capabilities(test);
	print_results(test, run(test));
	free_test(test);
	return 0;
}
fs_initcall(vmcs_entry_test);
