// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a guest sees of the findings of kernel-glue/audit: a test for each, in TAP, with its rule and
 * key.  It fails on a kernel that has the finding, and passes on one that is fixed.
 */
#include <evmcs/linux-map.h>
#include <evmcs/linux.h>
#include <vmcs12/linux-map.h>
#include <stdio.h>
#include <string.h>

#include "../machine/l2.h"

#define MSR_PROCBASED_CTLS2	0x48b
#define MSR_DEBUGCTL		0x1d9
#define MSR_LSTAR		0xc0000082

#define DEBUGCTL_BTF		BIT(1)
#define PAGE_FAULT		14
#define NO_PAGE			(1ULL << 40)	/* an address that no page table maps */

#define ALL_CLEAN		0xffff

#define USE_MSR_BITMAPS		BIT(28)
#define SAVE_DEBUG_CONTROLS	BIT(2)
#define LOAD_DEBUG_CONTROLS	BIT(2)
#define TSC_SCALING		BIT(25)

/* An entry of a list of MSRs: SDM, Vol. 3C, 25.7.2. */
struct msr_entry {
	uint32_t index, reserved;
	uint64_t value;
};

static unsigned int tests, failed;

static void result(bool passed, const char *rule, const char *key)
{
	printf("%sok %u - %s: %s\n", passed ? "" : "not ", ++tests, rule, key);
	failed += !passed;
}

/* One command of the level that asks; returns its result. */
static uint64_t run(struct machine *machine, enum operation operation, uint64_t operand, uint64_t *value)
{
	struct command *command = machine_commands(machine, machine->level);
	uint64_t result;

	*command = (struct command){ operation, operand, value ? *value : 0, 0 };
	machine_run(machine, 1);
	result = command->result;
	if (value)
		*value = command->value;
	return result;
}

/* A VM whose L1 has an eVMCS, ready to enter an L2 that may access all MSRs. */
static struct hv_enlightened_vmcs *begin(struct machine *machine)
{
	struct hv_enlightened_vmcs *evmcs;
	struct field fields[MAX_L2_FIELDS];
	uint32_t id = vmcs12_linux_id;

	machine_create(machine, true);
	memcpy(machine->memory + VMXON_REGION, &id, sizeof(id));
	run(machine, VMXON, VMXON_REGION, NULL);
	evmcs = (void *)(machine->memory + EVMCS_A);
	evmcs->revision_id = 1;
	set_evmcs_fields(machine, EVMCS_A, fields, l2_fields(machine, fields));
	evmcs->cpu_based_vm_exec_control |= USE_MSR_BITMAPS;
	evmcs->msr_bitmap = ZERO_BITMAP;
	use_evmcs(machine, EVMCS_A);
	return evmcs;
}

/* Enter L2; whether it runs. */
static bool enter(struct machine *machine)
{
	run(machine, VMLAUNCH, 0, NULL);
	return machine->level == L2;
}

/* VMREAD of an encoding by L1, which must ask; whether it gives a value. */
static bool reads(struct machine *machine, uint64_t encoding)
{
	uint64_t value = 0;

	return machine->level == L1 && !run(machine, VMREAD, encoding, &value);
}

static void find_cut_encoding(void)
{
	struct machine machine;
	bool right;

	begin(&machine);
	right = enter(&machine);
	run(&machine, VMCALL, 0, NULL);
	right &= reads(&machine, VMCS_ENC_GUEST_RIP);
	right &= !reads(&machine, VMCS_ENC_GUEST_RIP | BIT(16));
	right &= !reads(&machine, VMCS_ENC_GUEST_RIP | 1ULL << 32);
	result(right, "look-ups", "page compares not all bits");
	machine_destroy(&machine);
}

/* L2 clears what L1 had set. */
static void lose_debugctl(void)
{
	struct machine machine;
	struct hv_enlightened_vmcs *evmcs = begin(&machine);
	uint64_t value = 0;
	bool ran;

	evmcs->guest_ia32_debugctl = DEBUGCTL_BTF;
	evmcs->vm_entry_controls |= LOAD_DEBUG_CONTROLS;
	evmcs->vm_exit_controls |= SAVE_DEBUG_CONTROLS;
	ran = enter(&machine) && !run(&machine, WRMSR, MSR_DEBUGCTL, &value);
	run(&machine, VMCALL, 0, NULL);
	result(ran && evmcs->guest_ia32_debugctl == 0, "copy-back", "guest_ia32_debugctl");
	machine_destroy(&machine);
}

