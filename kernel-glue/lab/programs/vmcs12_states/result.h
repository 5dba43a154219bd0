/* SPDX-License-Identifier: GPL-2.0-only */
/* All that userspace sees of a vCPU, and how two of them are compared. */
#ifndef VMCS12_STATES_RESULT_H
#define VMCS12_STATES_RESULT_H

#include "image.h"

#define MAX_MSRS 64

/* Those that nested entry loads, those about VMX, and some others. */
struct msrs {
	uint32_t count, pad;
	struct kvm_msr_entry entries[MAX_MSRS];
};

/* Pads are zero, so that two can be compared as bytes. */
struct result {
	struct kvm_vcpu_events events;
	struct kvm_regs regs;
	struct kvm_sregs sregs;
	struct kvm_debugregs debugregs;
	struct kvm_mp_state mp_state;
	uint32_t pad;
	struct msrs msrs;
	struct state nested;
};

/* Those of the MSRs that this vCPU has. */
void msrs_choose(struct msrs *msrs, struct machine *machine);

/* What a vCPU is now, with the MSRs in @result. */
void result_take(struct result *result, struct machine *machine);

/* Let a vCPU have this again, but for what is nested. */
void result_restore(const struct result *result, struct machine *machine);

/* As a default vCPU would have it: images and ids. */
void result_to_default(const struct revision *revision, struct result *result);

/* Zero what the clock has changed since a default vCPU has got @given. */
void result_drop_time(struct result *result, const struct kvm_nested_state *given);

/* The name of a part that differs, or NULL. */
const char *result_difference(const struct result *a, const struct result *b, size_t *offset);

/* Go on with a digest of all; the first begins with 0. */
uint64_t result_digest(const struct result *result, uint64_t digest);

/* Print a digest of each part. */
void result_print(const struct result *result);

#endif
