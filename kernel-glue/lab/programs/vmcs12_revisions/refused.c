// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include <vmcs_access.h>

#include "../machine/l2.h"
#include "check.h"
#include "revision.h"
#include "tests.h"

#define IA32_VMX_PROCBASED_CTLS2	0x48b
#define SHADOW_VMCS			(1u << 14)

#define INCORRECT_REVISION		11
#define INVALID_GUEST_STATE		0x80000021u
#define BAD_LINK_POINTER		4

static uint32_t *id_at(struct machine *machine, enum place place)
{
	return (uint32_t *)(machine->memory + place);
}

/* Ids that a vCPU does not accept: those of no revision, and those of all others. */
static size_t wrong_ids(const struct revision *vcpu, uint32_t *ids)
{
	size_t count = 0;

	ids[count++] = 0;
	ids[count++] = 1;
	ids[count++] = vcpu->id + 1;
	ids[count++] = vcpu->id ^ 0x40000000;
	for (int i = 0; i < REVISIONS; i++)
		if (vcpu != &revisions[i])
			ids[count++] = revisions[i].id;
	return count;
}

#define MAX_WRONG_IDS (4 + REVISIONS)

static void test_vmxon(struct machine *machine, const struct revision *vcpu)
{
	uint32_t ids[MAX_WRONG_IDS];
	size_t count = wrong_ids(vcpu, ids);

	for (size_t i = 0; i < count; i++) {
		*id_at(machine, VMXON_REGION) = ids[i];
		check(run_one(machine, VMXON, VMXON_REGION, 0).result == RESULT_CF,
		      "VMXON with id %#x", ids[i]);
	}
	*id_at(machine, VMXON_REGION) = vcpu->id | SHADOW_BIT;
	check(run_one(machine, VMXON, VMXON_REGION, 0).result == RESULT_CF,
	      "VMXON with bit 31 set");
	*id_at(machine, VMXON_REGION) = vcpu->id;
	check(!run_one(machine, VMXON, VMXON_REGION, 0).result, "VMXON fails");
}

/* VMPTRLD of VMCS_B fails, and VMCS_A stays current and what it was. */
static void refused(struct machine *machine, const char *what, uint32_t id)
{
	uint64_t read;

	check(run_one(machine, VMPTRLD, VMCS_B, 0).result == RESULT_ZF, "VMPTRLD with %s %#x", what,
	      id);
	read = run_one(machine, VMREAD, VMCS_ENC_VM_INSTRUCTION_ERROR, 0).value;
	check(read == INCORRECT_REVISION, "%s %#x: error %llu", what, id,
	      (unsigned long long)read);
	read = run_one(machine, VMPTRST, 0, 0).value;
	check(read == VMCS_A, "%s %#x: the current VMCS is %#llx", what, id,
	      (unsigned long long)read);
	read = run_one(machine, VMREAD, VMCS_ENC_GUEST_RSP, 0).value;
	check(read == 0x1234, "%s %#x: a field is %#llx", what, id, (unsigned long long)read);
}

static void test_vmptrld(struct machine *machine, const struct revision *vcpu)
{
	uint32_t ids[MAX_WRONG_IDS];
	size_t count = wrong_ids(vcpu, ids);
	uint8_t before[2][PAGE];

	make_image(machine, VMCS_A, vcpu);
	make_image(machine, VMCS_B, vcpu);
	check(!run_one(machine, VMPTRLD, VMCS_A, 0).result, "VMPTRLD fails");
	run_one(machine, VMWRITE, VMCS_ENC_GUEST_RSP, 0x1234);
	memcpy(before, machine->memory + VMCS_A, sizeof(before));
	for (size_t i = 0; i < count; i++) {
		*id_at(machine, VMCS_B) = ids[i];
		refused(machine, "id", ids[i]);
	}
	*id_at(machine, VMCS_B) = vcpu->id;
	check(!memcmp(before, machine->memory + VMCS_A, sizeof(before)), "memory has changed");
}

/*
 * VMPTRLD of VMCS_A, which is current, though its id in memory has become another: the SDM has
 * it fail, and KVM with the default revision never looked.
 */
