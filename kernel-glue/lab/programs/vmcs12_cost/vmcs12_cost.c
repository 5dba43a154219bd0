// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tells what an L1's VMX instructions and nested entries cost, by the time stamps around
 * KVM_RUN; in an emulator these count instructions, so they repeat.  A line for each:
 *
 *	cost TICKS NAME
 *
 * Of an operation it is what one more of many takes, with the few instructions that L1
 * needs around it; CPUID is the exit that has next to nothing to do.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <x86intrin.h>

#include <evmcs/linux.h>
#include <vmcs_encodings.h>

#include "../machine/l2.h"

/* What the <asm/kvm.h> of a patched kernel has. */
#ifndef KVM_X86_VMCS12_REVISIONS
#define KVM_X86_VMCS12_REVISIONS 1
struct kvm_vmcs12_revisions {
	__u32 nr;
	__u32 ids[];
};
#endif

#define IA32_VMX_BASIC	0x480

/* Of an eVMCS, with four reserved bytes after it. */
#define CLEAN_FIELDS	offsetof(struct hv_enlightened_vmcs, hv_clean_fields)

enum { FEW = 16, BATCHES = 63, MAX_IDS = 64 };

/* Have L1 run @count commands: the first @pattern of its commands, again and again. */
static uint64_t run(struct machine *machine, const struct command *pattern, size_t length,
		    size_t count)
{
	struct command *commands = machine_commands(machine, L1);
	uint64_t begin;

	for (size_t i = 0; i < count; i++)
		commands[i] = pattern[i % length];
	begin = __rdtsc();
	machine_run(machine, count);
	begin = __rdtsc() - begin;
	if (machine->level != L1)
		errx(1, "L1 does not go on");
	return begin;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/*
 * Ticks of one turn of a pattern: what twice as many take more, each the least of some
 * batches, since the machine has timers that come in between.
 */
static void report(struct machine *machine, const struct command *pattern, size_t length,
		   const char *name, const char *of)
{
	uint64_t few = UINT64_MAX, more = UINT64_MAX;

	for (int batch = 0; batch < BATCHES; batch++) {
		few = least(few, run(machine, pattern, length, FEW * length));
		more = least(more, run(machine, pattern, length, 2 * FEW * length));
	}
	printf("cost %.1f %s%s\n", (double)(more - few) / FEW, name, of);
}

static void expect(struct machine *machine, enum operation operation, uint64_t operand)
{
	struct command *command = machine_commands(machine, L1);

	*command = (struct command){ operation, operand, 0, 0 };
	machine_run(machine, 1);
	if (machine->level == L1 && command->result)
		errx(1, "operation %d fails", operation);
}

/* A VM in VMX operation, with a revision of vmcs12. */
static void begin(struct machine *machine, bool evmcs, uint32_t id)
{
	uint64_t basic;

	machine_create(machine, evmcs);
	if (id) {
		machine_read_msr(machine, IA32_VMX_BASIC, &basic);
		machine_write_msr(machine, IA32_VMX_BASIC, (basic & ~0xffffffffull) | id);
	}
	machine_read_msr(machine, IA32_VMX_BASIC, &basic);
	memcpy(machine->memory + VMXON_REGION, &basic, sizeof(id));
	memcpy(machine->memory + VMCS_A, &basic, sizeof(id));
	expect(machine, VMXON, VMXON_REGION);
}

/* Fields that no CPU shadows, so that every access to them exits. */
static const struct {
	const char *name;
	uint32_t encoding;
	uint64_t value;
} accessed[] = {
	{ "16 bits", VMCS_ENC_HOST_CS_SELECTOR, CODE_SELECTOR },
	{ "32 bits", VMCS_ENC_HOST_IA32_SYSENTER_CS, 0 },
	{ "64 bits", VMCS_ENC_TSC_OFFSET, 0 },
	{ "natural width", VMCS_ENC_HOST_RIP, 0x1000 },
	{ "a high half", VMCS_ENC_TSC_OFFSET_HIGH, 0 },
	{ "a rarely synced field", VMCS_ENC_GUEST_ES_BASE, 0 },
	{ "an access-rights field", VMCS_ENC_GUEST_DS_AR_BYTES, 0xc093 },
};

static void report_accesses(void)
{
	struct machine machine;

	begin(&machine, false, 0);
	expect(&machine, VMPTRLD, VMCS_A);
	report(&machine, &(struct command){ .operation = CPUID }, 1, "CPUID", "");
	for (size_t i = 0; i < ARRAY_SIZE(accessed); i++) {
		const struct command vmread = {
			.operation = VMREAD, .operand = accessed[i].encoding,
		};

		report(&machine, &vmread, 1, "VMREAD, ", accessed[i].name);
	}
	for (size_t i = 0; i < ARRAY_SIZE(accessed); i++) {
		const struct command vmwrite = {
			.operation = VMWRITE, .operand = accessed[i].encoding,
			.value = accessed[i].value,
		};

		report(&machine, &vmwrite, 1, "VMWRITE, ", accessed[i].name);
	}
	machine_destroy(&machine);
}

/* L2 stays at its VMCALL, by which it leaves again each time that L1 resumes it. */
static void start_l2(struct machine *machine)
{
	expect(machine, VMLAUNCH, 0);
	if (machine->level != L2)
		errx(1, "L2 does not run");
	*machine_commands(machine, L2) = (struct command){ .operation = VMCALL };
	machine_run(machine, 1);
	if (machine->level != L1)
		errx(1, "L2 does not leave");
}

static void report_plain_entry(void)
{
	struct field fields[MAX_L2_FIELDS];
	struct machine machine;

	begin(&machine, false, 0);
	expect(&machine, VMPTRLD, VMCS_A);
	write_fields(&machine, fields, l2_fields(&machine, fields));
	start_l2(&machine);
	report(&machine, &(struct command){ .operation = VMRESUME }, 1, "entry and exit, plain VMCS", "");
	machine_destroy(&machine);
}

static void report_evmcs_entry(void)
{
	static const struct {
		const char *name;
		uint32_t clean;
	} masks[] = {
		{ "all clean", 0xffff },
		{ "control_event, crdr, guest_basic dirty", 0xffff & ~(1u << 5 | 1u << 8 | 1u << 10) },
		{ "all dirty", 0 },
	};
	const struct command vmread = {
		.operation = VMREAD, .operand = VMCS_ENC_HOST_RIP,
	};
	const uint32_t version = 1;
	struct field fields[MAX_L2_FIELDS];
	struct machine machine;

	begin(&machine, true, 0);
	memcpy(machine.memory + EVMCS_A, &version, sizeof(version));
	set_evmcs_fields(&machine, EVMCS_A, fields, l2_fields(&machine, fields));
	use_evmcs(&machine, EVMCS_A);
	start_l2(&machine);
	for (size_t i = 0; i < ARRAY_SIZE(masks); i++) {
		/* KVM marks all as clean at each entry. */
		const struct command entry[] = {
			{ .operation = STORE, .operand = EVMCS_A + CLEAN_FIELDS,
			  .value = masks[i].clean },
			{ .operation = VMRESUME },
		};

		report(&machine, entry, ARRAY_SIZE(entry), "entry and exit, eVMCS, ",
		       masks[i].name);
	}
	report(&machine, &vmread, 1, "VMREAD of an eVMCS", "");
	machine_destroy(&machine);
}

/* The ids that vCPUs can have; 0 stands for the one that all have if they have no choice. */
static size_t get_ids(uint32_t ids[MAX_IDS])
{
	union {
		struct kvm_vmcs12_revisions list;
		uint32_t room[1 + MAX_IDS];
	} all = { .list.nr = MAX_IDS };
	struct kvm_device_attr attribute = {
		.group = 0, .attr = KVM_X86_VMCS12_REVISIONS, .addr = (uintptr_t)&all,
	};
	int kvm = open("/dev/kvm", O_RDWR);
	bool none = kvm < 0 || ioctl(kvm, KVM_GET_DEVICE_ATTR, &attribute);

	close(kvm);
	if (none) {
		ids[0] = 0;
		return 1;
	}
	memcpy(ids, all.room + 1, all.list.nr * sizeof(*ids));
	return all.list.nr;
}

static void report_pairs(void)
{
	static const struct command pair[] = {
		{ .operation = VMPTRLD, .operand = VMCS_A },
		{ .operation = VMCLEAR, .operand = VMCS_A },
	};
	uint32_t ids[MAX_IDS];
	size_t count = get_ids(ids);

	for (size_t i = 0; i < count; i++) {
		struct machine machine;
		char name[32] = "";

		begin(&machine, false, ids[i]);
		if (i)		/* the first is the one that all have */
			snprintf(name, sizeof(name), ", id %#010x", ids[i]);
		report(&machine, pair, ARRAY_SIZE(pair), "VMPTRLD and VMCLEAR", name);
		machine_destroy(&machine);
	}
}

int main(void)
{
	report_accesses();
	report_plain_entry();
	report_evmcs_entry();
	report_pairs();
	return 0;
}
