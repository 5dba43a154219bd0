// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <sys/ioctl.h>

#include <evmcs/linux-map.h>
#include <evmcs/linux.h>

#include "../machine/l2.h"
#include "check.h"
#include "revision.h"
#include "tests.h"

#define EXIT_REASON_CPUID	10
#define EXIT_REASON_VMCALL	18

/* An L1 that runs an L2. */
struct session {
	const struct revision *revision;
	uint32_t evmcs_id;		/* 0: by a plain VMCS */
	struct machine machine;
	uint8_t before[PAGE];		/* what memory had of the VMCS */
};

static void about_session(const struct session *session)
{
	if (session->evmcs_id)
		about("an L2 by an eVMCS with id %#x on a vCPU of %s", session->evmcs_id,
		      session->revision->name);
	else
		about("an L2 by an image of %s", session->revision->name);
}

/* An eVMCS for L2, on a page that is zero. */
static void make_evmcs(struct session *session)
{
	struct machine *machine = &session->machine;
	struct field fields[MAX_L2_FIELDS];

	memcpy(machine->memory + EVMCS_A, &session->evmcs_id, sizeof(session->evmcs_id));
	set_evmcs_fields(machine, EVMCS_A, fields, l2_fields(machine, fields));
	use_evmcs(machine, EVMCS_A);
}

/* A VMCS for L2, with garbage wherever it has no field. */
static void make_vmcs(struct session *session)
{
	struct machine *machine = &session->machine;
	struct field fields[MAX_L2_FIELDS];

	make_image(machine, VMCS_A, session->revision);
	memcpy(session->before, machine->memory + VMCS_A, PAGE);
	check(!run_one(machine, VMPTRLD, VMCS_A, 0).result, "VMPTRLD fails");
	for (size_t i = 0; i < encoding_count; i++)
		if (reached(session->revision, encodings[i]))
			write_fields(machine, &(struct field){ encodings[i], 0 }, 1);
	check(!write_fields(machine, fields, l2_fields(machine, fields)), "VMWRITE fails");
}

static void begin(struct session *session)
{
	struct machine *machine = &session->machine;

	about_session(session);
	create(machine, session->revision, !!session->evmcs_id);
	memcpy(machine->memory + VMXON_REGION, &session->revision->id, sizeof(session->revision->id));
	check(!run_one(machine, VMXON, VMXON_REGION, 0).result, "VMXON fails");
	if (session->evmcs_id)
		make_evmcs(session);
	else
		make_vmcs(session);
	run_one(machine, VMLAUNCH, 0, 0);
	check(machine->level == L2, "VMLAUNCH fails");
}

/* Save the VM while L2 runs, and let another one go on. */
static void move(struct session *session)
{
	struct machine from = session->machine;
	struct state state = { .header.size = sizeof(state) };
	uint32_t id;

	about_session(session);
	if (from.level != L2)
		return;
	check(!ioctl(from.vcpu, KVM_GET_NESTED_STATE, &state), "KVM_GET_NESTED_STATE fails");
	check(state.header.flags & KVM_STATE_NESTED_GUEST_MODE, "L2 does not run");
	check(!!(state.header.flags & KVM_STATE_NESTED_EVMCS) == !!session->evmcs_id,
	      "flags are %#x", state.header.flags);
	memcpy(&id, state.vmcs12, sizeof(id));
	check(id == session->revision->id, "the saved id is %#x", id);
	machine_copy(&session->machine, &from);
	check(set_id_by_msr(&session->machine, session->revision->id), "the id can't be set");
	check(!ioctl(session->machine.vcpu, KVM_SET_NESTED_STATE, &state),
	      "KVM_SET_NESTED_STATE fails");
	machine_destroy(&from);
}

static uint64_t read_field(struct session *session, uint32_t encoding)
{
	struct machine *machine = &session->machine;

	if (session->evmcs_id)
		return vmcs_peek(machine->memory + EVMCS_A, vmcs_offset(evmcs_linux_map, encoding),
				 vmcs_bytes(encoding));
	return run_one(machine, VMREAD, encoding, 0).value;
}

/* L2 goes on after the instruction that it has left by. */
static void skip(struct session *session)
{
	uint64_t rip = read_field(session, VMCS_ENC_GUEST_RIP) +
		       read_field(session, VMCS_ENC_VM_EXIT_INSTRUCTION_LEN);

	if (session->evmcs_id)
		set_evmcs_fields(&session->machine, EVMCS_A,
				 &(struct field){ VMCS_ENC_GUEST_RIP, rip }, 1);
	else
		run_one(&session->machine, VMWRITE, VMCS_ENC_GUEST_RIP, rip);
}

/* L2 leaves by an instruction. */
static void leave(struct session *session, enum operation operation, uint32_t reason)
{
	uint64_t read;

	run_one(&session->machine, operation, 0, 0);
	if (!check(session->machine.level == L1, "L2 does not leave"))
		return;
	read = read_field(session, VMCS_ENC_VM_EXIT_REASON);
	check(read == reason, "the exit reason is %#llx", (unsigned long long)read);
	skip(session);
}

static void check_left(struct session *session)
{
	const struct revision *image = session->revision;
	const uint8_t *now = session->machine.memory + VMCS_A;
	unsigned int offset = offset_in(image, VMCS_ENC_VM_EXIT_REASON);

	check(vmcs_peek(now, offset, 4) == EXIT_REASON_CPUID, "the image's exit reason is %#llx",
	      (unsigned long long)vmcs_peek(now, offset, 4));
	/* For the default id KVM_SET_NESTED_STATE takes no more than the fields, as ever. */
	check_bytes(image, now, session->before, image == &revisions[0] ? image->size : PAGE);
}

static void end(struct session *session)
{
	struct machine *machine = &session->machine;

	about_session(session);
	if (machine->level == L2)
		leave(session, VMCALL, EXIT_REASON_VMCALL);
	if (machine->level == L1) {
		run_one(machine, VMRESUME, 0, 0);
		check(machine->level == L2, "VMRESUME fails");
	}
	if (machine->level == L2)
		leave(session, CPUID, EXIT_REASON_CPUID);
	if (machine->level == L1) {
		check(!run_one(machine, VMCLEAR, session->evmcs_id ? EVMCS_A : VMCS_A, 0).result,
		      "VMCLEAR fails");
		if (!session->evmcs_id)
			check_left(session);
	}
	machine_destroy(machine);
}

#define MAX_SESSIONS (REVISIONS * 3)

void test_sessions(void)
{
	static struct session sessions[MAX_SESSIONS];
	size_t count = 0;

	for (int i = 0; i < REVISIONS; i++) {
		/* A plain VMCS; KVM's version of the eVMCS; and its id, as Hyper-V does. */
		const uint32_t evmcs_ids[] = { 0, 1, revisions[i].id };

		for (int j = 0; j < 3; j++)
			sessions[count++] = (struct session){
				.revision = &revisions[i], .evmcs_id = evmcs_ids[j],
			};
	}
	for (size_t i = 0; i < count; i++)
		begin(&sessions[i]);
	for (size_t i = 0; i < count; i++)
		move(&sessions[i]);
	for (size_t i = 0; i < count; i++)
		end(&sessions[i]);
}
