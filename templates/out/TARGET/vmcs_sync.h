{{#shadows}}
{{>generated}}
/*
 * How the fields of {{path}} are synced with the VMCSs that the processor uses.
 * RO: L1 reads the field in a shadow VMCS, without an exit; RW: it writes it, too.
 * RARE: an exit of L2 leaves the field in the VMCS of L2 until L1 asks for it.
 */
#ifndef VMCSGEN_VMCS_SYNC_H
#define VMCSGEN_VMCS_SYNC_H

#include "vmcs_encodings.h"

#define VMCS_SYNC_RO 1
#define VMCS_SYNC_RW 2
#define VMCS_SYNC_RARE 4

/* By slot; the four high bits are for the high half. */
static const u8 __maybe_unused vmcs_sync_table[VMCS_SLOTS] = {
{{#kept}}
	[VMCS_SLOT_{{FIELD}}] = {{#full}}VMCS_SYNC_{{.}}{{/full}}{{#both}} | {{/both}}{{#high}}VMCS_SYNC_{{.}} << 4{{/high}},
{{/kept}}
};

/* How a field is synced; @encoding must be that of a field. */
static __always_inline unsigned int vmcs_sync(u64 encoding)
{
	return vmcs_sync_table[vmcs_slot(encoding)] >> 4 * VMCS_ENC_IS_HIGH(encoding) & 0xf;
}

#endif
{{/shadows}}
