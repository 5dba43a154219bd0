// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <vmcs_types.h>

#include "snapshot.h"

#define IA32_VMX_VMFUNC		0x491

#define LINE_BYTES		32
#define MAX_LINE		160

#define PART(member, get, set) \
	{ #member, offsetof(struct snapshot, member), sizeof(((struct snapshot *)0)->member), \
	  get, set }

/* In the order in which they are restored; those without an ioctl come before them. */
static const struct part {
	const char *name;
	size_t offset, size;
	unsigned long get, set;
} parts[] = {
	PART(plan, 0, 0),
	PART(memory, 0, 0),
	PART(cpuid, 0, 0),
	PART(msrs, 0, 0),
	PART(sregs, KVM_GET_SREGS, KVM_SET_SREGS),
	PART(xcrs, KVM_GET_XCRS, KVM_SET_XCRS),
	PART(xsave, KVM_GET_XSAVE, KVM_SET_XSAVE),
	PART(events, KVM_GET_VCPU_EVENTS, KVM_SET_VCPU_EVENTS),
	PART(mp_state, KVM_GET_MP_STATE, KVM_SET_MP_STATE),
	PART(debugregs, KVM_GET_DEBUGREGS, KVM_SET_DEBUGREGS),
	PART(regs, KVM_GET_REGS, KVM_SET_REGS),
	PART(nested, KVM_GET_NESTED_STATE, KVM_SET_NESTED_STATE),
};

static uint8_t *part_bytes(const struct snapshot *snapshot, const struct part *part)
{
	return (uint8_t *)snapshot + part->offset;
}

/* Those that userspace may want to save, of which this vCPU may lack some. */
static void take_msrs(struct snapshot *snapshot, struct machine *machine)
{
	union {
		struct kvm_msr_list list;
		uint8_t room[sizeof(struct kvm_msr_list) + MAX_MSRS * sizeof(uint32_t)];
	} msrs = { .list.nmsrs = MAX_MSRS };
	int kvm = open("/dev/kvm", O_RDWR);

	if (kvm < 0)
		err(1, "/dev/kvm");
	ASK(kvm, KVM_GET_MSR_INDEX_LIST, &msrs);
	close(kvm);
	for (uint32_t i = 0; i < msrs.list.nmsrs; i++) {
		struct kvm_msr_entry entry = { .index = msrs.list.indices[i] };
		uint64_t value;

		if (!machine_read_msr(machine, entry.index, &value))
			continue;
		entry.data = value;
		snapshot->msrs.entries[snapshot->msrs.count++] = entry;
	}
}

void snapshot_take(struct snapshot *snapshot, struct machine *machine)
{
	memset(&snapshot->msrs, 0, sizeof(snapshot->msrs));
	memset(&snapshot->nested, 0, sizeof(snapshot->nested));
	snapshot->cpuid.count = MAX_LEAVES;
	snapshot->nested.header.size = sizeof(snapshot->nested);
	memcpy(snapshot->memory, machine->memory, MEMORY);
	ASK(machine->vcpu, KVM_GET_CPUID2, &snapshot->cpuid);
	take_msrs(snapshot, machine);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (parts[i].get)
			ask(machine->vcpu, parts[i].get, part_bytes(snapshot, &parts[i]),
			    parts[i].name);
}

static bool is_vmx_capability(uint32_t msr)
{
	return msr >= IA32_VMX_BASIC && msr <= IA32_VMX_VMFUNC;
}

/* Whether a VMX capability of a VM that is made here is as saved; its revision may differ. */
static bool same_capability(const struct kvm_msr_entry *msr, uint64_t here)
{
	uint64_t ignored = msr->index == IA32_VMX_BASIC ? REVISION_ID : 0;

	if (!((msr->data ^ here) & ~ignored))
		return true;
	printf("MSR %#x was %#llx where the VM was saved and is %#" PRIx64 " here\n",
	       msr->index, msr->data, here);
	return false;
}

/* An MSR that can't be written is right if it has the value already. */
static bool restore_msr(struct machine *machine, const struct kvm_msr_entry *msr,
			bool other_version)
{
	uint64_t here = 0;
	bool there = machine_read_msr(machine, msr->index, &here);
	bool same = !is_vmx_capability(msr->index) || same_capability(msr, here);

	if (machine_write_msr(machine, msr->index, msr->data) || (there && here == msr->data))
		return same || other_version;
	printf("MSR %#x can't be set to %#llx\n", msr->index, msr->data);
	return !there && other_version;
}

