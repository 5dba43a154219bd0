// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nested state that is saved and restored, whole and spoilt.
 */
#include <stdio.h>
#include <string.h>

#include "image.h"
#include "scripts.h"
#include "state.h"

/* Where the fields of an image end. */
#define FIELDS_END sizeof(struct vmcs12)

/* A state in each situation; those with a VMCS full of garbage and in L2 are kept. */
static void save_states(struct machine *machine, const bool *accepted, struct state *loaded,
			struct state *in_l2)
{
	struct state state;

	section("nested state");
	state_get(machine, "before VMXON", &state);
	vmxon(machine);
	state_get(machine, "after VMXON", &state);
	step(machine, "VMXOFF", VMXOFF, 0, 0);
	load_garbage(machine);
	state_get(machine, "with a VMCS full of garbage", loaded);
	load_l2(machine, accepted);
	state_get(machine, "with a VMCS for L2", &state);
	step(machine, "VMLAUNCH", VMLAUNCH, 0, 0);
	state_get(machine, "in L2", in_l2);
}

/* The state in another VM, which goes on from there. */
static void restore_state(const struct machine *from, const struct state *state)
{
	struct machine machine;
	struct state now;

	section("nested state in another VM");
	machine_copy(&machine, from);
	state_try(&machine, "in L2", state, state->header.size);
	step(&machine, "VMCALL", VMCALL, 0, 0);
	state_get(&machine, "after a VM exit", &now);
	record_exit(&machine);
	step(&machine, "VMRESUME", VMRESUME, 0, 0);
	step(&machine, "CPUID", CPUID, 0, 0);
	step(&machine, "VMCLEAR", VMCLEAR, VMCS_A, 0);
	record_page(&machine, "vmcs12", "A", VMCS_A);
	step(&machine, "VMXOFF", VMXOFF, 0, 0);
	state_get(&machine, "after VMXOFF", &now);
	machine_destroy(&machine);
}

/* A state whose last image is cut off, by its size or by what can be read. */
static void set_sizes(struct machine *machine, const struct state *whole)
{
	size_t image = whole->header.size - PAGE;
	const size_t sizes[] = {
		0, STATE_HEADER - 1, image, image + FIELDS_END - 1, image + FIELDS_END,
		image + PAGE - 1, image + PAGE, sizeof(struct state),
	};
	const size_t readable[] = {
		image, image + 500, image + FIELDS_END - 1, image + FIELDS_END,
	};
	struct state state = *whole;
	char name[32];

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		size_t size = sizes[i];

		state.header.size = size;
		snprintf(name, sizeof(name), "size %zu", size);
		state_try(machine, name, &state, size > STATE_HEADER ? size : STATE_HEADER);
	}
	for (size_t i = 0; i < ARRAY_SIZE(readable); i++) {
		snprintf(name, sizeof(name), "%zu bytes readable", readable[i]);
		state_try(machine, name, whole, readable[i]);
	}
}

/* One word of a state changed. */
struct change {
	const char *name;
	size_t offset;
	uint64_t value;
	size_t size;
};

static void set_changed(struct machine *machine, const struct state *whole,
			const struct change *changes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct state state = *whole;

		memcpy((char *)&state + changes[i].offset, &changes[i].value, changes[i].size);
		state_try(machine, changes[i].name, &state, whole->header.size);
	}
}

#define CHANGE(name, member, value)						\
	{ name, offsetof(struct state, member), value, sizeof(((struct state *)0)->member) }
#define CHANGE_BYTES(name, member, at, value, size)				\
	{ name, offsetof(struct state, member) + (at), value, size }

static const struct change header_changes[] = {
	CHANGE("flag: guest mode", header.flags, KVM_STATE_NESTED_GUEST_MODE),
	CHANGE("flag: run pending", header.flags, KVM_STATE_NESTED_RUN_PENDING),
	CHANGE("flag: guest mode, run pending", header.flags,
	       KVM_STATE_NESTED_GUEST_MODE | KVM_STATE_NESTED_RUN_PENDING),
	CHANGE("flag: eVMCS", header.flags, KVM_STATE_NESTED_EVMCS),
	CHANGE("flag: unknown", header.flags, 0x8000),
	CHANGE("format: SVM", header.format, KVM_STATE_NESTED_FORMAT_SVM),
	CHANGE("format: unknown", header.format, 2),
	CHANGE("SMM flag: guest mode", header.hdr.vmx.smm.flags,
	       KVM_STATE_NESTED_SMM_GUEST_MODE),
	CHANGE("VMX flag: unknown", header.hdr.vmx.flags, 2),
	CHANGE("no VMXON region", header.hdr.vmx.vmxon_pa, ~0ULL),
	CHANGE("VMXON region misaligned", header.hdr.vmx.vmxon_pa, VMXON_REGION + 8),
	CHANGE("no VMCS", header.hdr.vmx.vmcs12_pa, ~0ULL),
	CHANGE("VMCS misaligned", header.hdr.vmx.vmcs12_pa, VMCS_A + 8),
	CHANGE("VMCS is the VMXON region", header.hdr.vmx.vmcs12_pa, VMXON_REGION),
};

