// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The generated copies for the struct of OUR_VMCS12_H, in OUR_COPIES_H as ENTER and LEAVE. */
#include OUR_VMCS12_H
#include OUR_COPIES_H

#include "copies.h"

void our_enter(void *vmcs12, void *evmcs, unsigned int clean_fields)
{
	ENTER(vmcs12, evmcs, clean_fields);
}

void our_leave(void *evmcs, void *vmcs12)
{
	LEAVE(evmcs, vmcs12);
}
