// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <sys/ioctl.h>

#include "check.h"
#include "revision.h"
#include "tests.h"

static void randomize(void *bytes, size_t size, uint64_t *seed)
{
	for (uint8_t *byte = bytes; size--; byte++)
		*byte = chance(seed) >> 32;
}

/*
 * A state of one of several kinds: nothing but chance; a header that leads to images of
 * chance with an id; or one that was saved, with a few bytes changed.
 */
static void make_state(struct state *state, const struct state *saved, uint64_t *seed)
{
	uint64_t kind = chance(seed);
	uint32_t id;

	*state = *saved;
	switch (kind % 4) {
	case 0:
		randomize(&state->header, sizeof(state->header) + 64, seed);
		break;
	case 1:
		randomize(state->vmcs12, kind >> 8 & 1 ? 1100 : 64, seed);
		id = revisions[(kind >> 16) % REVISIONS].id;
		memcpy(state->vmcs12, &id, sizeof(id));
		break;
	default:
		for (unsigned int i = 0; i <= (kind >> 8) % 4; i++)
			((uint8_t *)state)[chance(seed) % 1200] = chance(seed) >> 32;
		break;
	}
	if (kind >> 24 & 1)
		state->header.flags = kind >> 32 & 7;
	if (kind >> 25 & 1)
		state->header.size = (kind >> 40) % sizeof(*state);
	state->header.format = kind >> 26 & 15 ? KVM_STATE_NESTED_FORMAT_VMX : kind >> 32;
}

static void get(struct machine *machine, struct state *state)
{
	memset(state, 0, sizeof(*state));
	state->header.size = sizeof(*state);
	ioctl(machine->vcpu, KVM_GET_NESTED_STATE, state);
}

static void test_random(const struct revision *vcpu, unsigned long count)
{
	static struct state saved, state, before, after;
	uint64_t seed = 0x9e3779b97f4a7c15 ^ vcpu->id;
	unsigned long taken = 0;
	struct machine machine;

	about("%lu states of chance on a vCPU of %s", count, vcpu->name);
	create(&machine, vcpu, true);
	memcpy(machine.memory + VMXON_REGION, &vcpu->id, sizeof(vcpu->id));
	make_image(&machine, VMCS_A, vcpu);
	run_one(&machine, VMXON, VMXON_REGION, 0);
	run_one(&machine, VMPTRLD, VMCS_A, 0);
	get(&machine, &saved);
	before = saved;
	for (unsigned long i = 0; i < count; i++) {
		bool done;

		make_state(&state, &saved, &seed);
		done = !ioctl(machine.vcpu, KVM_SET_NESTED_STATE, &state);
		taken += done;
		if (vcpu == &revisions[0])
			continue;
		/* What was refused has changed nothing. */
		get(&machine, &after);
		if (!done)
			check(!memcmp(&before, &after, sizeof(before)), "state %lu was kept", i);
		before = after;
	}
	check(!ioctl(machine.vcpu, KVM_SET_NESTED_STATE, &saved), "then a good one is refused");
	check(taken && taken < count, "%lu were taken", taken);
	machine_destroy(&machine);
}

void test_random_states(unsigned long count)
{
	for (int i = 0; count && i < REVISIONS; i++)
		test_random(&revisions[i], count);
}
