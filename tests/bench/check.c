// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Whether all sides do the same: then what they take can be compared. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmcs_encodings.h"

#include "sides.h"
#include "translations.h"

static void fail(const char *what, enum side side, u64 at)
{
	printf("%s of %s differs at 0x%llx\n", what, side_names[side], (unsigned long long)at);
	exit(1);
}

/* The encodings of 15 bits and all with one bit above, as each side reads them. */
static void compare_reads(const char *what)
{
	for (u64 encoding = 0; encoding < 0x10000; encoding++)
		for (unsigned int bit = 15; bit < 64; bit++) {
			u64 field = bit == 15 ? encoding : encoding | 1ull << bit;
			unsigned long values[SIDES] = { 0 };
			int said[SIDES];

			for (enum side side = KERNEL; side <= OURS; side++) {
				said[side] = paths[side]->vmread(&machines[side].vmx.vcpu, field,
								&values[side]);
				if (said[side] != said[KERNEL] || values[side] != values[KERNEL])
					fail(what, side, field);
			}
		}
}

/* VMWRITE to every encoding: its side effects, and the value afterwards. */
static void check_writes(bool any, bool shadow)
{
	enable_shadow_vmcs = shadow;
	for (u64 field = 0; field < 0x20000; field++) {
		unsigned long value = chance(), written[SIDES] = { 0 };

		for (enum side side = KERNEL; side <= OURS; side++) {
			struct vcpu_vmx *vmx = &machines[side].vmx;

			vmx->vcpu.vmwrite_any = any;
			vmx->nested.dirty_vmcs12 = false;
			vmx->nested.need_sync_vmcs02_to_vmcs12_rare = true;
			shadow_writes = synced = 0;
			written[side] = paths[side]->vmwrite(&vmx->vcpu, field, value) * 64 +
					vmx->nested.dirty_vmcs12 * 2 + synced + shadow_writes * 4096;
			vmx->nested.need_sync_vmcs02_to_vmcs12_rare = false;
			vmx->vcpu.vmwrite_any = true;
			if (written[side] != written[KERNEL])
				fail("VMWRITE", side, field);
		}
	}
	enable_shadow_vmcs = false;
	compare_reads("VMREAD after VMWRITE");
}

/* The reads that sync first; the kernel does that for a field that is synced by nothing, too. */
static void check_syncs(void)
{
	for (u64 field = 0; field < 0x10000; field++) {
		unsigned long counted[SIDES], value;

		if (field == VMCS_ENC_GUEST_BNDCFGS)
			continue;
		for (enum side side = KERNEL; side <= OURS; side++) {
			struct vcpu_vmx *vmx = &machines[side].vmx;

			synced = 0;
			vmx->nested.need_sync_vmcs02_to_vmcs12_rare = true;
			paths[side]->vmread(&vmx->vcpu, field, &value);
			vmx->nested.need_sync_vmcs02_to_vmcs12_rare = false;
			counted[side] = synced;
			if (counted[side] != counted[KERNEL])
				fail("the sync of VMREAD", side, field);
		}
	}
}

/* A nested entry of every clean-field mask, and exits, from values that change. */
static void check_copies(void)
{
	for (u32 clean = 0; clean < 0x10000; clean++) {
		u64 value = chance();
		bool recalc = false;

		for (enum side side = KERNEL; side <= OURS; side++) {
			struct vcpu_vmx *vmx = &machines[side].vmx;

			for (unsigned int at = 8; at < 1024; at += 8)
				machines[side].evmcs[at + value % 8] ^= value >> at % 57;
			paths[side]->enters(&vmx->vcpu, clean, 1);
			if (clean % 256 == 0)
				paths[side]->leaves(&vmx->vcpu, 1);
			if (side == KERNEL)
				recalc = vmx->nested.force_msr_bitmap_recalc;
			if (memcmp(machines[side].evmcs, machines[KERNEL].evmcs, PAGE_BYTES) ||
			    vmx->nested.force_msr_bitmap_recalc != recalc)
				fail("a copy", side, clean);
			vmx->nested.force_msr_bitmap_recalc = false;
		}
		for (unsigned long i = 0; i < nr_valid; i++)
			for (enum side side = KERNEL; side <= OURS; side++) {
				unsigned long right, here;

				paths[KERNEL]->vmread(&machines[KERNEL].vmx.vcpu, valid[i], &right);
				paths[side]->vmread(&machines[side].vmx.vcpu, valid[i], &here);
				if (here != right)
					fail("an entry's copy", side, clean);
			}
	}
}

/* The limit moves the same words as ours, in the copies that are measured. */
static void check_limit(void)
{
	static const u32 measured[] = { 0xffff, TYPICAL, 0 };
	struct machine *ours = &machines[OURS], *limit = &machines[LIMIT];

	for (unsigned int i = 0; i < sizeof(measured) / sizeof(measured[0]); i++) {
		for (unsigned int at = 8; at < PAGE_BYTES; at++)
			ours->vmcs12[at] = chance();
		for (unsigned int at = 8; at < 1024; at++)
			ours->evmcs[at] = chance();
		memcpy(limit->vmcs12, ours->vmcs12, sizeof(ours->vmcs12));
		memcpy(limit->evmcs, ours->evmcs, sizeof(ours->evmcs));
		for (enum side side = OURS; side <= LIMIT; side++)
			paths[side]->enters(&machines[side].vmx.vcpu, measured[i], 1);
		if (memcmp(limit->vmcs12, ours->vmcs12, sizeof(ours->vmcs12)))
			fail("an entry's words", LIMIT, measured[i]);
		for (unsigned int at = 8; at < PAGE_BYTES; at++)
			ours->vmcs12[at] = limit->vmcs12[at] = chance();
		for (enum side side = OURS; side <= LIMIT; side++)
			paths[side]->leaves(&machines[side].vmx.vcpu, 1);
		if (memcmp(limit->evmcs, ours->evmcs, sizeof(ours->evmcs)))
			fail("an exit's words", LIMIT, measured[i]);
	}
}

/* The loop knows fields, and so neither the header nor what KVM has for itself. */
static void check_translations(void)
{
	static unsigned char from[PAGE_BYTES], by_loop[PAGE_BYTES], ours[2][PAGE_BYTES];

	for (unsigned int i = 0; i < PAGE_BYTES; i++)
		from[i] = chance();
	loop_load(by_loop, from, 1);
	ours_load(ours[0], from, 1);
	table_load(ours[1], from, 1);
	for (unsigned int i = 0; i < 2; i++)
		if (differs_in_memory(by_loop, ours[i]))
			fail("a load", OURS, differs_in_memory(by_loop, ours[i]));
	loop_store(by_loop, from, 1);
	ours_store(ours[0], from, 1);
	table_store(ours[1], from, 1);
	for (unsigned int i = 0; i < 2; i++)
		if (differs_in_image(by_loop, ours[i]))
			fail("a store", OURS, differs_in_image(by_loop, ours[i]));
}

void check_sides(void)
{
	compare_reads("VMREAD");
	for (unsigned int i = 0; i < 4; i++)
		check_writes(i & 1, i & 2);
	check_syncs();
	check_copies();
	check_limit();
	check_translations();
	printf("equal\n");
}

