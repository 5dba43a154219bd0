// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include <vmcs_controls.h>

#include "result.h"
#include "words.h"

#define IA32_VMX_BASIC		0x480
#define IA32_VMX_VMFUNC		0x491

/* Those that are set again with a vCPU; the others never change, or can't be set. */
static const uint32_t loaded[] = {
	0x174, 0x175, 0x176,		/* IA32_SYSENTER_CS, ESP, EIP */
	0x1d9,				/* IA32_DEBUGCTL */
	0x277,				/* IA32_PAT */
	0x38f,				/* IA32_PERF_GLOBAL_CTRL */
	0xd90,				/* IA32_BNDCFGS */
	0xda0,				/* IA32_XSS */
	0xc0000102,			/* IA32_KERNEL_GS_BASE */
};

static const uint32_t others[] = { 0x3a, 0xc0000080 };	/* IA32_FEATURE_CONTROL, EFER */

static void choose(struct msrs *msrs, struct machine *machine, uint32_t index)
{
	uint64_t value;

	if (machine_read_msr(machine, index, &value))
		msrs->entries[msrs->count++].index = index;
}

void msrs_choose(struct msrs *msrs, struct machine *machine)
{
	memset(msrs, 0, sizeof(*msrs));
	for (size_t i = 0; i < ARRAY_SIZE(loaded); i++)
		choose(msrs, machine, loaded[i]);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		choose(msrs, machine, others[i]);
	for (uint32_t index = IA32_VMX_BASIC; index <= IA32_VMX_VMFUNC; index++)
		choose(msrs, machine, index);
}

#define PART(member, get, set) {						\
	#member, offsetof(struct result, member),				\
	sizeof(((struct result *)0)->member), get, set,				\
}

/* In the order in which they are read and set. */
static const struct part_of_vcpu {
	const char *name;
	size_t offset, size;
	unsigned long get, set;
} parts[] = {
	PART(events, KVM_GET_VCPU_EVENTS, KVM_SET_VCPU_EVENTS),
	PART(sregs, KVM_GET_SREGS, KVM_SET_SREGS),
	PART(regs, KVM_GET_REGS, KVM_SET_REGS),
	PART(debugregs, KVM_GET_DEBUGREGS, KVM_SET_DEBUGREGS),
	PART(mp_state, KVM_GET_MP_STATE, KVM_SET_MP_STATE),
	PART(msrs, KVM_GET_MSRS, 0),
	PART(nested, KVM_GET_NESTED_STATE, 0),
};

static void *bytes_of(const struct result *result, const struct part_of_vcpu *part)
{
	return (uint8_t *)result + part->offset;
}

void result_take(struct result *result, struct machine *machine)
{
	fill_words(&result->nested, 0, sizeof(result->nested));
	result->nested.header.size = sizeof(result->nested);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		ask(machine->vcpu, parts[i].get, bytes_of(result, &parts[i]), parts[i].name);
}

static bool is_loaded(uint32_t index)
{
	for (size_t i = 0; i < ARRAY_SIZE(loaded); i++)
		if (loaded[i] == index)
			return true;
	return false;
}

void result_restore(const struct result *result, struct machine *machine)
{
	struct msrs msrs = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (parts[i].set)
			ask(machine->vcpu, parts[i].set, bytes_of(result, &parts[i]),
			    parts[i].name);
	for (uint32_t i = 0; i < result->msrs.count; i++)
		if (is_loaded(result->msrs.entries[i].index))
			msrs.entries[msrs.count++] = result->msrs.entries[i];
	ask(machine->vcpu, KVM_SET_MSRS, &msrs, "KVM_SET_MSRS");
}

void result_to_default(const struct revision *revision, struct result *result)
{
	uint8_t image[PAGE];

	image_to_default(revision, image, result->nested.vmcs12);
	copy_words(result->nested.vmcs12, image, PAGE);
	image_to_default(revision, image, result->nested.shadow);
	copy_words(result->nested.shadow, image, PAGE);
	for (uint32_t i = 0; i < result->msrs.count; i++)
		if (result->msrs.entries[i].index == IA32_VMX_BASIC &&
		    (result->msrs.entries[i].data & ~SHADOW_BIT & 0xffffffff) == revision->id)
			result->msrs.entries[i].data ^= revision->id ^ DEFAULT_ID;
}

/* KVM finds a deadline for itself if none is given, and counts the time until it comes. */
void result_drop_time(struct result *result, const struct kvm_nested_state *given)
{
	struct vmcs12 *vmcs12 = (struct vmcs12 *)result->nested.vmcs12;
	struct kvm_nested_state *header = &result->nested.header;

	if (!(header->flags & KVM_STATE_NESTED_GUEST_MODE) ||
	    !(vmcs12->pin_based_vm_exec_control & VMCS_CTRL_PIN_BASED_VMX_PREEMPTION_TIMER))
		return;
	if (!(header->flags & KVM_STATE_NESTED_RUN_PENDING))
		vmcs12->vmx_preemption_timer_value = 0;
	if (!(given->hdr.vmx.flags & KVM_STATE_VMX_PREEMPTION_TIMER_DEADLINE))
		header->hdr.vmx.preemption_timer_deadline = 0;
}

const char *result_difference(const struct result *a, const struct result *b, size_t *offset)
{
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		const uint8_t *left = bytes_of(a, &parts[i]), *right = bytes_of(b, &parts[i]);

		if (!memcmp(left, right, parts[i].size))
			continue;
		for (*offset = 0; left[*offset] == right[*offset]; ++*offset)
			;
		return parts[i].name;
	}
	return NULL;
}

uint64_t result_digest(const struct result *result, uint64_t digest)
{
	_Static_assert(sizeof(*result) % sizeof(uint64_t) == 0, "whole words");
	return digest_words(result, sizeof(*result), digest ^ 0xcbf29ce484222325);
}

void result_print(const struct result *result)
{
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		printf(" %s %016" PRIx64, parts[i].name,
		       digest_words(bytes_of(result, &parts[i]), parts[i].size,
				    0xcbf29ce484222325));
}
