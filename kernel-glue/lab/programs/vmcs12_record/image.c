// SPDX-License-Identifier: GPL-2.0-only
#include <evmcs/linux-6.1-map.h>
#include <err.h>
#include <stdio.h>
#include <string.h>

#include "image.h"
#include "record.h"

#define TRUE_PINBASED_CTLS	0x48d
#define TRUE_PROCBASED_CTLS	0x48e
#define TRUE_EXIT_CTLS		0x48f
#define TRUE_ENTRY_CTLS		0x490

#define EXIT_HOST_ADDRESS_SPACE	BIT(9)		/* L1 runs in 64-bit mode */
#define ENTRY_IA32E_MODE	BIT(9)		/* and so does L2 */

struct field {
	uint32_t encoding;
	uint64_t value;
};

/* The fields that L2 needs to run its runner; all others are zero. */
static const struct field l2_fields[] = {
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

void make_garbage(struct machine *machine, enum place place, enum garbage garbage, uint32_t id)
{
	uint16_t *words = (uint16_t *)(machine->memory + place);

	for (int i = 0; i < PAGE / 2; i++)
		words[i] = garbage == ONES ? 0xffff : garbage == UNITS ? 0x4000 + i
								       : ~(0x4000 + i);
	memcpy(words, &id, sizeof(id));
}

/* The controls that a capability MSR demands, and more. */
static uint64_t controls(struct machine *machine, uint32_t msr, uint32_t more)
{
	uint64_t value;

	machine_read_msr(machine, msr, &value);
	return (uint32_t)value | more;
}

/* Those of L2's fields whose values are known only now. */
#define VARYING_FIELDS 8

static void varying_fields(struct machine *machine, struct field fields[VARYING_FIELDS])
{
	struct field varying[VARYING_FIELDS] = {
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

	memcpy(fields, varying, sizeof(varying));
}

static void add_vmwrites(struct command **next, const struct field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++)
		*(*next)++ = (struct command){ VMWRITE, fields[i].encoding, fields[i].value, 0 };
}

void make_l2_vmcs(struct machine *machine, const bool *accepted)
{
	struct command *commands = machine_commands(machine, L1), *next = commands;
	struct field varying[VARYING_FIELDS];
	unsigned int failed = 0;

	for (size_t encoding = 0; encoding < ENCODINGS; encoding++)
		if (accepted[encoding])
			*next++ = (struct command){ .operation = VMWRITE, .operand = encoding };
	varying_fields(machine, varying);
	add_vmwrites(&next, l2_fields, ARRAY_SIZE(l2_fields));
	add_vmwrites(&next, varying, VARYING_FIELDS);
	machine_run(machine, next - commands);
	while (next-- > commands)
		failed += !!next->result;
	printf("VMWRITE of L2's fields: %u failed\n", failed);
}

static void set_members(void *image, const struct field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t encoding = fields[i].encoding;
		unsigned int offset = vmcs_offset(evmcs_linux_6_1_map, encoding);

		if (!offset)
			errx(1, "the eVMCS lacks field %#x", encoding);
		vmcs_poke(image, offset, vmcs_bytes(encoding), fields[i].value);
	}
}

void make_l2_evmcs(struct machine *machine, enum place place)
{
	struct hv_enlightened_vmcs_linux_6_1 *evmcs = evmcs_at(machine, place);
	struct field varying[VARYING_FIELDS];

	for (uint32_t encoding = 0; encoding < ENCODINGS; encoding += 2)
		if (vmcs_offset(evmcs_linux_6_1_map, encoding))
			set_members(evmcs, &(struct field){ encoding, 0 }, 1);
	varying_fields(machine, varying);
	set_members(evmcs, l2_fields, ARRAY_SIZE(l2_fields));
	set_members(evmcs, varying, VARYING_FIELDS);
	evmcs->hv_clean_fields = 0;
	memset(&evmcs->hv_enlightenments_control, 0, sizeof(evmcs->hv_enlightenments_control));
	evmcs->hv_vm_id = 0;
	evmcs->hv_vp_id = 0;
	evmcs->partition_assist_page = 0;
}

