/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the parts of the VM-entry test. */
#ifndef __KVM_X86_VMX_VMCS_ENTRY_TEST_H
#define __KVM_X86_VMX_VMCS_ENTRY_TEST_H

#include <linux/bits.h>
#include <linux/types.h>

#include <asm/msr.h>

#include "layouts/vmcs_encodings.h"
#include "layouts/vmcs_exists.h"

/* Results of VMX instructions other than error numbers: success, and VMfailInvalid. */
#define VMX_SUCCEEDS		0
#define VMX_FAIL_INVALID	(-1)

/* The CPU's capabilities, by its VMX capability MSRs. */
struct vmx_capabilities {
	u64 basic;
	u64 misc;
	struct vmcs_controls may;	/* each control that can be 1 */
	struct vmcs_controls must;	/* each control that can't be 0 */
};

struct vmcs_field_counts {
	unsigned int encodings;
	unsigned int deviations;
};

/* Compare the current VMCS with the spec, encoding by encoding; leaves every field 0. */
void vmcs_entry_test_fields(const struct vmx_capabilities *cpu, struct vmcs_field_counts *counts);

/* Run a guest on the current VMCS, every field of which is 0. */
bool vmcs_entry_test_guest(const struct vmx_capabilities *cpu);

/* Enter the guest for the first time or again; RFLAGS say how VMLAUNCH or VMRESUME went. */
unsigned long vmcs_entry(u64 *rax, bool resume, u64 host_rsp_encoding);

/* Where an exit goes on, and where the guest begins. */
extern const char vmcs_entry_exit[];
extern const char vmcs_entry_guest[];

/* rdmsrl() has had other names, rdmsr() has not. */
static inline u64 vmx_read_msr(u32 msr)
{
	u32 low, high;

	rdmsr(msr, low, high);
	return (u64)high << 32 | low;
}

/* The error number of the VMX instruction that has failed last. */
static inline int vmx_error(void)
{
	u64 error;

	asm volatile("vmread %[encoding], %[error]"
		     : [error] "=r" (error)
		     : [encoding] "r" ((u64)VMCS_ENC_VM_INSTRUCTION_ERROR)
		     : "cc");
	return error;
}

/* The result of a VMX instruction, by the carry and zero flags after it. */
static inline int vmx_result(bool invalid, bool valid)
{
	if (invalid)
		return VMX_FAIL_INVALID;
	return valid ? vmx_error() : VMX_SUCCEEDS;
}

static inline int vmcs_read(u64 encoding, u64 *value)
{
	bool invalid, valid;

	asm volatile("vmread %[encoding], %[value]"
		     : [value] "=r" (*value), "=@ccc" (invalid), "=@ccz" (valid)
		     : [encoding] "r" (encoding));
	return vmx_result(invalid, valid);
}

static inline int vmcs_write(u64 encoding, u64 value)
{
	bool invalid, valid;

	asm volatile("vmwrite %[value], %[encoding]"
		     : "=@ccc" (invalid), "=@ccz" (valid)
		     : [value] "r" (value), [encoding] "r" (encoding));
	return vmx_result(invalid, valid);
}

#endif
