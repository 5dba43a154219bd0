// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

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

bool reached(const struct revision *image, uint64_t encoding)
{
	return offset_in(image, encoding) && offset_in(&revisions[0], encoding);
}

void make_image(struct machine *machine, enum place place, const struct revision *revision)
{
	uint8_t *image = machine->memory + place;

	for (size_t i = 0; i < PAGE; i++)
		image[i] = i * 7 + 3;
	memcpy(image, &revision->id, sizeof(revision->id));
}

/* A byte of a field that L1 reaches, or of the launch state. */
static bool is_changed_by_kvm(const struct revision *revision, size_t byte)
{
	if (byte - revision->launch_state < sizeof(uint32_t))
		return true;
	for (size_t i = 0; i < encoding_count; i++)
		if (reached(revision, encodings[i]) &&
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
