// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The fastest possible code for the same work: a load, a store, and of each copy the same
 * words, moved without a look at the clean fields.
 */
#include "vmcs_access.h"

#include "vcpu.h"

/*
 * ENTER_CLEAN, ENTER_TYPICAL, ENTER_DIRTY and LEAVE, by Perl: MOVE(to, from, bytes), and
 * KEEP(member, from) of what an entry has for the vCPU itself.
 */
#include MOVES

#define MOVE(to_offset, from_offset, bytes) \
	vmcs_move(to, to_offset, from, from_offset, bytes);
#define KEEP(member, from_offset) \
	vmcs_move(&bench_hv.nested.member, 0, from, from_offset, sizeof(bench_hv.nested.member));

static u8 *vmcs12_of(struct kvm_vcpu *vcpu)
{
	return (u8 *)to_vmx(vcpu)->nested.cached_vmcs12;
}

static u8 *evmcs_of(struct kvm_vcpu *vcpu)
{
	return (u8 *)to_vmx(vcpu)->nested.hv_evmcs;
}

static __always_inline int vmread(struct kvm_vcpu *vcpu, unsigned long field,
				  unsigned long *value)
{
	vmcs_move_8((u8 *)value, vmcs12_of(vcpu) + field % 128 * 8);
	return 0;
}

static __always_inline int vmwrite(struct kvm_vcpu *vcpu, unsigned long field,
				   unsigned long value)
{
	vmcs_move_8(vmcs12_of(vcpu) + field % 128 * 8, (u8 *)&value);
	return 0;
}

/* A loop for each of the sets of clean fields that are measured. */
#define ENTERS(moves)								\
	for (unsigned int i = 0; i < times; i++) {				\
		const u8 *from = evmcs_of(vcpu);				\
		u8 *to = vmcs12_of(vcpu);					\
										\
		moves								\
		__asm__ volatile("" : : : "memory");				\
	}

static void limit_enters(struct kvm_vcpu *vcpu, unsigned int clean, unsigned int times)
{
	if (clean == 0xffff)
		ENTERS(ENTER_CLEAN)
	else if (clean)
		ENTERS(ENTER_TYPICAL)
	else
		ENTERS(ENTER_DIRTY)
}

static __always_inline void leave(struct kvm_vcpu *vcpu)
{
	const u8 *from = vmcs12_of(vcpu);
	u8 *to = evmcs_of(vcpu);

	LEAVE
}

#define SIDE limit
#define HAS_ENTERS
#include "repeat.h"
