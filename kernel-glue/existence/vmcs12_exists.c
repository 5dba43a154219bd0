// SPDX-License-Identifier: GPL-2.0-only
/* Which fields of vmcs12 an L1 finds on this CPU. */
#include "capabilities.h"
#include "vmcs12.h"
#include "layouts/vmcs12/exists.h"

u16 vmcs12_map[VMCS_SLOTS] __ro_after_init;
unsigned int vmcs12_highest_index __ro_after_init;

void __init nested_vmx_setup_vmcs12_fields(void)
{
	const struct vmcs_controls may = {
		.pin_based_vm_exec_control = vmcs_config.pin_based_exec_ctrl,
		.cpu_based_vm_exec_control = vmcs_config.cpu_based_exec_ctrl,
		.secondary_vm_exec_control = vmcs_config.cpu_based_2nd_exec_ctrl,
		.tertiary_vm_exec_control = vmcs_config.cpu_based_3rd_exec_ctrl,
		.vm_exit_controls = vmcs_config.vmexit_ctrl,
		.vm_entry_controls = vmcs_config.vmentry_ctrl,
	};

	for (unsigned int slot = 0; slot < VMCS_SLOTS; slot++) {
		u32 encoding = vmcs_slot_encodings[slot];

		if (!VMCS12_WHOLE_MAP[slot] || !vmcs12_field_exists(&may, encoding))
			continue;
		vmcs12_map[slot] = VMCS12_WHOLE_MAP[slot];
		vmcs12_highest_index = max(vmcs12_highest_index, vmcs_field_index(encoding));
	}
}
