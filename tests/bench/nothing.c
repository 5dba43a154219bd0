// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Loops around nothing: what is measured is what the others take beyond them. */
#include "vmcs_types.h"

#include "vcpu.h"

static __always_inline int vmread(struct kvm_vcpu *vcpu, unsigned long field,
				  unsigned long *value)
{
	(void)vcpu;
	*value = field;
	return 0;
}

static __always_inline int vmwrite(struct kvm_vcpu *vcpu, unsigned long field,
				   unsigned long value)
{
	(void)vcpu;
	(void)field;
	(void)value;
	return 0;
}

static __always_inline void enter(struct kvm_vcpu *vcpu, unsigned int clean)
{
	(void)vcpu;
	(void)clean;
}

static __always_inline void leave(struct kvm_vcpu *vcpu)
{
	(void)vcpu;
}

#define SIDE nothing
#include "repeat.h"
