// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "record.h"
#include "state.h"

_Static_assert(STATE_HEADER == sizeof(struct kvm_nested_state), "the header is a block");

#define UNWRITTEN 0xee

/* How many bytes KVM has written, by the last that is not as it was. */
static size_t written(const struct state *state)
{
	const uint8_t *bytes = (const uint8_t *)state;
	size_t size = sizeof(*state);

	while (size && bytes[size - 1] == UNWRITTEN)
		size--;
	return size;
}

void state_get(struct machine *machine, const char *name, struct state *state)
{
	size_t size;
	int result;

	memset(state, UNWRITTEN, sizeof(*state));
	state->header.size = sizeof(*state);
	result = ioctl(machine->vcpu, KVM_GET_NESTED_STATE, state);
	printf("KVM_GET_NESTED_STATE ");
	record_call(name, result);
	if (result)
		return;
	size = written(state);
	printf("  size %u, written %zu\n", state->header.size, size);
	record_bytes("state", "header", &state->header, sizeof(state->header));
	if (size > STATE_HEADER)
		record_bytes("vmcs12", "state", state->vmcs12, sizeof(state->vmcs12));
	if (size > STATE_VMCS12)
		record_bytes("vmcs12", "state's shadow", state->shadow, sizeof(state->shadow));
}

void state_set(struct machine *machine, const char *name, const struct state *state,
	       size_t readable)
{
	size_t room = 3 * PAGE;			/* of which the last ends a struct state */
	uint8_t *pages = mmap(NULL, room + PAGE, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED || mprotect(pages + room, PAGE, PROT_NONE))
		err(1, "mmap");
	memcpy(pages + room - readable, state, readable);
	printf("KVM_SET_NESTED_STATE ");
	record_call(name, ioctl(machine->vcpu, KVM_SET_NESTED_STATE, pages + room - readable));
	munmap(pages, room + PAGE);
}

void state_try(struct machine *machine, const char *name, const struct state *state,
	       size_t readable)
{
	struct state now;

	state_set(machine, name, state, readable);
	state_get(machine, name, &now);
}
