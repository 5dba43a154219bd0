// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Runs the kernel's two copy routines, which COPIES holds, for each MEMBER of the
 * eVMCS: whether it gets into vmcs12 at entry, which clean-field bit keeps it from
 * that, and whether it gets back at exit.
 */
#include KVM_EVMCS_H
#include "stubs-kvm.h"
#ifdef KVM_ONHYPERV_C
#include "kvm/vmx/hyperv.h"
#endif
#include COPIES

int printf(const char *format, ...);

static struct vmcs12 vmcs12;
static struct hv_enlightened_vmcs evmcs;
static struct vcpu_vmx vmx = {
	.nested = { .cached_vmcs12 = &vmcs12, .hv_evmcs = &evmcs },
};

static bool is_zero(const void *where, unsigned int size)
{
	const char *bytes = where;
	unsigned int i;

	for (i = 0; i < size; i++)
		if (bytes[i])
			return false;
	return true;
}

/* Whether bytes of the eVMCS get into vmcs12 when the guest says these are clean. */
static bool enters(unsigned int offset, unsigned int size, u32 clean_fields)
{
	__builtin_memset(&evmcs, 0, sizeof(evmcs));
	__builtin_memset(&vmcs12, 0, sizeof(vmcs12));
	__builtin_memset((char *)&evmcs + offset, 0xff, size);
	copy_enlightened_to_vmcs12(&vmx, clean_fields);
	return !is_zero(&vmcs12, sizeof(vmcs12));
}

static bool leaves(unsigned int offset, unsigned int size)
{
	__builtin_memset(&evmcs, 0, sizeof(evmcs));
	__builtin_memset(&vmcs12, 0xff, sizeof(vmcs12));
	copy_vmcs12_to_enlightened(&vmx);
	return !is_zero((char *)&evmcs + offset, size);
}

static void print(const char *name, unsigned int offset, unsigned int size)
{
	unsigned int bit, groups = 0;

	for (bit = 0; bit < 16; bit++)
		if (enters(offset, size, 0xffff & ~BIT(bit)))
			groups |= BIT(bit);
	printf("%s,%d,0x%04x,%d\n", name, enters(offset, size, 0), groups, leaves(offset, size));
}

int main(void)
{
	printf("name,entry,groups,exit\n");
#define MEMBER(name)								\
	print(#name, offsetof(struct hv_enlightened_vmcs, name), sizeof(evmcs.name));
#define ARRAY(name)	MEMBER(name)
#include MEMBERS
	return 0;
}