/* Whether a page fault of L2's with error code 2 exits, where L1 asks for all that match. */
static bool page_fault_exits(uint32_t match)
{
	struct machine machine;
	struct hv_enlightened_vmcs *evmcs = begin(&machine);
	uint64_t value = 0, says = 0;
	bool ran, stayed;

	evmcs->exception_bitmap = BIT(PAGE_FAULT);
	evmcs->page_fault_error_code_mask = ~0;
	evmcs->page_fault_error_code_match = match;
	ran = enter(&machine);
	if (ran)
		says = run(&machine, STORE, NO_PAGE, &value);
	stayed = machine.level == L2 && says == (RESULT_EXCEPTION | PAGE_FAULT);
	machine_destroy(&machine);
	return ran && !stayed;
}

static void ignore_error_code(void)
{
	result(page_fault_exits(2) && !page_fault_exits(4), "copy-in", "page_fault_error_code_match");
}

/* Lists of one MSR: at an entry L1 loads it, and at an exit it has it stored. */
static void ignore_msr_lists(void)
{
	struct machine machine;
	struct hv_enlightened_vmcs *evmcs = begin(&machine);
	struct msr_entry *loaded = (void *)(machine.memory + OPERAND), *stored = loaded + 1;
	uint64_t first = 0, second = 0;
	bool right;

	*loaded = (struct msr_entry){ .index = MSR_LSTAR, .value = 0x123000 };
	*stored = (struct msr_entry){ .index = MSR_LSTAR };
	evmcs->vm_entry_msr_load_addr = OPERAND;
	evmcs->vm_entry_msr_load_count = 1;
	right = enter(&machine) && !run(&machine, RDMSR, MSR_LSTAR, &first) && first == 0x123000;
	run(&machine, VMCALL, 0, NULL);

	/* No group of the clean fields has the lists: L1 changes them and says that all is clean. */
	loaded->value = 0x456000;
	evmcs->vm_exit_msr_store_addr = OPERAND + sizeof(*loaded);
	evmcs->vm_exit_msr_store_count = 1;
	evmcs->guest_rip += evmcs->vm_exit_instruction_len;
	evmcs->hv_clean_fields = ALL_CLEAN;
	run(&machine, VMRESUME, 0, NULL);
	right &= machine.level == L2 && !run(&machine, RDMSR, MSR_LSTAR, &second) && second == 0x456000;
	run(&machine, VMCALL, 0, NULL);
	result(right, "copy-in", "vm_entry_msr_load_count");
	result(machine.level == L1 && stored->value == 0x456000, "copy-in", "vm_exit_msr_store_count");
	machine_destroy(&machine);
}

/* A field that no control of this vCPU's adds; on a CPU that has the control there is nothing to see. */
static void find_absent_field(void)
{
	struct machine machine;
	uint64_t controls = 0;
	uint32_t id = vmcs12_linux_id;

	machine_create(&machine, false);
	machine_read_msr(&machine, MSR_PROCBASED_CTLS2, &controls);
	memcpy(machine.memory + VMXON_REGION, &id, sizeof(id));
	memcpy(machine.memory + VMCS_A, &id, sizeof(id));
	run(&machine, VMXON, VMXON_REGION, NULL);
	run(&machine, VMCLEAR, VMCS_A, NULL);
	run(&machine, VMPTRLD, VMCS_A, NULL);
	if (controls >> 32 & TSC_SCALING)
		printf("# the CPU has TSC scaling\n");
	else
		result(reads(&machine, VMCS_ENC_GUEST_RIP) && !reads(&machine, VMCS_ENC_TSC_MULTIPLIER),
		       "existence", "no field depends on the CPU");
	machine_destroy(&machine);
}

int main(void)
{
	find_cut_encoding();
	lose_debugctl();
	ignore_error_code();
	ignore_msr_lists();
	find_absent_field();
	printf("1..%u\n%u passed, %u failed\n", tests, tests - failed, failed);
	return failed != 0;
}
