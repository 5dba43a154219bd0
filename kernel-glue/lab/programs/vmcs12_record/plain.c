// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plain vmcs12: the MSRs, the pointers, the fields, and entries into L2.
 */
#include <stdio.h>

#include "image.h"
#include "scripts.h"

#define IA32_VMX_BASIC		0x480
#define IA32_VMX_MISC		0x485
#define IA32_VMX_PROCBASED_CTLS2 0x48b
#define IA32_VMX_VMFUNC		0x491

#define MISC_VMWRITE_ANY_FIELD	BIT_ULL(29)

#define SECONDARY_CONTROLS	BIT(31)		/* in the primary ones */
#define SHADOW_VMCS		BIT(14)		/* in the secondary ones */

#define ID vmcs12_linux_id

static void record_machine_msrs(bool evmcs)
{
	struct machine machine;
	uint64_t value;
	char name[32];

	section(evmcs ? "MSRs, with an eVMCS" : "MSRs");
	machine_create(&machine, evmcs);
	for (uint32_t msr = IA32_VMX_BASIC; msr <= IA32_VMX_VMFUNC; msr++) {
		if (machine_read_msr(&machine, msr, &value))
			printf("KVM_GET_MSRS %#x: 0x%016llx\n", msr, (unsigned long long)value);
		else
			printf("KVM_GET_MSRS %#x: none\n", msr);
		snprintf(name, sizeof(name), "RDMSR %#x", msr);
		step(&machine, name, RDMSR, msr, 0);
	}
	machine_destroy(&machine);
}

void record_msrs(void)
{
	record_machine_msrs(false);
	record_machine_msrs(true);
}

static void set_id(struct machine *machine, enum place place, uint32_t id)
{
	*(uint32_t *)(machine->memory + place) = id;
}

void vmxon(struct machine *machine)
{
	set_id(machine, VMXON_REGION, ID);
	step(machine, "VMXON", VMXON, VMXON_REGION, 0);
}

/* The state is compared with it, too, lest each shows all the garbage. */
static void make_garbage_a(struct machine *machine)
{
	make_garbage(machine, VMCS_A, UNITS, ID);
	see_page(machine, "vmcs12", "A", VMCS_A);
	see_page(machine, "vmcs12", "state", VMCS_A);
}

void load_garbage(struct machine *machine)
{
	vmxon(machine);
	make_garbage_a(machine);
	step(machine, "VMPTRLD", VMPTRLD, VMCS_A, 0);
}

static const struct {
	const char *name;
	uint32_t id;
} wrong_ids[] = {
	{ "id 0", 0 },
	{ "id 1", 1 },
	{ "the next id", ID + 1 },
	{ "all ones", ~0 },
};

static void try_ids(struct machine *machine, enum operation operation, enum place place)
{
	for (size_t i = 0; i < ARRAY_SIZE(wrong_ids); i++) {
		set_id(machine, place, wrong_ids[i].id);
		step(machine, wrong_ids[i].name, operation, place, 0);
	}
}

static void try_addresses(struct machine *machine, enum operation operation, enum place place)
{
	step(machine, "a misaligned address", operation, place + 8, 0);
	step(machine, "an address beyond the CPU's", operation, 1ULL << 60, 0);
	step(machine, "an address without memory", operation, NOWHERE, 0);
	step(machine, "address 0", operation, 0, 0);
}

static void record_vmxon(struct machine *machine)
{
	section("VMXON");
	step(machine, "VMPTRLD before VMXON", VMPTRLD, VMCS_A, 0);
	step(machine, "VMREAD before VMXON", VMREAD, 0, 0);
	try_ids(machine, VMXON, VMXON_REGION);
	set_id(machine, VMXON_REGION, ID | SHADOW_BIT);
	step(machine, "with the shadow bit", VMXON, VMXON_REGION, 0);
	set_id(machine, VMXON_REGION, ID);
	try_addresses(machine, VMXON, VMXON_REGION);
	vmxon(machine);
	step(machine, "once more", VMXON, VMXON_REGION, 0);
}

