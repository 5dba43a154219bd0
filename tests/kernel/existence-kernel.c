// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The kernel's decision which fields of vmcs12 exist, by its own look at the words of controls: the
 * function, which ASKS holds, and what it asks of CAPABILITIES, its capabilities.h.
 */
#include "kvm/vmx/vmcs12.h"
#include CAPABILITIES

#include "existence.h"

#include ASKS

struct vmcs_config vmcs_config;

bool kernel_exists(const struct words *words, unsigned int encoding)
{
	vmcs_config.pin_based_exec_ctrl = words->pin;
	vmcs_config.cpu_based_exec_ctrl = words->cpu;
	vmcs_config.cpu_based_2nd_exec_ctrl = words->secondary;
	vmcs_config.cpu_based_3rd_exec_ctrl = words->tertiary;
	vmcs_config.vmexit_ctrl = words->exit;
	vmcs_config.vmentry_ctrl = words->entry;
	return cpu_has_vmcs12_field(ENC_TO_VMCS12_IDX(encoding));
}
