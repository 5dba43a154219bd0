/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The words of VMX controls that KVM means to use, for want of its capabilities.h. */
#ifndef TESTS_KERNEL_STUBS_CAPABILITIES_H
#define TESTS_KERNEL_STUBS_CAPABILITIES_H

#include <asm/vmx.h>

struct vmcs_config {
	u32 pin_based_exec_ctrl;
	u32 cpu_based_exec_ctrl;
	u32 cpu_based_2nd_exec_ctrl;
	u64 cpu_based_3rd_exec_ctrl;
	u32 vmexit_ctrl;
	u32 vmentry_ctrl;
};

#endif
