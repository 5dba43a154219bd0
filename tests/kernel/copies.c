// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Prints for each member of the eVMCS whether the kernel gets it into vmcs12 at entry,
 * which clean-field bits keep it from that, and whether it gets back at exit.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "copies.h"

static unsigned char evmcs[EVMCS_BYTES], vmcs12[VMCS12_BYTES];

static bool is_zero(const unsigned char *bytes, unsigned int size)
{
	while (size)
		if (bytes[--size])
			return false;
	return true;
}

/* Whether a member gets into vmcs12 when the guest says these are clean. */
static bool enters(const struct evmcs_member *member, unsigned int clean_fields)
{
	memset(evmcs, 0, sizeof(evmcs));
	memset(vmcs12, 0, sizeof(vmcs12));
	memset(evmcs + member->offset, 0xff, member->size);
	kernel_enter(vmcs12, evmcs, clean_fields);
	return !is_zero(vmcs12, sizeof(vmcs12));
}

static bool leaves(const struct evmcs_member *member)
{
	memset(evmcs, 0, sizeof(evmcs));
	memset(vmcs12, 0xff, sizeof(vmcs12));
	kernel_leave(evmcs, vmcs12);
	return !is_zero(evmcs + member->offset, member->size);
}

static unsigned int groups(const struct evmcs_member *member)
{
	unsigned int groups = 0;

	for (unsigned int bit = 0; bit < 16; bit++)
		if (enters(member, 0xffff & ~(1 << bit)))
			groups |= 1 << bit;
	return groups;
}

int main(void)
{
	puts("name,entry,groups,exit");
	for (const struct evmcs_member *member = kernel_members; member->name; member++)
		printf("%s,%d,0x%04x,%d\n", member->name, enters(member, 0), groups(member),
		       leaves(member));
	return 0;
}
