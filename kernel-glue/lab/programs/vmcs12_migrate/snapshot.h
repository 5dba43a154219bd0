/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM as it is saved: what its vCPU has and its memory, as text that survives a serial
 * line.  Each line is
 *
 *	state PART OFFSET BYTES SUM
 *
 * all but the name in hexadecimal digits; lines of zeroes are left out, and the last is
 * "state end", the number of lines before it, and the sum.
 */
#ifndef VMCS12_MIGRATE_SNAPSHOT_H
#define VMCS12_MIGRATE_SNAPSHOT_H

#include "../machine/machine.h"

#define IA32_VMX_BASIC	0x480
#define REVISION_ID	0x7fffffffu	/* in that MSR */

#define MAX_LEAVES	256
#define MAX_MSRS	512

struct snapshot {
	struct plan {
		uint32_t evmcs;		/* the enlightened VMCS is offered, and used */
		uint32_t pending;	/* saved between VMRESUME and L2's first instruction */
		uint64_t rounds;	/* that L2 has done */
	} plan;
	struct {			/* a struct kvm_cpuid2 with room */
		uint32_t count, padding;
		struct kvm_cpuid_entry2 entries[MAX_LEAVES];
	} cpuid;
	struct {
		uint64_t count;
		struct kvm_msr_entry entries[MAX_MSRS];
	} msrs;
	struct kvm_sregs sregs;
	struct kvm_xcrs xcrs;
	uint8_t xsave[sizeof(struct kvm_xsave)];
	struct kvm_vcpu_events events;
	struct kvm_mp_state mp_state;
	struct kvm_debugregs debugregs;
	struct kvm_regs regs;
	struct state nested;
	uint8_t memory[MEMORY];
};

/* All of @snapshot but its plan, from a machine between two KVM_RUNs. */
void snapshot_take(struct snapshot *snapshot, struct machine *machine);

/*
 * A machine that goes on from there.  Returns false, and says why, if this kernel has
 * other capability MSRs of VMX or refuses one of the MSRs.  If it is of another version
 * than that which saved it (@other_version), a new VM may have other capabilities, which
 * become those of the saved one, and MSRs that it does not know at all are left out.
 */
bool snapshot_restore(const struct snapshot *snapshot, struct machine *machine,
		      bool other_version);

void snapshot_print(const struct snapshot *snapshot);

/* The text in a file; if it is damaged, ends the program with status 3. */
void snapshot_read(struct snapshot *snapshot, const char *path);

#endif