static void record_no_vmcs(struct machine *machine)
{
	section("no VMCS");
	step(machine, "VMPTRST", VMPTRST, 0, 0);
	step(machine, "VMREAD", VMREAD, VMCS_ENC_GUEST_RIP, 0);
	step(machine, "VMWRITE", VMWRITE, VMCS_ENC_GUEST_RIP, 1);
	step(machine, "VMLAUNCH", VMLAUNCH, 0, 0);
	step(machine, "VMRESUME", VMRESUME, 0, 0);
}

static void record_vmptrld(struct machine *machine)
{
	section("VMPTRLD");
	make_garbage(machine, VMCS_A, UNITS, ID);
	make_garbage(machine, VMCS_B, INVERSE, ID);
	see_page(machine, "vmcs12", "A", VMCS_A);
	see_page(machine, "vmcs12", "B", VMCS_B);
	step(machine, "A", VMPTRLD, VMCS_A, 0);
	step(machine, "VMPTRST", VMPTRST, 0, 0);
	step(machine, "the VMXON region", VMPTRLD, VMXON_REGION, 0);
	try_addresses(machine, VMPTRLD, VMCS_B);
	try_ids(machine, VMPTRLD, VMCS_B);
	step(machine, "VMPTRST", VMPTRST, 0, 0);
	record_page(machine, "vmcs12", "A", VMCS_A);
	set_id(machine, VMCS_B, ID);
	step(machine, "B", VMPTRLD, VMCS_B, 0);
	record_page(machine, "vmcs12", "A", VMCS_A);
	step(machine, "VMREAD of a link pointer", VMREAD, VMCS_ENC_VMCS_LINK_POINTER, 0);
	set_id(machine, VMCS_A, ID | SHADOW_BIT);
	step(machine, "A with the shadow bit", VMPTRLD, VMCS_A, 0);
	record_page(machine, "vmcs12", "B", VMCS_B);
	step(machine, "VMREAD of a shadow VMCS", VMREAD, VMCS_ENC_VMCS_LINK_POINTER, 0);
	step(machine, "VMLAUNCH of a shadow VMCS", VMLAUNCH, 0, 0);
	make_garbage(machine, VMCS_B, ONES, ID);
	see_page(machine, "vmcs12", "B", VMCS_B);
	step(machine, "B full of ones", VMPTRLD, VMCS_B, 0);
	record_page(machine, "vmcs12", "A", VMCS_A);
	step(machine, "VMCLEAR of B", VMCLEAR, VMCS_B, 0);
	record_page(machine, "vmcs12", "B", VMCS_B);
}

static void record_vmclear(struct machine *machine)
{
	section("VMCLEAR");
	make_garbage(machine, VMCS_A, UNITS, ID);
	make_garbage(machine, VMCS_B, INVERSE, 1);
	see_page(machine, "vmcs12", "A", VMCS_A);
	see_page(machine, "vmcs12", "B", VMCS_B);
	step(machine, "VMPTRLD A", VMPTRLD, VMCS_A, 0);
	step(machine, "B, which is not current, with a wrong id", VMCLEAR, VMCS_B, 0);
	record_page(machine, "vmcs12", "B", VMCS_B);
	step(machine, "the VMXON region", VMCLEAR, VMXON_REGION, 0);
	try_addresses(machine, VMCLEAR, VMCS_A);
	step(machine, "VMPTRST", VMPTRST, 0, 0);
	step(machine, "A, which is current", VMCLEAR, VMCS_A, 0);
	step(machine, "VMPTRST", VMPTRST, 0, 0);
	record_page(machine, "vmcs12", "A", VMCS_A);
	step(machine, "VMPTRLD A", VMPTRLD, VMCS_A, 0);
	make_garbage(machine, VMCS_A, ONES, 0);
	see_page(machine, "vmcs12", "A", VMCS_A);
	step(machine, "VMXOFF stores A", VMXOFF, 0, 0);
	record_page(machine, "vmcs12", "A", VMCS_A);
	step(machine, "VMREAD after VMXOFF", VMREAD, 0, 0);
}

