// SPDX-License-Identifier: GPL-2.0-only
/*
 * Record what an L1 hypervisor and userspace see of the VMCSes that KVM keeps for L1:
 * images in guest memory, results of VMX instructions, nested-state blobs.  Two kernels
 * that do the same print the same, byte for byte.
 */
#include <stdio.h>

#include "scripts.h"

int main(void)
{
	static bool accepted[ENCODINGS];

	section("begin");
	record_msrs();
	record_pointers();
	record_fields(accepted);
	record_operands(accepted);
	record_launches(accepted);
	record_shadow(accepted);
	record_states(accepted);
	record_evmcs(accepted);
	section("end");
	return worth_comparing() ? 0 : 1;
}