/* Their controls are off, or nothing that L1 and L2 do depends on them. */
static const uint32_t free_fields[] = {
	VMCS_ENC_VIRTUAL_PROCESSOR_ID,
	VMCS_ENC_GUEST_LDTR_SELECTOR,
	VMCS_ENC_HOST_ES_SELECTOR,
	VMCS_ENC_HOST_DS_SELECTOR,
	VMCS_ENC_IO_BITMAP_A,
	VMCS_ENC_IO_BITMAP_B,
	VMCS_ENC_MSR_BITMAP,
	VMCS_ENC_VM_EXIT_MSR_STORE_ADDR,
	VMCS_ENC_VM_EXIT_MSR_LOAD_ADDR,
	VMCS_ENC_VM_ENTRY_MSR_LOAD_ADDR,
	VMCS_ENC_TSC_OFFSET,
	VMCS_ENC_VIRTUAL_APIC_PAGE_ADDR,
	VMCS_ENC_EPT_POINTER,
	VMCS_ENC_XSS_EXIT_BITMAP,
	VMCS_ENC_ENCLS_EXITING_BITMAP,
	VMCS_ENC_TSC_MULTIPLIER,
	VMCS_ENC_GUEST_IA32_DEBUGCTL,
	VMCS_ENC_GUEST_IA32_PAT,
	VMCS_ENC_GUEST_IA32_EFER,
	VMCS_ENC_GUEST_IA32_PERF_GLOBAL_CTRL,
	VMCS_ENC_GUEST_PDPTR0,
	VMCS_ENC_GUEST_PDPTR1,
	VMCS_ENC_GUEST_PDPTR2,
	VMCS_ENC_GUEST_PDPTR3,
	VMCS_ENC_GUEST_BNDCFGS,
	VMCS_ENC_HOST_IA32_PAT,
	VMCS_ENC_HOST_IA32_EFER,
	VMCS_ENC_HOST_IA32_PERF_GLOBAL_CTRL,
	VMCS_ENC_EXCEPTION_BITMAP,
	VMCS_ENC_PAGE_FAULT_ERROR_CODE_MASK,
	VMCS_ENC_PAGE_FAULT_ERROR_CODE_MATCH,
	VMCS_ENC_VM_ENTRY_EXCEPTION_ERROR_CODE,
	VMCS_ENC_VM_ENTRY_INSTRUCTION_LEN,
	VMCS_ENC_TPR_THRESHOLD,
	VMCS_ENC_GUEST_LDTR_LIMIT,
	VMCS_ENC_GUEST_SYSENTER_CS,
	VMCS_ENC_HOST_IA32_SYSENTER_CS,
	VMCS_ENC_CR0_GUEST_HOST_MASK,
	VMCS_ENC_CR4_GUEST_HOST_MASK,
	VMCS_ENC_CR0_READ_SHADOW,
	VMCS_ENC_CR4_READ_SHADOW,
	VMCS_ENC_GUEST_FS_BASE,
	VMCS_ENC_GUEST_GS_BASE,
	VMCS_ENC_GUEST_LDTR_BASE,
	VMCS_ENC_GUEST_SYSENTER_ESP,
	VMCS_ENC_GUEST_SYSENTER_EIP,
	VMCS_ENC_HOST_FS_BASE,
	VMCS_ENC_HOST_GS_BASE,
	VMCS_ENC_HOST_IA32_SYSENTER_ESP,
	VMCS_ENC_HOST_IA32_SYSENTER_EIP,
};

void vary_l2_evmcs(struct machine *machine, enum place place, unsigned int round)
{
	for (size_t i = 0; i < ARRAY_SIZE(free_fields); i++) {
		/* A selector with RPL and TI clear, like none of another field or round. */
		struct field field = { free_fields[i], (round * 0x80 + i + 1) << 3 };

		if (vmcs_offset(evmcs_linux_6_1_map, field.encoding))
			set_members(evmcs_at(machine, place), &field, 1);
	}
}