void record_pointers(void)
{
	struct machine machine;

	machine_create(&machine, false);
	record_vmxon(&machine);
	record_no_vmcs(&machine);
	record_vmptrld(&machine);
	record_vmclear(&machine);
	machine_destroy(&machine);
}

/* Fields by encodings with bits that no encoding has. */
static void record_wide_encodings(struct machine *machine)
{
	static const int bits[] = { 15, 16, 31, 32, 63 };
	char name[64];

	section("encodings with further bits");
	for (size_t i = 0; i < ARRAY_SIZE(bits); i++) {
		uint64_t encoding = VMCS_ENC_GUEST_RIP | BIT_ULL(bits[i]);

		snprintf(name, sizeof(name), "VMREAD with bit %d", bits[i]);
		step(machine, name, VMREAD, encoding, 0);
		step(machine, name, VMREAD, encoding ^ VMCS_ENC_GUEST_RIP, 0);
		snprintf(name, sizeof(name), "VMWRITE with bit %d", bits[i]);
		step(machine, name, VMWRITE, encoding, 1);
	}
}

/* Writes to a VMCS whose read-only fields are writable, or not. */
static void record_writes(bool any_field, const bool *accepted)
{
	struct machine machine;
	uint64_t misc;

	section(any_field ? "VMWRITE to any field" : "VMWRITE to no read-only field");
	machine_create(&machine, false);
	machine_read_msr(&machine, IA32_VMX_MISC, &misc);
	misc = any_field ? misc | MISC_VMWRITE_ANY_FIELD : misc & ~MISC_VMWRITE_ANY_FIELD;
	printf("KVM_SET_MSRS of IA32_VMX_MISC: %s\n",
	       machine_write_msr(&machine, IA32_VMX_MISC, misc) ? "done" : "refused");
	load_garbage(&machine);
	sweep(&machine, "VMWRITE of each encoding", VMWRITE, 0, NULL);
	step(&machine, "VMCLEAR", VMCLEAR, VMCS_A, 0);
	record_page(&machine, "vmcs12", "A", VMCS_A);
	step(&machine, "VMPTRLD", VMPTRLD, VMCS_A, 0);
	sweep_errors(&machine, "errors of VMWRITE", accepted);
	record_wide_encodings(&machine);
	step(&machine, "VMCLEAR", VMCLEAR, VMCS_A, 0);
	record_page(&machine, "vmcs12", "A", VMCS_A);
	machine_destroy(&machine);
}

void record_fields(bool accepted[ENCODINGS])
{
	struct machine machine;

	section("VMREAD");
	machine_create(&machine, false);
	load_garbage(&machine);
	sweep(&machine, "VMREAD of each encoding", VMREAD, 0, accepted);
	step(&machine, "the last error", VMREAD, VMCS_ENC_VM_INSTRUCTION_ERROR, 0);
	step(&machine, "VMCLEAR", VMCLEAR, VMCS_A, 0);
	record_page(&machine, "vmcs12", "A", VMCS_A);
	machine_destroy(&machine);
	record_writes(true, accepted);
	record_writes(false, accepted);
}

void load_l2(struct machine *machine, const bool *accepted)
{
	make_garbage_a(machine);
	step(machine, "VMCLEAR", VMCLEAR, VMCS_A, 0);
	step(machine, "VMPTRLD", VMPTRLD, VMCS_A, 0);
	make_l2_vmcs(machine, accepted);
}

void record_exit(struct machine *machine)
{
	uint64_t length, rip;

	step(machine, "exit reason", VMREAD, VMCS_ENC_VM_EXIT_REASON, 0);
	step(machine, "exit qualification", VMREAD, VMCS_ENC_EXIT_QUALIFICATION, 0);
	step(machine, "length", VMREAD, VMCS_ENC_VM_EXIT_INSTRUCTION_LEN, 0);
	length = machine_commands(machine, L1)->value;
	step(machine, "guest RIP", VMREAD, VMCS_ENC_GUEST_RIP, 0);
	rip = machine_commands(machine, L1)->value;
	step(machine, "guest RIP after it", VMWRITE, VMCS_ENC_GUEST_RIP, rip + length);
}

