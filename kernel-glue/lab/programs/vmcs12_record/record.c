// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "record.h"

#define VM_INSTRUCTION_ERROR	0x4400

/* The value that a sweep writes: other bits in each byte, and for each encoding. */
#define SWEPT_VALUE(encoding)	(0x9080706050403020 ^ (encoding) * 0x000100010001ULL)

static bool l2_has_run, guest_was_lost;

bool worth_comparing(void)
{
	return l2_has_run && !guest_was_lost;
}

void section(const char *title)
{
	printf("# %s\n", title);
}

static struct command *command(struct machine *machine, size_t number)
{
	return machine_commands(machine, machine->level) + number;
}

/* The number of the last VM-instruction error, or nothing. */
static void print_error(struct machine *machine)
{
	struct command *read = command(machine, 0);

	*read = (struct command){ .operation = VMREAD, .operand = VM_INSTRUCTION_ERROR };
	machine_run(machine, 1);
	if (read->result)
		printf("VMfailValid, its number can't be read\n");
	else
		printf("VMfailValid %u\n", (unsigned int)read->value);
}

static void print_exception(unsigned int vector)
{
	switch (vector) {
	case 6:
		printf("#UD\n");
		break;
	case 13:
		printf("#GP\n");
		break;
	default:
		printf("exception %u\n", vector);
		break;
	}
}

static void print_result(struct machine *machine, const struct command *done)
{
	uint64_t result = done->result;

	if (result & RESULT_EXCEPTION)
		print_exception(result & ~RESULT_EXCEPTION);
	else if (result & RESULT_VM_EXIT)
		printf("VM exit\n");
	else if (result & RESULT_CF)
		printf("VMfailInvalid\n");
	else if (result & RESULT_ZF)
		print_error(machine);
	else if (done->operation == VMREAD || done->operation == VMPTRST ||
		 done->operation == RDMSR)
		printf("0x%016llx\n", (unsigned long long)done->value);
	else
		printf("done\n");
}

void step(struct machine *machine, const char *name, enum operation operation,
	  uint64_t operand, uint64_t value)
{
	enum level before = machine->level;
	struct command done;

	printf("%s: ", name);
	if (before == NOBODY) {
		printf("no vCPU runs\n");
		return;
	}
	*command(machine, 0) = (struct command){ operation, operand, value, 0 };
	machine_run(machine, 1);
	if (machine->level == NOBODY) {
		printf("KVM_RUN ends with exit reason %u\n", machine->run->exit_reason);
		guest_was_lost = true;
	} else if (machine->level == L2 && before == L1) {
		printf("in L2\n");
		l2_has_run = true;
	} else {
		/* After a VM exit of L2 this is L1's command that had entered it. */
		done = *command(machine, 0);
		print_result(machine, &done);
	}
}

/* Whether all commands were run by the level that asked for them. */
static bool run_sweep(struct machine *machine, enum operation operation, uint64_t further_bits,
		      size_t count)
{
	enum level level = machine->level;

	if (level == NOBODY)
		return false;
	for (uint64_t encoding = 0; encoding < count; encoding++)
		*command(machine, encoding) = (struct command){
			operation, encoding | further_bits, SWEPT_VALUE(encoding), 0
		};
	machine_run(machine, count);
	return machine->level == level;
}

void sweep(struct machine *machine, const char *name, enum operation operation,
	   uint64_t further_bits, bool *accepted)
{
	/* In L2 those with bit 15 exit to L1 whatever the bitmaps say. */
	size_t count = machine->level == L2 ? ENCODINGS / 2 : ENCODINGS;
	unsigned int valid = 0, invalid = 0, other = 0;

	printf("%s:\n", name);
	if (!run_sweep(machine, operation, further_bits, count)) {
		printf("  not all were run\n");
		guest_was_lost = true;
		return;
	}
	for (size_t encoding = 0; encoding < count; encoding++) {
		struct command *done = command(machine, encoding);

		if (accepted)
			accepted[encoding] = !done->result;
		if (!done->result)
			printf("  0x%04zx 0x%016llx\n", encoding, (unsigned long long)done->value);
		else if (done->result == RESULT_ZF)
			valid++;
		else if (done->result == RESULT_CF)
			invalid++;
		else
			other++;
	}
	printf("  VMfailValid %u, VMfailInvalid %u, else %u\n", valid, invalid, other);
}

void sweep_errors(struct machine *machine, const char *name, const bool *accepted)
{
	printf("%s:\n", name);
	for (size_t encoding = 0; encoding < ENCODINGS && machine->level != NOBODY; encoding++) {
		struct command *write = command(machine, 0), *read = command(machine, 1);

		if (!accepted[encoding])
			continue;
		*write = (struct command){ VMWRITE, encoding, SWEPT_VALUE(encoding), 0 };
		*read = (struct command){ .operation = VMREAD, .operand = VM_INSTRUCTION_ERROR };
		machine_run(machine, 2);
		if (write->result)
			printf("  0x%04zx %s%u\n", encoding,
			       write->result == RESULT_ZF ? "VMfailValid " : "no success, ",
			       (unsigned int)read->value);
	}
}

#define MAX_SEEN	32

/* The bytes last seen of a kind and name; zeroes at first. */
static uint8_t *seen_bytes(const char *kind, const char *name)
{
	static struct {
		const char *kind, *name;
		uint8_t bytes[PAGE];
	} seen[MAX_SEEN];

	for (int i = 0; i < MAX_SEEN; i++) {
		if (!seen[i].kind) {
			seen[i].kind = kind;
			seen[i].name = name;
		}
		if (!strcmp(seen[i].kind, kind) && !strcmp(seen[i].name, name))
			return seen[i].bytes;
	}
	errx(1, "more than %d pages", MAX_SEEN);
}

void record_bytes(const char *kind, const char *name, const void *bytes, size_t size)
{
	uint8_t *seen = seen_bytes(kind, name);
	const uint8_t *now = bytes;

	printf("%s %s:%s\n", kind, name, memcmp(seen, now, size) ? "" : " unchanged");
	for (size_t line = 0; line < size; line += 16) {
		size_t end = line + 16 < size ? line + 16 : size;

		if (!memcmp(seen + line, now + line, end - line))
			continue;
		printf("  +0x%03zx", line);
		for (size_t i = line; i < end; i++) {
			if (seen[i] == now[i])
				printf(" ..");
			else
				printf(" %02x", now[i]);
		}
		printf("\n");
	}
	memcpy(seen, now, size);
}

void record_page(struct machine *machine, const char *kind, const char *name, enum place place)
{
	record_bytes(kind, name, machine->memory + place, PAGE);
}

void see_page(const struct machine *machine, const char *kind, const char *name, enum place place)
{
	memcpy(seen_bytes(kind, name), machine->memory + place, PAGE);
}

void record_call(const char *name, int result)
{
	if (result < 0)
		printf("%s: %s\n", name, strerror(errno));
	else
		printf("%s: done\n", name);
}