bool snapshot_restore(const struct snapshot *snapshot, struct machine *machine,
		      bool other_version)
{
	bool restored = true;

	machine_create_empty(machine, snapshot->plan.evmcs);
	machine->level = NOBODY;
	memcpy(machine->memory, snapshot->memory, MEMORY);
	ASK(machine->vcpu, KVM_SET_CPUID2, &snapshot->cpuid);
	for (uint64_t i = 0; i < snapshot->msrs.count; i++)
		restored = restore_msr(machine, &snapshot->msrs.entries[i], other_version) &&
			   restored;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (parts[i].set)
			ask(machine->vcpu, parts[i].set, part_bytes(snapshot, &parts[i]),
			    parts[i].name);
	return restored;
}

/*
 * Text
 */

/* FNV-1a. */
static uint32_t sum(const char *text, size_t length)
{
	uint32_t sum = 0x811c9dc5;

	while (length--)
		sum = (sum ^ (uint8_t)*text++) * 0x01000193;
	return sum;
}

static void print_line(const char *line)
{
	printf("%s %08" PRIx32 "\n", line, sum(line, strlen(line)));
}

static void print_bytes(const char *name, size_t offset, const uint8_t *bytes, size_t count)
{
	char line[MAX_LINE];
	int length = snprintf(line, sizeof(line), "state %s %zx ", name, offset);

	while (count--)
		length += snprintf(line + length, sizeof(line) - length, "%02x", *bytes++);
	print_line(line);
}

void snapshot_print(const struct snapshot *snapshot)
{
	static const uint8_t zeroes[LINE_BYTES];
	char line[MAX_LINE];
	size_t lines = 0;

	for (const struct part *part = parts; part < parts + ARRAY_SIZE(parts); part++) {
		const uint8_t *bytes = part_bytes(snapshot, part);

		for (size_t at = 0; at < part->size; at += LINE_BYTES) {
			size_t left = part->size - at;
			size_t count = left < LINE_BYTES ? left : LINE_BYTES;

			if (!memcmp(bytes + at, zeroes, count))
				continue;
			print_bytes(part->name, at, bytes + at, count);
			lines++;
		}
	}
	snprintf(line, sizeof(line), "state end %zx", lines);
	print_line(line);
	if (fflush(stdout))
		err(1, "standard output");
}

static const struct part *find_part(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (!strcmp(parts[i].name, name))
			return &parts[i];
	return NULL;
}

/* Whether the line ends with its sum, which is cut off. */
static bool take_sum(char *line)
{
	char *space = strrchr(line, ' ');

	if (!space || strtoul(space + 1, NULL, 16) != sum(line, space - line))
		return false;
	*space = '\0';
	return true;
}

/* Whether the bytes of a line have a place in the snapshot, where they are put. */
static bool read_bytes(struct snapshot *snapshot, const char *line)
{
	char name[16], digits[2 * LINE_BYTES + 1];
	const struct part *part;
	size_t offset, count;

	if (sscanf(line, "state %15s %zx %64[0-9a-f]", name, &offset, digits) != 3)
		return false;
	part = find_part(name);
	count = strlen(digits) / 2;
	if (!part || offset > part->size || count > part->size - offset)
		return false;
	for (size_t i = 0; i < count; i++)
		sscanf(digits + 2 * i, "%2hhx", part_bytes(snapshot, part) + offset + i);
	return true;
}

void snapshot_read(struct snapshot *snapshot, const char *path)
{
	FILE *file = fopen(path, "r");
	size_t lines = 0, said = 0;
	bool whole = false;
	char line[MAX_LINE];

	if (!file)
		err(4, "%s", path);
	memset(snapshot, 0, sizeof(*snapshot));
	while (!whole && fgets(line, sizeof(line), file)) {
		if (!take_sum(line))
			errx(3, "%s:%zu: damaged", path, lines + 1);
		if (sscanf(line, "state end %zx", &said) == 1)
			whole = true;
		else if (read_bytes(snapshot, line))
			lines++;
		else
			errx(3, "%s:%zu: nothing that this program saves", path, lines + 1);
	}
	if (ferror(file))
		err(4, "%s", path);
	fclose(file);
	if (!whole)
		errx(3, "%s: cut off after %zu lines", path, lines);
	if (lines != said)
		errx(3, "%s: %zu lines of %zu", path, lines, said);
	if (snapshot->msrs.count > MAX_MSRS || snapshot->cpuid.count > MAX_LEAVES)
		errx(3, "%s: more than this program saves", path);
}