static void record_garbage_launches(struct machine *machine)
{
	static const char *const names[] = { "words", "inverted words", "ones" };

	section("VMLAUNCH of garbage");
	for (enum garbage garbage = UNITS; garbage <= ONES; garbage++) {
		printf("%s\n", names[garbage]);
		make_garbage(machine, VMCS_B, garbage, ID);
		see_page(machine, "vmcs12", "B", VMCS_B);
		step(machine, "VMPTRLD", VMPTRLD, VMCS_B, 0);
		step(machine, "VMLAUNCH with a garbage launch state", VMLAUNCH, 0, 0);
		step(machine, "VMRESUME with a garbage launch state", VMRESUME, 0, 0);
		step(machine, "VMCLEAR", VMCLEAR, VMCS_B, 0);
		record_page(machine, "vmcs12", "B", VMCS_B);
		step(machine, "VMPTRLD", VMPTRLD, VMCS_B, 0);
		step(machine, "VMLAUNCH", VMLAUNCH, 0, 0);
		step(machine, "VMRESUME of a clear VMCS", VMRESUME, 0, 0);
		step(machine, "VMCLEAR", VMCLEAR, VMCS_B, 0);
		record_page(machine, "vmcs12", "B", VMCS_B);
	}
}

/* Entries that fail by one field of controls, host state or guest state. */
static void record_failed_launches(struct machine *machine)
{
	static const struct {
		const char *name;
		uint32_t encoding;
		uint64_t wrong, right;
	} wrong[] = {
		{ "a control", VMCS_ENC_CR3_TARGET_COUNT, 5, 0 },
		{ "the host's state", VMCS_ENC_HOST_CR4, 0, GUEST_CR4 },
		{ "the host's RIP", VMCS_ENC_HOST_RIP, 1ULL << 62, 0 },
		{ "the guest's state", VMCS_ENC_GUEST_CR0, 0, GUEST_CR0 },
		{ "the link pointer", VMCS_ENC_VMCS_LINK_POINTER, VMCS_B + 1, ~0ULL },
		{ "the guest's state for the CPU", VMCS_ENC_GUEST_RFLAGS, 0, 0x202 },
	};

	section("VMLAUNCH that fails");
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		uint64_t right = wrong[i].encoding == VMCS_ENC_HOST_RIP ? runner_exit(L1)
									: wrong[i].right;

		printf("%s\n", wrong[i].name);
		step(machine, "VMWRITE", VMWRITE, wrong[i].encoding, wrong[i].wrong);
		step(machine, "VMLAUNCH", VMLAUNCH, 0, 0);
		step(machine, "exit reason", VMREAD, VMCS_ENC_VM_EXIT_REASON, 0);
		step(machine, "exit qualification", VMREAD, VMCS_ENC_EXIT_QUALIFICATION, 0);
		step(machine, "VMWRITE", VMWRITE, wrong[i].encoding, right);
	}
}

/* L2 runs, and between its exits its VMCS goes to memory and comes back. */
static void record_l2(struct machine *machine)
{
	section("L2");
	step(machine, "VMRESUME of a clear VMCS", VMRESUME, 0, 0);
	step(machine, "VMLAUNCH", VMLAUNCH, 0, 0);
	record_page(machine, "vmcs12", "A", VMCS_A);
	step(machine, "VMCALL", VMCALL, 0, 0);
	record_exit(machine);
	step(machine, "VMLAUNCH of a launched VMCS", VMLAUNCH, 0, 0);
	step(machine, "VMPTRLD of another", VMPTRLD, VMCS_B, 0);
	record_page(machine, "vmcs12", "A", VMCS_A);
	step(machine, "VMPTRLD", VMPTRLD, VMCS_A, 0);
	step(machine, "VMRESUME", VMRESUME, 0, 0);
	step(machine, "CPUID", CPUID, 0, 0);
	record_exit(machine);
	step(machine, "VMCLEAR", VMCLEAR, VMCS_A, 0);
	record_page(machine, "vmcs12", "A", VMCS_A);
	step(machine, "VMPTRLD", VMPTRLD, VMCS_A, 0);
	step(machine, "VMRESUME of a clear VMCS", VMRESUME, 0, 0);
	step(machine, "VMLAUNCH", VMLAUNCH, 0, 0);
	step(machine, "VMXON in L2", VMXON, VMXON_REGION, 0);
	record_exit(machine);
	step(machine, "VMXOFF", VMXOFF, 0, 0);
	record_page(machine, "vmcs12", "A", VMCS_A);
}

