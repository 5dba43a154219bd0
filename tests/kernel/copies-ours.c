// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The generated copies, in OUR_COPIES_H. */
#include OUR_COPIES_H

#include "copies.h"

void our_enter(void *vmcs12, void *evmcs, unsigned int clean_fields)
{
	evmcs_to_vmcs12(vmcs12, evmcs, clean_fields);
}

void our_leave(void *evmcs, void *vmcs12)
{
	vmcs12_to_evmcs(evmcs, vmcs12);
}
