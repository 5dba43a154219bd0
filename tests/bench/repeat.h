/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Makes the SIDE_paths of a file's static vmread(), vmwrite(), enter() and leave(), which
 * are inlined wherever they are called.  A file that HAS_ENTERS has SIDE_enters() instead of
 * enter().
 */
#include "paths.h"

#define JOIN(a, b)	JOINED(a, b)
#define JOINED(a, b)	a##_##b
#define NAME(path)	JOIN(SIDE, path)

/* What was written is there before the next turn. */
#define WRITTEN()	__asm__ volatile("" : : : "memory")

static int NAME(vmread)(struct kvm_vcpu *vcpu, unsigned long field, unsigned long *value)
{
	return vmread(vcpu, field, value);
}

static int NAME(vmwrite)(struct kvm_vcpu *vcpu, unsigned long field, unsigned long value)
{
	return vmwrite(vcpu, field, value);
}

static void NAME(vmreads)(struct kvm_vcpu *vcpu, const unsigned long *fields, unsigned int times)
{
	unsigned long value;

	for (unsigned int i = 0; i < times; i++) {
		vmread(vcpu, fields[i], &value);
		__asm__ volatile("" : : "m" (value) : "memory");
	}
}

static void NAME(vmwrites)(struct kvm_vcpu *vcpu, const unsigned long *fields, unsigned int times)
{
	for (unsigned int i = 0; i < times; i++) {
		vmwrite(vcpu, fields[i], i);
		WRITTEN();
	}
}

#ifndef HAS_ENTERS
static void NAME(enters)(struct kvm_vcpu *vcpu, unsigned int clean, unsigned int times)
{
	for (unsigned int i = 0; i < times; i++) {
		enter(vcpu, clean);
		WRITTEN();
	}
}
#endif

static void NAME(leaves)(struct kvm_vcpu *vcpu, unsigned int times)
{
	for (unsigned int i = 0; i < times; i++) {
		leave(vcpu);
		WRITTEN();
	}
}

const struct paths NAME(paths) = {
	NAME(vmread), NAME(vmwrite),
	NAME(vmreads), NAME(vmwrites), NAME(enters), NAME(leaves),
};