static void test_current(struct machine *machine, const struct revision *vcpu)
{
	uint64_t expected = vcpu == &revisions[0] ? 0 : RESULT_ZF;
	uint32_t ids[MAX_WRONG_IDS];
	size_t count = wrong_ids(vcpu, ids);

	for (size_t i = 0; i < count; i++) {
		uint64_t result, read;

		*id_at(machine, VMCS_A) = ids[i];
		result = run_one(machine, VMPTRLD, VMCS_A, 0).result;
		check(result == expected, "VMPTRLD of the current VMCS with id %#x: %#llx", ids[i],
		      (unsigned long long)result);
		read = run_one(machine, VMREAD, VMCS_ENC_GUEST_RSP, 0).value;
		check(read == 0x1234, "then a field is %#llx", (unsigned long long)read);
	}
	*id_at(machine, VMCS_A) = vcpu->id;
	check(!run_one(machine, VMPTRLD, VMCS_A, 0).result, "VMPTRLD of the current VMCS fails");
	check(run_one(machine, VMREAD, VMCS_ENC_GUEST_RSP, 0).value == 0x1234,
	      "VMPTRLD of the current VMCS changes a field");
}

/* Entries whose link pointer leads to what is no shadow VMCS of the vCPU's. */
static void test_link(struct machine *machine, const struct revision *vcpu)
{
	struct field fields[MAX_L2_FIELDS], link = { VMCS_ENC_VMCS_LINK_POINTER, VMCS_SHADOW };
	uint32_t ids[MAX_WRONG_IDS];
	size_t count = wrong_ids(vcpu, ids);

	for (size_t i = 0; i < encoding_count; i++)
		if (reached(vcpu, encodings[i]))
			write_fields(machine, &(struct field){ encodings[i], 0 }, 1);
	write_fields(machine, fields, l2_fields(machine, fields));
	write_fields(machine, &link, 1);
	for (size_t i = 0; i < count; i++) {
		uint64_t reason, qualification;

		*id_at(machine, VMCS_SHADOW) = ids[i];
		run_one(machine, VMLAUNCH, 0, 0);
		reason = run_one(machine, VMREAD, VMCS_ENC_VM_EXIT_REASON, 0).value;
		qualification = run_one(machine, VMREAD, VMCS_ENC_EXIT_QUALIFICATION, 0).value;
		check(machine->level == L1 && reason == INVALID_GUEST_STATE &&
		      qualification == BAD_LINK_POINTER,
		      "a link to id %#x: exit reason %#llx, qualification %llu", ids[i],
		      (unsigned long long)reason, (unsigned long long)qualification);
	}
}

/* A state whose link leads nowhere is refused while L2 runs: L2's own link is as good as before. */
static void test_link_kept(struct machine *machine, const struct revision *vcpu)
{
	struct state state = { .header.size = sizeof(state) };
	uint64_t rip;

	*id_at(machine, VMCS_SHADOW) = vcpu->id;
	run_one(machine, VMLAUNCH, 0, 0);
	if (!check(machine->level == L2, "VMLAUNCH with a good link fails"))
		return;
	ioctl(machine->vcpu, KVM_GET_NESTED_STATE, &state);
	vmcs_poke(state.vmcs12, offset_in(vcpu, VMCS_ENC_VMCS_LINK_POINTER), 8, NOWHERE);
	check(ioctl(machine->vcpu, KVM_SET_NESTED_STATE, &state) && errno == EINVAL,
	      "KVM_SET_NESTED_STATE takes a link to nowhere");
	run_one(machine, VMCALL, 0, 0);
	rip = run_one(machine, VMREAD, VMCS_ENC_GUEST_RIP, 0).value +
	      run_one(machine, VMREAD, VMCS_ENC_VM_EXIT_INSTRUCTION_LEN, 0).value;
	run_one(machine, VMWRITE, VMCS_ENC_GUEST_RIP, rip);
	run_one(machine, VMRESUME, 0, 0);
	check(machine->level == L2, "VMRESUME with the same link fails");
}

