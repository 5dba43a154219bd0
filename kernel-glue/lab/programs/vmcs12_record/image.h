/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The VMCSes of the recorded run: images full of garbage, and the fields that L2 needs.
 */
#ifndef VMCS12_RECORD_IMAGE_H
#define VMCS12_RECORD_IMAGE_H

#include <evmcs/linux-map.h>
#include <evmcs/linux.h>
#include <vmcs12/linux-map.h>
#include <vmcs12/linux.h>

#include "../machine/l2.h"

#define SHADOW_BIT 0x80000000u

/* What is in every byte of an image before anything is written to it. */
enum garbage {
	UNITS,				/* each 16-bit word is 0x4000 and its number */
	INVERSE,			/* those words inverted */
	ONES,
};

/* Fill a page with garbage, and its first word with a revision id. */
void make_garbage(struct machine *machine, enum place place, enum garbage garbage, uint32_t id);

static inline struct vmcs12 *vmcs12_at(struct machine *machine, enum place place)
{
	return (void *)(machine->memory + place);
}

static inline struct hv_enlightened_vmcs *evmcs_at(struct machine *machine,
							     enum place place)
{
	return (void *)(machine->memory + place);
}

/* Let the image be without garbage in its fields, and L2 ready to run in it. */
void make_l2_vmcs(struct machine *machine, const bool *accepted);
void make_l2_evmcs(struct machine *machine, enum place place);

/* Other values for the fields that may have any while L2 runs; others each round. */
void vary_l2_evmcs(struct machine *machine, enum place place, unsigned int round);

#endif
