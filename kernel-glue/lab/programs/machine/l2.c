// SPDX-License-Identifier: GPL-2.0-only
#include <evmcs/linux-map.h>
#include <evmcs/linux.h>
#include <err.h>
#include <string.h>

#include "l2.h"

#define TRUE_PINBASED_CTLS	0x48d
#define TRUE_PROCBASED_CTLS	0x48e
#define TRUE_EXIT_CTLS		0x48f
#define TRUE_ENTRY_CTLS		0x490

#define EXIT_HOST_ADDRESS_SPACE	BIT(9)		/* L1 runs in 64-bit mode */
#define ENTRY_IA32E_MODE	BIT(9)		/* and so does L2 */

static const struct field constant[] = {
	{ VMCS_ENC_VMCS_LINK_POINTER, ~0ULL },
	{ VMCS_ENC_GUEST_CR0, GUEST_CR0 },
	{ VMCS_ENC_GUEST_CR3, PAGE_TABLES },
	{ VMCS_ENC_GUEST_CR4, GUEST_CR4 },
	{ VMCS_ENC_GUEST_DR7, 0x400 },
	{ VMCS_ENC_GUEST_RFLAGS, 0x202 },
	{ VMCS_ENC_GUEST_ES_SELECTOR, DATA_SELECTOR },
	{ VMCS_ENC_GUEST_CS_SELECTOR, CODE_SELECTOR },
	{ VMCS_ENC_GUEST_SS_SELECTOR, DATA_SELECTOR },
	{ VMCS_ENC_GUEST_DS_SELECTOR, DATA_SELECTOR },
	{ VMCS_ENC_GUEST_FS_SELECTOR, DATA_SELECTOR },
	{ VMCS_ENC_GUEST_GS_SELECTOR, DATA_SELECTOR },
	{ VMCS_ENC_GUEST_TR_SELECTOR, TSS_SELECTOR },
	{ VMCS_ENC_GUEST_ES_LIMIT, 0xffffffff },
	{ VMCS_ENC_GUEST_CS_LIMIT, 0xffffffff },
	{ VMCS_ENC_GUEST_SS_LIMIT, 0xffffffff },
	{ VMCS_ENC_GUEST_DS_LIMIT, 0xffffffff },
	{ VMCS_ENC_GUEST_FS_LIMIT, 0xffffffff },
	{ VMCS_ENC_GUEST_GS_LIMIT, 0xffffffff },
	{ VMCS_ENC_GUEST_TR_LIMIT, 0x67 },
	{ VMCS_ENC_GUEST_ES_AR_BYTES, 0xc093 },
	{ VMCS_ENC_GUEST_CS_AR_BYTES, 0xa09b },
	{ VMCS_ENC_GUEST_SS_AR_BYTES, 0xc093 },
	{ VMCS_ENC_GUEST_DS_AR_BYTES, 0xc093 },
	{ VMCS_ENC_GUEST_FS_AR_BYTES, 0xc093 },
	{ VMCS_ENC_GUEST_GS_AR_BYTES, 0xc093 },
	{ VMCS_ENC_GUEST_LDTR_AR_BYTES, 0x10000 },
	{ VMCS_ENC_GUEST_TR_AR_BYTES, 0x8b },
	{ VMCS_ENC_GUEST_TR_BASE, TSS },
	{ VMCS_ENC_GUEST_GDTR_BASE, GDT },
	{ VMCS_ENC_GUEST_GDTR_LIMIT, TSS_SELECTOR + 15 },
	{ VMCS_ENC_GUEST_IDTR_BASE, IDT + PAGE },
	{ VMCS_ENC_GUEST_IDTR_LIMIT, RUNNER_VECTORS * 16 - 1 },
	{ VMCS_ENC_HOST_CR0, GUEST_CR0 },
	{ VMCS_ENC_HOST_CR3, PAGE_TABLES },
	{ VMCS_ENC_HOST_CR4, GUEST_CR4 },
	{ VMCS_ENC_HOST_ES_SELECTOR, DATA_SELECTOR },
	{ VMCS_ENC_HOST_CS_SELECTOR, CODE_SELECTOR },
	{ VMCS_ENC_HOST_SS_SELECTOR, DATA_SELECTOR },
	{ VMCS_ENC_HOST_DS_SELECTOR, DATA_SELECTOR },
	{ VMCS_ENC_HOST_FS_SELECTOR, DATA_SELECTOR },
	{ VMCS_ENC_HOST_GS_SELECTOR, DATA_SELECTOR },
	{ VMCS_ENC_HOST_TR_SELECTOR, TSS_SELECTOR },
	{ VMCS_ENC_HOST_TR_BASE, TSS },
	{ VMCS_ENC_HOST_GDTR_BASE, GDT },
	{ VMCS_ENC_HOST_IDTR_BASE, IDT },
};

/* The controls that a capability MSR demands, and more. */
static uint64_t controls(struct machine *machine, uint32_t msr, uint32_t more)
{
	uint64_t value;

	machine_read_msr(machine, msr, &value);
	return (uint32_t)value | more;
}

size_t l2_fields(struct machine *machine, struct field fields[MAX_L2_FIELDS])
{
	const struct field varying[] = {
		{ VMCS_ENC_PIN_BASED_VM_EXEC_CONTROL, controls(machine, TRUE_PINBASED_CTLS, 0) },
		{ VMCS_ENC_CPU_BASED_VM_EXEC_CONTROL, controls(machine, TRUE_PROCBASED_CTLS, 0) },
		{ VMCS_ENC_VM_EXIT_CONTROLS, controls(machine, TRUE_EXIT_CTLS,
						      EXIT_HOST_ADDRESS_SPACE) },
		{ VMCS_ENC_VM_ENTRY_CONTROLS, controls(machine, TRUE_ENTRY_CTLS,
						       ENTRY_IA32E_MODE) },
		{ VMCS_ENC_GUEST_RIP, runner_entry(L2) },
		{ VMCS_ENC_GUEST_RSP, runner_stack(L2) },
		{ VMCS_ENC_HOST_RIP, runner_exit(L1) },
		{ VMCS_ENC_HOST_RSP, runner_stack(L1) },
	};

	_Static_assert(ARRAY_SIZE(constant) + ARRAY_SIZE(varying) <= MAX_L2_FIELDS, "room");
	memcpy(fields, constant, sizeof(constant));
	memcpy(fields + ARRAY_SIZE(constant), varying, sizeof(varying));
	return ARRAY_SIZE(constant) + ARRAY_SIZE(varying);
}

size_t write_fields(struct machine *machine, const struct field *fields, size_t count)
{
	struct command *commands = machine_commands(machine, L1);
	size_t failed = 0;

	for (size_t i = 0; i < count; i++)
		commands[i] = (struct command){ VMWRITE, fields[i].encoding, fields[i].value, 0 };
	machine_run(machine, count);
	for (size_t i = 0; i < count; i++)
		failed += !!commands[i].result;
	return failed;
}

void set_evmcs_fields(struct machine *machine, enum place place, const struct field *fields,
		      size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t encoding = fields[i].encoding;
		unsigned int offset = vmcs_offset(evmcs_linux_map, encoding);

		if (!offset)
			errx(1, "the eVMCS lacks field %#x", encoding);
		vmcs_poke(machine->memory + place, offset, vmcs_bytes(encoding), fields[i].value);
	}
}
