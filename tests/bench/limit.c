// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * What nothing that does the same can undercut: a load, a store, and unrolled moves of eight
 * bytes, as many as a copy moves.
 */
#include "vmcs_access.h"

#include "vcpu.h"

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

static __always_inline void enter(struct kvm_vcpu *vcpu, unsigned int clean)
{
	(void)clean;
	vmcs_move(vmcs12_of(vcpu), 0, evmcs_of(vcpu), 0, ENTRY_BYTES & ~7u);
}

static __always_inline void leave(struct kvm_vcpu *vcpu)
{
	vmcs_move(evmcs_of(vcpu), 0, vmcs12_of(vcpu), 0, EXIT_BYTES & ~7u);
}

#define SIDE limit
#include "repeat.h"
