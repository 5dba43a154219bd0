/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Nested state as userspace saves and restores it.
 */
#ifndef VMCS12_RECORD_STATE_H
#define VMCS12_RECORD_STATE_H

#include "../machine/machine.h"

#define STATE_HEADER	offsetof(struct state, vmcs12)
#define STATE_VMCS12	offsetof(struct state, shadow)

/* KVM_GET_NESTED_STATE, recorded. */
void state_get(struct machine *machine, const char *name, struct state *state);

/*
 * KVM_SET_NESTED_STATE, of which only the first @readable bytes can be read: what is
 * after them is not mapped.
 */
void state_set(struct machine *machine, const char *name, const struct state *state,
	       size_t readable);

/* The same, and what it has become; to ask for that can change it. */
void state_try(struct machine *machine, const char *name, const struct state *state,
	       size_t readable);

#endif
