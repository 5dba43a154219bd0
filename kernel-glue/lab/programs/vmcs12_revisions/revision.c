// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include <vmcs_exists.h>

#include "check.h"
#include "revision.h"

#define VMCS_REVISION(c_name, text) {						\
	.name = text,								\
	.id = vmcs12_##c_name##_id,						\
	.size = vmcs12_##c_name##_size,						\
	.launch_state = vmcs12_##c_name##_launch_state,				\
	.map = vmcs12_##c_name##_map,						\
},

const struct revision revisions[REVISIONS] = {
#include <vmcs12/revision-list.h>
};

const uint32_t encodings[] = {
#define VMCS_FIELD(name) VMCS_ENC_##name,
#include <vmcs_fields.h>
};

const size_t encoding_count = ARRAY_SIZE(encodings);

unsigned int offset_in(const struct revision *image, uint64_t encoding)
{
	return vmcs_offset(image->map, encoding);
}

/* Which of the encodings an L1 of the default revision finds. */
static bool found[ARRAY_SIZE(encodings)];

static bool is_found(uint64_t encoding)
{
	for (size_t i = 0; i < encoding_count; i++)
		if (encodings[i] == encoding)
			return found[i];
	return false;
}

/* Whether KVM may have something in an image for a field. */
static bool may_have(const struct revision *image, uint64_t encoding)
{
	return offset_in(image, encoding) && offset_in(&revisions[0], encoding);
}

bool reached(const struct revision *image, uint64_t encoding)
{
	return may_have(image, encoding) && is_found(encoding);
}

static uint32_t allowed(struct machine *machine, uint32_t msr)
{
	uint64_t value = 0;

	check(machine_read_msr(machine, msr, &value), "the MSR %#x can't be read", msr);
	return value >> 32;
}

static void check_found(struct machine *machine)
{
	struct vmcs_controls controls = {
		.pin_based_vm_exec_control = allowed(machine, IA32_VMX_TRUE_PINBASED_CTLS),
		.cpu_based_vm_exec_control = allowed(machine, IA32_VMX_TRUE_PROCBASED_CTLS),
		.secondary_vm_exec_control = allowed(machine, IA32_VMX_PROCBASED_CTLS2),
		.vm_exit_controls = allowed(machine, IA32_VMX_TRUE_EXIT_CTLS),
		.vm_entry_controls = allowed(machine, IA32_VMX_TRUE_ENTRY_CTLS),
	};
	uint64_t highest = 0, index = 0;

	machine_read_msr(machine, IA32_VMX_VMCS_ENUM, &highest);
	for (size_t i = 0; i < encoding_count; i++) {
		bool known = offset_in(&revisions[0], encodings[i]);

		check(known || !found[i], "L1 finds %#x, which KVM does not know", encodings[i]);
		check(!known || found[i] || !vmcs_field_exists(&controls, encodings[i]),
		      "L1 does not find %#x, which its controls add", encodings[i]);
		if (found[i] && index < (encodings[i] & INDEX_BITS))
			index = encodings[i] & INDEX_BITS;
	}
	check((highest & INDEX_BITS) == index, "IA32_VMX_VMCS_ENUM is %#llx, not %#llx",
	      (unsigned long long)highest, (unsigned long long)index);
}

void find_fields(void)
{
	struct machine machine;
	struct command *commands;

	about("an L1 of %s", revisions[0].name);
	create(&machine, &revisions[0], false);
	make_image(&machine, VMXON_REGION, &revisions[0]);
	make_image(&machine, VMCS_A, &revisions[0]);
	check(!run_one(&machine, VMXON, VMXON_REGION, 0).result, "VMXON fails");
	check(!run_one(&machine, VMPTRLD, VMCS_A, 0).result, "VMPTRLD fails");
	commands = machine_commands(&machine, L1);
	for (size_t i = 0; i < encoding_count; i++)
		commands[i] = (struct command){ .operation = VMREAD, .operand = encodings[i] };
	machine_run(&machine, encoding_count);
	for (size_t i = 0; i < encoding_count; i++)
		found[i] = !commands[i].result;
	check_found(&machine);
	machine_destroy(&machine);
}

void make_image(struct machine *machine, enum place place, const struct revision *revision)
{
	uint8_t *image = machine->memory + place;

	for (size_t i = 0; i < PAGE; i++)
		image[i] = i * 7 + 3;
	memcpy(image, &revision->id, sizeof(revision->id));
}

/* A byte of a field that the revision has, or of the launch state. */
static bool is_changed_by_kvm(const struct revision *revision, size_t byte)
{
	if (byte - revision->launch_state < sizeof(uint32_t))
		return true;
	for (size_t i = 0; i < encoding_count; i++)
		if (may_have(revision, encodings[i]) &&
		    byte - offset_in(revision, encodings[i]) < vmcs_bytes(encodings[i]))
			return true;
	return false;
}

void check_bytes(const struct revision *revision, const uint8_t *image, const uint8_t *before,
		 size_t size)
{
	size_t i = 0;

	while (i < size && (image[i] == before[i] || is_changed_by_kvm(revision, i)))
		i++;
	check(i == size, "byte %#zx of the image is %#x, was %#x", i, image[i % PAGE],
	      before[i % PAGE]);
}

uint32_t id_of(struct machine *machine)
{
	uint64_t basic;

	machine_read_msr(machine, IA32_VMX_BASIC, &basic);
	return basic & ~SHADOW_BIT;
}

bool set_id_by_msr(struct machine *machine, uint32_t id)
{
	uint64_t basic;

	machine_read_msr(machine, IA32_VMX_BASIC, &basic);
	return machine_write_msr(machine, IA32_VMX_BASIC, (basic & ~0xffffffffull) | id);
}

int enable_evmcs(struct machine *machine, uint64_t argument)
{
	uint16_t version;
	struct kvm_enable_cap cap = {
		.cap = KVM_CAP_HYPERV_ENLIGHTENED_VMCS, .args = { (uintptr_t)&version, argument },
	};

	return ioctl(machine->vcpu, KVM_ENABLE_CAP, &cap) ? errno : 0;
}

void create(struct machine *machine, const struct revision *revision, bool evmcs)
{
	machine_create(machine, evmcs);
	set_id_by_msr(machine, revision->id);
}

struct command run_one(struct machine *machine, enum operation operation, uint64_t operand,
		       uint64_t value)
{
	enum level level = machine->level;
	struct command *command = machine_commands(machine, level);

	*command = (struct command){ operation, operand, value, 0 };
	machine_run(machine, 1);
	/* After a VM exit it is the command of L1's that had entered L2. */
	return machine->level == NOBODY ? *command : *machine_commands(machine, machine->level);
}