void record_launches(const bool *accepted)
{
	struct machine machine;

	machine_create(&machine, false);
	vmxon(&machine);
	record_garbage_launches(&machine);
	load_l2(&machine, accepted);
	make_garbage(&machine, VMCS_B, INVERSE, ID);
	see_page(&machine, "vmcs12", "B", VMCS_B);
	record_failed_launches(&machine);
	record_l2(&machine);
	machine_destroy(&machine);
}

/* L2 reaches a shadow VMCS with each VMREAD and VMWRITE, and every exit goes to L0. */
static void load_shadow(struct machine *machine)
{
	uint64_t primary = VMCS_ENC_CPU_BASED_VM_EXEC_CONTROL;
	uint64_t controls;

	step(machine, "primary controls", VMREAD, primary, 0);
	controls = machine_commands(machine, L1)->value;
	make_garbage(machine, VMCS_SHADOW, INVERSE, ID | SHADOW_BIT);
	see_page(machine, "vmcs12", "shadow", VMCS_SHADOW);
	see_page(machine, "vmcs12", "state's shadow", VMCS_SHADOW);
	step(machine, "link pointer", VMWRITE, VMCS_ENC_VMCS_LINK_POINTER, VMCS_SHADOW);
	step(machine, "VMREAD bitmap", VMWRITE, VMCS_ENC_VMREAD_BITMAP, ZERO_BITMAP);
	step(machine, "VMWRITE bitmap", VMWRITE, VMCS_ENC_VMWRITE_BITMAP, ZERO_BITMAP);
	step(machine, "primary controls", VMWRITE, primary, controls | SECONDARY_CONTROLS);
	step(machine, "secondary controls", VMWRITE, VMCS_ENC_SECONDARY_VM_EXEC_CONTROL,
	     SHADOW_VMCS);
}

static bool offers_shadow(struct machine *machine)
{
	uint64_t secondary;

	return machine_read_msr(machine, IA32_VMX_PROCBASED_CTLS2, &secondary) &&
	       secondary >> 32 & SHADOW_VMCS;
}

void record_shadow(const bool *accepted)
{
	struct machine machine;

	section("a shadow VMCS");
	machine_create(&machine, false);
	if (!offers_shadow(&machine)) {
		printf("not offered\n");
		goto out;
	}
	vmxon(&machine);
	load_l2(&machine, accepted);
	load_shadow(&machine);
	*(uint32_t *)(machine.memory + VMCS_SHADOW) = ID;
	step(&machine, "VMLAUNCH without the shadow bit", VMLAUNCH, 0, 0);
	step(&machine, "exit reason", VMREAD, VMCS_ENC_VM_EXIT_REASON, 0);
	step(&machine, "exit qualification", VMREAD, VMCS_ENC_EXIT_QUALIFICATION, 0);
	*(uint32_t *)(machine.memory + VMCS_SHADOW) = ID | SHADOW_BIT;
	step(&machine, "VMLAUNCH", VMLAUNCH, 0, 0);
	sweep(&machine, "VMREAD of each encoding in L2", VMREAD, 0, NULL);
	sweep(&machine, "VMWRITE of each encoding in L2", VMWRITE, 0, NULL);
	record_page(&machine, "vmcs12", "shadow", VMCS_SHADOW);
	record_shadow_states(&machine);
	section("a shadow VMCS after an exit");
	step(&machine, "VMCALL", VMCALL, 0, 0);
	record_exit(&machine);
	record_page(&machine, "vmcs12", "shadow", VMCS_SHADOW);
	step(&machine, "VMCLEAR", VMCLEAR, VMCS_A, 0);
	record_page(&machine, "vmcs12", "A", VMCS_A);
out:
	machine_destroy(&machine);
}
