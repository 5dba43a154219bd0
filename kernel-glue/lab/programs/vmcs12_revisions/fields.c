// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include <vmcs_access.h>

#include "check.h"
#include "revision.h"
#include "tests.h"

/* Distinct in each byte, and other than the garbage. */
static uint64_t pattern(uint32_t encoding)
{
	return 0x8070605040302010 ^ encoding * 0x0001000100010001ull;
}

/* What KVM keeps of that: of access rights no reserved bits, as a CPU may. */
static uint64_t kept(uint32_t encoding)
{
	unsigned int bits = 8 * vmcs_bytes(encoding);
	uint64_t value = pattern(encoding);

	if (encoding >= VMCS_ENC_GUEST_ES_AR_BYTES && encoding <= VMCS_ENC_GUEST_TR_AR_BYTES)
		return value & 0x1f0ff;
	return bits == 64 ? value : value & ((1ull << bits) - 1);
}

/* Of 64-bit fields the whole, not the high half. */
static bool is_written(const struct revision *revision, uint32_t encoding)
{
	return reached(revision, encoding) && !VMCS_ENC_IS_HIGH(encoding);
}

/* A command for each encoding; checks which fields there are. */
static void sweep(struct machine *machine, const struct revision *revision,
		  enum operation operation)
{
	struct command *commands = machine_commands(machine, L1);

	for (size_t i = 0; i < encoding_count; i++)
		commands[i] = (struct command){ .operation = operation, .operand = encodings[i] };
	machine_run(machine, encoding_count);
	for (size_t i = 0; i < encoding_count; i++)
		check(!commands[i].result == reached(revision, encodings[i]),
		      "%s of %#x: result %#llx", operation == VMREAD ? "VMREAD" : "VMWRITE",
		      encodings[i], (unsigned long long)commands[i].result);
}

/* Write a pattern to each field, and read them all; none fails, so the error stays, too. */
static void write_patterns(struct machine *machine, const struct revision *revision)
{
	struct command *commands = machine_commands(machine, L1);
	size_t count = 0;

	for (size_t i = 0; i < encoding_count; i++)
		if (is_written(revision, encodings[i]))
			commands[count++] = (struct command){
				VMWRITE, encodings[i], pattern(encodings[i]), 0,
			};
	for (size_t i = 0; i < count; i++)
		commands[count + i] = (struct command){ VMREAD, commands[i].operand, 0, 0 };
	machine_run(machine, 2 * count);
	for (size_t i = 0; i < count; i++) {
		const struct command *read = &commands[count + i];

		check(!commands[i].result && !read->result && read->value == kept(read->operand),
		      "VMWRITE and VMREAD of %#llx: %#llx", (unsigned long long)read->operand,
		      (unsigned long long)read->value);
	}
}

/* What memory has after VMCLEAR, where the spec says that the revision has it. */
static void check_image(struct machine *machine, const struct revision *revision,
			const uint8_t *before)
{
	const uint8_t *image = machine->memory + VMCS_A;
	uint32_t launch_state;

	for (size_t i = 0; i < encoding_count; i++) {
		uint32_t encoding = encodings[i];

		if (is_written(revision, encoding))
			check(vmcs_peek(image, offset_in(revision, encoding), vmcs_bytes(encoding)) ==
			      kept(encoding), "the image has another %#x", encoding);
	}
	memcpy(&launch_state, image + revision->launch_state, sizeof(launch_state));
	check(!launch_state, "the launch state is %#x", launch_state);
	check_bytes(revision, image, before, PAGE);
}

static void test_image(const struct revision *revision)
{
	struct machine machine;
	uint8_t before[PAGE];

	about("an image of %s", revision->name);
	create(&machine, revision, false);
	make_image(&machine, VMXON_REGION, revision);
	make_image(&machine, VMCS_A, revision);
	memcpy(before, machine.memory + VMCS_A, PAGE);
	check(!run_one(&machine, VMXON, VMXON_REGION, 0).result, "VMXON fails");
	if (!check(!run_one(&machine, VMPTRLD, VMCS_A, 0).result, "VMPTRLD fails"))
		goto out;
	sweep(&machine, revision, VMREAD);
	sweep(&machine, revision, VMWRITE);
	write_patterns(&machine, revision);
	check(!memcmp(machine.memory + VMCS_A, before, PAGE), "the image changes while it is loaded");
	check(!run_one(&machine, VMCLEAR, VMCS_A, 0).result, "VMCLEAR fails");
	check_image(&machine, revision, before);
out:
	machine_destroy(&machine);
}

void test_fields(void)
{
	for (int i = 0; i < REVISIONS; i++)
		test_image(&revisions[i]);
}
