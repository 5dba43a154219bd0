// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMX instructions whose operands lie in memory, or in none; and VMXON where a CPU must
 * not begin VMX operation.
 */
#include <stdio.h>
#include <string.h>

#include "image.h"
#include "scripts.h"

enum { IA32_FEATURE_CONTROL = 0x3a };
enum { CR0_NE = 1 << 5, CR4_VMXE = 1 << 13 };

static void set_operand(struct machine *machine, uint64_t value)
{
	memcpy(machine->memory + OPERAND, &value, sizeof(value));
}

static void record_operand(struct machine *machine)
{
	uint64_t value;

	memcpy(&value, machine->memory + OPERAND, sizeof(value));
	printf("  memory has 0x%016llx\n", (unsigned long long)value);
}

/* Bits of control registers and of an MSR without which VMXON faults. */
static void record_refused_vmxon(struct machine *machine)
{
	uint64_t control = 0;

	step(machine, "CR4 without VMXE", SET_CR4, GUEST_CR4 & ~CR4_VMXE, 0);
	step(machine, "VMXON", VMXON, VMXON_REGION, 0);
	step(machine, "CR4", SET_CR4, GUEST_CR4, 0);
	step(machine, "CR0 without NE", SET_CR0, GUEST_CR0 & ~CR0_NE, 0);
	step(machine, "VMXON", VMXON, VMXON_REGION, 0);
	step(machine, "CR0", SET_CR0, GUEST_CR0, 0);
	machine_read_msr(machine, IA32_FEATURE_CONTROL, &control);
	printf("IA32_FEATURE_CONTROL has 0x%llx; 0: %s\n", (unsigned long long)control,
	       machine_write_msr(machine, IA32_FEATURE_CONTROL, 0) ? "done" : "refused");
	step(machine, "VMXON", VMXON, VMXON_REGION, 0);
	printf("IA32_FEATURE_CONTROL again: %s\n",
	       machine_write_msr(machine, IA32_FEATURE_CONTROL, control) ? "done" : "refused");
}

/* Pointers that can't be read. */
static void record_no_pointers(struct machine *machine)
{
	step(machine, "VMCLEAR, pointer nowhere", VMCLEAR_AT, NOWHERE, 0);
	step(machine, "VMPTRLD, pointer nowhere", VMPTRLD_AT, NOWHERE, 0);
	set_operand(machine, VMCS_A);
	step(machine, "VMPTRLD, pointer in memory", VMPTRLD_AT, OPERAND, 0);
}

static void record_fields_in_memory(struct machine *machine)
{
	set_operand(machine, 0x123456789abcdef0);
	step(machine, "VMWRITE from memory", VMWRITE_AT, VMCS_ENC_GUEST_RIP, OPERAND);
	step(machine, "VMWRITE from nowhere", VMWRITE_AT, VMCS_ENC_GUEST_RIP, NOWHERE);
	set_operand(machine, 0);
	step(machine, "VMREAD to memory", VMREAD_AT, VMCS_ENC_GUEST_RIP, OPERAND);
	record_operand(machine);
	set_operand(machine, ~0ull);
	step(machine, "VMREAD of 16 bits to memory", VMREAD_AT, VMCS_ENC_GUEST_ES_SELECTOR,
	     OPERAND);
	record_operand(machine);
	step(machine, "VMREAD to nowhere", VMREAD_AT, VMCS_ENC_GUEST_RIP, NOWHERE);
	step(machine, "VMREAD of no field", VMREAD_AT, 0xfffe, OPERAND);
}

/* What of L2 KVM leaves in the CPU until L1 asks for it. */
static void record_late_fields(const bool *accepted)
{
	struct machine machine;

	machine_create(&machine, false);
	vmxon(&machine);
	load_l2(&machine, accepted);
	step(&machine, "VMLAUNCH", VMLAUNCH, 0, 0);
	step(&machine, "no ES in L2", SET_ES, 0, 0);
	step(&machine, "CPUID in L2", CPUID, 0, 0);
	step(&machine, "access rights of ES", VMREAD, VMCS_ENC_GUEST_ES_AR_BYTES, 0);
	record_exit(&machine);
	step(&machine, "VMRESUME", VMRESUME, 0, 0);
	step(&machine, "ES in L2", SET_ES, DATA_SELECTOR, 0);
	step(&machine, "CPUID in L2", CPUID, 0, 0);
	step(&machine, "VMWRITE of the limit of ES", VMWRITE, VMCS_ENC_GUEST_ES_LIMIT, 0x1234);
	step(&machine, "limit of ES", VMREAD, VMCS_ENC_GUEST_ES_LIMIT, 0);
	step(&machine, "access rights of ES", VMREAD, VMCS_ENC_GUEST_ES_AR_BYTES, 0);
	step(&machine, "GDTR base", VMREAD, VMCS_ENC_GUEST_GDTR_BASE, 0);
	machine_destroy(&machine);
}

void record_operands(const bool *accepted)
{
	struct machine machine;

	section("operands in memory");
	machine_create(&machine, false);
	step(&machine, "VMXON, pointer nowhere", VMXON_AT, NOWHERE, 0);
	record_refused_vmxon(&machine);
	vmxon(&machine);
	load_garbage(&machine);
	record_no_pointers(&machine);
	record_fields_in_memory(&machine);
	machine_destroy(&machine);
	record_late_fields(accepted);
}
