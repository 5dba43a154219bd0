// SPDX-License-Identifier: GPL-2.0-only
/*
 * An enlightened VMCS: L1 writes a page of its memory and names it in the assist page.
 */
#include <stdio.h>

#include "image.h"
#include "scripts.h"
#include "state.h"

#define EVMCS_ID	evmcs_linux_id
#define ALL_CLEAN	0xffff

static const char *evmcs_name(enum place place)
{
	return place == EVMCS_A ? "A" : "B";
}

static void see_evmcs(const struct machine *machine, enum place place)
{
	see_page(machine, "evmcs", evmcs_name(place), place);
}

static void record_evmcs_page(struct machine *machine, enum place place)
{
	record_page(machine, "evmcs", evmcs_name(place), place);
}

/* An eVMCS for L2 with garbage wherever KVM knows no field. */
static void make_evmcs(struct machine *machine, enum place place, uint32_t id)
{
	make_garbage(machine, place, UNITS, id);
	make_l2_evmcs(machine, place);
	see_evmcs(machine, place);
}

/* What L1 learns of an exit; then L2 goes on after the instruction that caused it. */
static void record_evmcs_exit(struct machine *machine, enum place place)
{
	struct hv_enlightened_vmcs *evmcs = evmcs_at(machine, place);

	record_evmcs_page(machine, place);
	evmcs->guest_rip += evmcs->vm_exit_instruction_len;
	see_evmcs(machine, place);
}

static void record_ids(struct machine *machine)
{
	static const struct {
		const char *name;
		uint32_t id;
	} wrong[] = {
		{ "VMLAUNCH with id 0", 0 },
		{ "VMLAUNCH with id 2", 2 },
		{ "VMLAUNCH with id 1 and the shadow bit", EVMCS_ID | SHADOW_BIT },
		{ "VMLAUNCH with vmcs12's id and the shadow bit",
		  vmcs12_linux_id | SHADOW_BIT },
		{ "VMLAUNCH with the id next to vmcs12's", vmcs12_linux_id + 1 },
	};
	struct state state;

	section("eVMCS: ids");
	load_garbage(machine);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		make_evmcs(machine, EVMCS_A, wrong[i].id);
		use_evmcs(machine, EVMCS_A);
		step(machine, wrong[i].name, VMLAUNCH, 0, 0);
	}
	use_evmcs(machine, NOWHERE);
	step(machine, "VMLAUNCH of an eVMCS without memory", VMLAUNCH, 0, 0);
	state_get(machine, "with an unused eVMCS", &state);
}

static void record_evmcs_launch(struct machine *machine)
{
	struct state state;

	section("eVMCS: VMLAUNCH");
	make_evmcs(machine, EVMCS_A, EVMCS_ID);
	use_evmcs(machine, EVMCS_A);
	evmcs_at(machine, EVMCS_A)->vm_entry_controls = 0;
	step(machine, "VMLAUNCH with a wrong control", VMLAUNCH, 0, 0);
	record_evmcs_page(machine, EVMCS_A);
	make_evmcs(machine, EVMCS_A, EVMCS_ID);
	step(machine, "VMLAUNCH", VMLAUNCH, 0, 0);
	record_evmcs_page(machine, EVMCS_A);
	state_get(machine, "in L2", &state);
	step(machine, "VMCALL", VMCALL, 0, 0);
	record_evmcs_exit(machine, EVMCS_A);
	state_get(machine, "after a VM exit", &state);
}