/* A shadow VMCS on a vCPU that is to have none. */
static void test_shadow(const struct revision *vcpu)
{
	struct machine machine;
	uint64_t controls;

	create(&machine, vcpu, false);
	machine_read_msr(&machine, IA32_VMX_PROCBASED_CTLS2, &controls);
	machine_write_msr(&machine, IA32_VMX_PROCBASED_CTLS2,
			  controls & ~((uint64_t)SHADOW_VMCS << 32));
	*id_at(&machine, VMXON_REGION) = vcpu->id;
	make_image(&machine, VMCS_A, vcpu);
	make_image(&machine, VMCS_B, vcpu);
	run_one(&machine, VMXON, VMXON_REGION, 0);
	run_one(&machine, VMPTRLD, VMCS_A, 0);
	run_one(&machine, VMWRITE, VMCS_ENC_GUEST_RSP, 0x1234);
	*id_at(&machine, VMCS_B) |= SHADOW_BIT;
	refused(&machine, "the shadow bit, id", vcpu->id);
	machine_destroy(&machine);
}

/* KVM_SET_NESTED_STATE fails with EINVAL; but for a default vCPU, it has then changed nothing. */
static void state_refused(struct machine *machine, const struct revision *vcpu,
			  const struct state *state, const char *what, uint32_t number)
{
	struct state before = { .header.size = sizeof(before) }, after = before;
	int result;

	ioctl(machine->vcpu, KVM_GET_NESTED_STATE, &before);
	result = ioctl(machine->vcpu, KVM_SET_NESTED_STATE, state) ? errno : 0;
	check(result == EINVAL, "KVM_SET_NESTED_STATE with %s %#x: %s", what, number,
	      strerror(result));
	ioctl(machine->vcpu, KVM_GET_NESTED_STATE, &after);
	if (vcpu != &revisions[0])
		check(!memcmp(&before, &after, sizeof(before)), "%s %#x: state has changed", what,
		      number);
}

/* The size that a state of one VMCS has to have. */
static void test_sizes(struct machine *machine, const struct revision *vcpu,
		       const struct state *whole)
{
	size_t header = sizeof(whole->header);
	struct state state = *whole;

	for (size_t size = header; size < header + vcpu->size; size += 1 + size % 61) {
		state.header.size = size;
		state_refused(machine, vcpu, &state, "size", size);
	}
	state.header.size = header + vcpu->size;
	check(!ioctl(machine->vcpu, KVM_SET_NESTED_STATE, &state), "size %u is refused",
	      state.header.size);
}

static void test_states(const struct revision *vcpu)
{
	struct state state = { .header.size = sizeof(state) }, wrong;
	uint32_t ids[MAX_WRONG_IDS];
	size_t count = wrong_ids(vcpu, ids);
	struct machine machine;

	create(&machine, vcpu, false);
	*id_at(&machine, VMXON_REGION) = vcpu->id;
	make_image(&machine, VMCS_A, vcpu);
	run_one(&machine, VMXON, VMXON_REGION, 0);
	run_one(&machine, VMPTRLD, VMCS_A, 0);
	ioctl(machine.vcpu, KVM_GET_NESTED_STATE, &state);
	for (size_t i = 0; i < count; i++) {
		wrong = state;
		memcpy(wrong.vmcs12, &ids[i], sizeof(ids[i]));
		state_refused(&machine, vcpu, &wrong, "id", ids[i]);
	}
	wrong = state;
	wrong.header.flags = KVM_STATE_NESTED_GUEST_MODE;
	state_refused(&machine, vcpu, &wrong, "garbage for L2, flags", wrong.header.flags);
	wrong = state;
	wrong.header.hdr.vmx.vmcs12_pa = VMXON_REGION;
	state_refused(&machine, vcpu, &wrong, "a VMCS at", VMXON_REGION);
	test_sizes(&machine, vcpu, &state);
	machine_destroy(&machine);
}

void test_refused(void)
{
	for (int i = 0; i < REVISIONS; i++) {
		const struct revision *vcpu = &revisions[i];
		struct machine machine;

		about("what a vCPU of %s does not accept", vcpu->name);
		create(&machine, vcpu, false);
		test_vmxon(&machine, vcpu);
		test_vmptrld(&machine, vcpu);
		test_current(&machine, vcpu);
		test_link(&machine, vcpu);
		/* A default vCPU has lost L2 by then, as it always had. */
		if (vcpu != &revisions[0])
			test_link_kept(&machine, vcpu);
		machine_destroy(&machine);
		test_shadow(vcpu);
		test_states(vcpu);
	}
}
