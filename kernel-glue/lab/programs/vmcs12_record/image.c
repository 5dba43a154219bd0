// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "image.h"
#include "record.h"

void make_garbage(struct machine *machine, enum place place, enum garbage garbage, uint32_t id)
{
	uint16_t *words = (uint16_t *)(machine->memory + place);

	for (int i = 0; i < PAGE / 2; i++)
		words[i] = garbage == ONES ? 0xffff : garbage == UNITS ? 0x4000 + i
								       : ~(0x4000 + i);
	memcpy(words, &id, sizeof(id));
}

void make_l2_vmcs(struct machine *machine, const bool *accepted)
{
	struct field fields[MAX_L2_FIELDS];
	struct command *commands = machine_commands(machine, L1), *next = commands;
	unsigned int failed = 0;

	for (size_t encoding = 0; encoding < ENCODINGS; encoding++)
		if (accepted[encoding])
			*next++ = (struct command){ .operation = VMWRITE, .operand = encoding };
	machine_run(machine, next - commands);
	while (next-- > commands)
		failed += !!next->result;
	failed += write_fields(machine, fields, l2_fields(machine, fields));
	printf("VMWRITE of L2's fields: %u failed\n", failed);
}

void make_l2_evmcs(struct machine *machine, enum place place)
{
	struct hv_enlightened_vmcs *evmcs = evmcs_at(machine, place);
	struct field fields[MAX_L2_FIELDS];

	for (uint32_t encoding = 0; encoding < ENCODINGS; encoding += 2)
		if (vmcs_offset(evmcs_linux_map, encoding))
			set_evmcs_fields(machine, place, &(struct field){ encoding, 0 }, 1);
	set_evmcs_fields(machine, place, fields, l2_fields(machine, fields));
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

		if (vmcs_offset(evmcs_linux_map, field.encoding))
			set_evmcs_fields(machine, place, &field, 1);
	}
}