static void record_evmcs_fields(struct machine *machine)
{
	section("eVMCS: VMREAD and VMWRITE");
	sweep(machine, "VMREAD of each encoding", VMREAD, 0, NULL);
	sweep(machine, "VMREAD of each encoding with bit 16", VMREAD, BIT_ULL(16), NULL);
	sweep(machine, "VMREAD of each encoding with bit 32", VMREAD, BIT_ULL(32), NULL);
	step(machine, "VMREAD with bit 63", VMREAD, VMCS_ENC_GUEST_RIP | BIT_ULL(63), 0);
	/* Of what is shadowed the CPU still has a VMCS, the one before. */
	step(machine, "VMWRITE of a shadowed field", VMWRITE, VMCS_ENC_GUEST_RIP, 0);
	step(machine, "VMWRITE of another", VMWRITE, VMCS_ENC_GUEST_ES_LIMIT, 0);
	record_evmcs_page(machine, EVMCS_A);
}

/* What is clean KVM must not look at: garbage; what it needs always is there. */
static void record_clean_fields(struct machine *machine)
{
	struct hv_enlightened_vmcs *evmcs = evmcs_at(machine, EVMCS_A);
	uint64_t rip = evmcs->guest_rip;
	struct state state;

	section("eVMCS: all clean");
	make_garbage(machine, EVMCS_A, INVERSE, EVMCS_ID);
	evmcs->hv_clean_fields = ALL_CLEAN;
	evmcs->guest_rip = rip;
	evmcs->tpr_threshold = 0;
	see_evmcs(machine, EVMCS_A);
	step(machine, "VMRESUME", VMRESUME, 0, 0);
	state_get(machine, "in L2", &state);
	step(machine, "CPUID", CPUID, 0, 0);
	record_evmcs_exit(machine, EVMCS_A);
	state_get(machine, "after a VM exit", &state);

	section("eVMCS: none clean");
	rip = evmcs->guest_rip;
	make_evmcs(machine, EVMCS_A, EVMCS_ID);
	evmcs->guest_rip = rip;
	see_evmcs(machine, EVMCS_A);
	step(machine, "VMRESUME", VMRESUME, 0, 0);
	step(machine, "CPUID", CPUID, 0, 0);
	record_evmcs_exit(machine, EVMCS_A);
}

/* Of each group alone KVM must take what L1 has written, and of the others nothing. */
static void record_clean_groups(struct machine *machine)
{
	struct hv_enlightened_vmcs *evmcs = evmcs_at(machine, EVMCS_A);
	struct state state;
	char name[32];

	section("eVMCS: one group not clean");
	for (unsigned int group = 0; BIT(group) <= ALL_CLEAN; group++) {
		vary_l2_evmcs(machine, EVMCS_A, group);
		evmcs->hv_clean_fields = ALL_CLEAN & ~BIT(group);
		see_evmcs(machine, EVMCS_A);
		snprintf(name, sizeof(name), "group %u not clean", group);
		step(machine, name, VMRESUME, 0, 0);
		state_get(machine, name, &state);
		step(machine, "CPUID", CPUID, 0, 0);
		record_evmcs_exit(machine, EVMCS_A);
	}
}

/* Another eVMCS, with the id that Hyper-V uses, and back. */
static void record_evmcs_switch(struct machine *machine)
{
	struct state state;

	section("eVMCS: another");
	make_evmcs(machine, EVMCS_B, vmcs12_linux_id);
	use_evmcs(machine, EVMCS_B);
	step(machine, "VMLAUNCH with vmcs12's id", VMLAUNCH, 0, 0);
	state_get(machine, "in L2", &state);
	step(machine, "VMCALL", VMCALL, 0, 0);
	record_evmcs_exit(machine, EVMCS_B);
	evmcs_at(machine, EVMCS_A)->hv_clean_fields = ALL_CLEAN;
	see_evmcs(machine, EVMCS_A);
	use_evmcs(machine, EVMCS_A);
	step(machine, "VMRESUME of the first", VMRESUME, 0, 0);
	step(machine, "CPUID", CPUID, 0, 0);
	record_evmcs_exit(machine, EVMCS_A);
}

