{{#shadows}}
{{>generated}}
/*
 * How the fields of {{path}} are kept in step with the VMCSs that a processor works
 * on: what a shadow VMCS lets L1 read (RO) or read and write (RW) without an exit, and
 * what an exit of L2 leaves where it is until L1 asks for it (RARE).
 */
#ifndef VMCSGEN_VMCS_SYNC_H
#define VMCSGEN_VMCS_SYNC_H

#include "vmcs_encodings.h"

#define VMCS_SYNC_RO 1
#define VMCS_SYNC_RW 2
#define VMCS_SYNC_RARE 4

/* By slots; of high halves, four bits further up. */
static const u8 __maybe_unused vmcs_sync_table[VMCS_SLOTS] = {
{{#kept}}
	[VMCS_SLOT_{{FIELD}}] = {{#full}}VMCS_SYNC_{{.}}{{/full}}{{#both}} | {{/both}}{{#high}}VMCS_SYNC_{{.}} << 4{{/high}},
{{/kept}}
};

/* How the field of an encoding is kept, which has to be a field's. */
static __always_inline unsigned int vmcs_sync(u64 encoding)
{
	return vmcs_sync_table[vmcs_slot(encoding)] >> 4 * VMCS_ENC_IS_HIGH(encoding) & 0xf;
}

#endif
{{/shadows}}