static const struct change image_changes[] = {
	CHANGE_BYTES("id 0", vmcs12, 0, 0, 4),
	CHANGE_BYTES("id 1", vmcs12, 0, 1, 4),
	CHANGE_BYTES("the next id", vmcs12, 0, vmcs12_linux_id + 1, 4),
	CHANGE_BYTES("the shadow bit", vmcs12, 0, vmcs12_linux_id | SHADOW_BIT, 4),
	CHANGE_BYTES("the abort word", vmcs12, 4, 0x12345678, 4),
	CHANGE_BYTES("the launch state", vmcs12, 8, 1, 4),
	CHANGE_BYTES("a pad", vmcs12, 12, 0x12345678, 4),
	CHANGE_BYTES("the last field", vmcs12, FIELDS_END - 2, 0x1234, 2),
	CHANGE_BYTES("the byte after the fields", vmcs12, FIELDS_END, 0x12, 1),
	CHANGE_BYTES("the last bytes", vmcs12, PAGE - 8, 0x1234567812345678, 8),
};

/* What a restored VMCS is to L1. */
static void use_restored(struct machine *machine)
{
	step(machine, "VMPTRST", VMPTRST, 0, 0);
	step(machine, "VMREAD", VMREAD, VMCS_ENC_VMCS_LINK_POINTER, 0);
	step(machine, "VMWRITE", VMWRITE, VMCS_ENC_GUEST_PML_INDEX, 0x1357);
	step(machine, "VMCLEAR", VMCLEAR, VMCS_A, 0);
	record_page(machine, "vmcs12", "A", VMCS_A);
}

/* The saved state with garbage shows byte for byte what is kept of it. */
static void spoil_state(const struct state *loaded)
{
	struct machine machine;

	section("nested state that is cut off");
	machine_create(&machine, false);
	set_sizes(&machine, loaded);
	section("nested state with another header");
	set_changed(&machine, loaded, header_changes, ARRAY_SIZE(header_changes));
	section("nested state with another image");
	set_changed(&machine, loaded, image_changes, ARRAY_SIZE(image_changes));
	state_try(&machine, "as saved", loaded, loaded->header.size);
	use_restored(&machine);
	machine_destroy(&machine);
}

void record_states(const bool *accepted)
{
	struct machine machine;
	struct state loaded, in_l2;

	machine_create(&machine, false);
	save_states(&machine, accepted, &loaded, &in_l2);
	restore_state(&machine, &in_l2);
	section("nested state, after it was saved");
	state_try(&machine, "in L2", &in_l2, in_l2.header.size);
	step(&machine, "VMCALL", VMCALL, 0, 0);
	record_exit(&machine);
	machine_destroy(&machine);
	spoil_state(&loaded);
}

static const struct change shadow_changes[] = {
	CHANGE_BYTES("id 1", shadow, 0, 1 | SHADOW_BIT, 4),
	CHANGE_BYTES("without the shadow bit", shadow, 0, vmcs12_linux_id, 4),
	CHANGE_BYTES("the abort word", shadow, 4, 0x12345678, 4),
	CHANGE_BYTES("a pad", shadow, 12, 0x12345678, 4),
	CHANGE_BYTES("the last field", shadow, FIELDS_END - 2, 0x1234, 2),
	CHANGE_BYTES("the byte after the fields", shadow, FIELDS_END, 0x12, 1),
};

/* With a linked shadow VMCS: that is the state's second image. */
void record_shadow_states(struct machine *machine)
{
	struct machine other;
	struct state state;

	section("nested state with a shadow VMCS");
	state_get(machine, "in L2", &state);
	machine_copy(&other, machine);
	set_sizes(&other, &state);
	set_changed(&other, &state, shadow_changes, ARRAY_SIZE(shadow_changes));
	machine_destroy(&other);

	section("a shadow VMCS in another VM");
	machine_copy(&other, machine);
	state_try(&other, "in L2", &state, state.header.size);
	sweep(&other, "VMREAD of each encoding in L2", VMREAD, 0, NULL);
	step(&other, "VMWRITE in L2", VMWRITE, VMCS_ENC_GUEST_RIP, 0x1234);
	step(&other, "VMCALL", VMCALL, 0, 0);
	record_page(&other, "vmcs12", "shadow", VMCS_SHADOW);
	machine_destroy(&other);
}