/* Saved in L1 or in L2, and restored in another VM, which goes on from there. */
static void restore_evmcs(const struct machine *from, const struct state *state,
			  const char *name)
{
	struct machine machine;
	struct state now, spoilt = *state;

	section(name);
	machine_copy(&machine, from);
	spoilt.header.flags &= ~KVM_STATE_NESTED_EVMCS;
	state_try(&machine, "without the flag", &spoilt, state->header.size);
	spoilt = *state;
	spoilt.header.size = STATE_HEADER;
	state_try(&machine, "without an image", &spoilt, state->header.size);
	spoilt = *state;
	spoilt.vmcs12[0] = 1;
	state_try(&machine, "with a wrong id", &spoilt, state->header.size);
	state_try(&machine, "as saved", state, state->header.size);
	/* What that has shown is not what was set, if L1 runs: it is set once more. */
	state_set(&machine, "as saved", state, state->header.size);
	if (machine.level == L1)
		step(&machine, "VMRESUME", VMRESUME, 0, 0);
	record_evmcs_page(&machine, EVMCS_A);
	state_get(&machine, "in L2", &now);
	step(&machine, "VMCALL", VMCALL, 0, 0);
	record_evmcs_exit(&machine, EVMCS_A);
	state_get(&machine, "after a VM exit", &now);
	machine_destroy(&machine);
	see_evmcs(from, EVMCS_A);
}

static void record_evmcs_states(struct machine *machine)
{
	struct state state;

	section("eVMCS: nested state");
	state_get(machine, "in L1", &state);
	restore_evmcs(machine, &state, "eVMCS: nested state of L1 in another VM");
	section("eVMCS: nested state");
	step(machine, "VMRESUME", VMRESUME, 0, 0);
	state_get(machine, "in L2", &state);
	restore_evmcs(machine, &state, "eVMCS: nested state of L2 in another VM");
	section("eVMCS: back in L1");
	step(machine, "VMCALL", VMCALL, 0, 0);
	record_evmcs_exit(machine, EVMCS_A);
}

/* Back to plain vmcs12s, of which one was loaded before. */
static void record_evmcs_release(struct machine *machine)
{
	struct state state;

	section("eVMCS: VMCLEAR");
	step(machine, "VMCLEAR of the other", VMCLEAR, EVMCS_B, 0);
	record_evmcs_page(machine, EVMCS_B);
	step(machine, "VMCLEAR", VMCLEAR, EVMCS_A, 0);
	record_evmcs_page(machine, EVMCS_A);
	step(machine, "VMREAD of a shadowed field", VMREAD, VMCS_ENC_GUEST_RIP, 0);
	step(machine, "VMREAD of another", VMREAD, VMCS_ENC_GUEST_ES_LIMIT, 0);
	state_get(machine, "without a VMCS", &state);
	use_no_evmcs(machine);
	record_page(machine, "vmcs12", "A", VMCS_A);
	step(machine, "VMPTRLD", VMPTRLD, VMCS_A, 0);
	state_get(machine, "with a plain VMCS", &state);
	step(machine, "VMCLEAR", VMCLEAR, VMCS_A, 0);
	record_page(machine, "vmcs12", "A", VMCS_A);
	step(machine, "VMXOFF", VMXOFF, 0, 0);
	state_get(machine, "after VMXOFF", &state);
}

void record_evmcs(const bool *accepted)
{
	struct machine machine;

	machine_create(&machine, true);
	record_ids(&machine);
	record_evmcs_launch(&machine);
	record_evmcs_fields(&machine);
	record_clean_fields(&machine);
	record_clean_groups(&machine);
	record_evmcs_switch(&machine);
	record_evmcs_states(&machine);
	record_evmcs_release(&machine);

	/* A plain L2 in a VM that knows of eVMCSes. */
	section("eVMCS: not used");
	vmxon(&machine);
	load_l2(&machine, accepted);
	step(&machine, "VMLAUNCH", VMLAUNCH, 0, 0);
	step(&machine, "VMCALL", VMCALL, 0, 0);
	record_exit(&machine);
	machine_destroy(&machine);
}
