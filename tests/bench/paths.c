// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * KVM's hot paths, cut out of a kernel's nested.c, which may be patched: what handle_vmread()
 * and handle_vmwrite() do from the look-up on, and the two copy routines.
 */
#include "vcpu.h"
#include KVM_EVMCS_H
#ifdef OURS
#include "kvm/vmx/vmcs12_fields.h"
#define PLACE vmcs12_end_t end
#else
#define PLACE short offset
#endif
#include FUNCTIONS

static __always_inline int vmread(struct kvm_vcpu *vcpu, unsigned long field,
				  unsigned long *result)
{
	struct vcpu_vmx __maybe_unused *vmx = to_vmx(vcpu);
	struct vmcs12 *vmcs12 = get_vmcs12(vcpu);
	PLACE;
	u64 value;

#include VMREAD
	*result = value;
	return nested_vmx_succeed(vcpu);
}

static __always_inline int vmwrite(struct kvm_vcpu *vcpu, unsigned long field,
				   unsigned long value)
{
	struct vcpu_vmx __maybe_unused *vmx = to_vmx(vcpu);
	struct vmcs12 *vmcs12 = get_vmcs12(vcpu);
	PLACE;

#include VMWRITE
	return nested_vmx_succeed(vcpu);
}

static __always_inline void enter(struct kvm_vcpu *vcpu, unsigned int clean)
{
	copy_enlightened_to_vmcs12(to_vmx(vcpu), clean);
}

static __always_inline void leave(struct kvm_vcpu *vcpu)
{
	copy_vmcs12_to_enlightened(to_vmx(vcpu));
}

#include "repeat.h"
