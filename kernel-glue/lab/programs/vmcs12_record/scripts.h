/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of the recorded run, in their order.  Each makes the machines it needs.
 */
#ifndef VMCS12_RECORD_SCRIPTS_H
#define VMCS12_RECORD_SCRIPTS_H

#include "record.h"

/* What VMREAD accepts in a plain vmcs12 becomes @accepted, which others need. */
void record_msrs(void);
void record_pointers(void);
void record_operands(const bool *accepted);
void record_fields(bool accepted[ENCODINGS]);
void record_launches(const bool *accepted);
void record_shadow(const bool *accepted);
void record_states(const bool *accepted);
void record_evmcs(const bool *accepted);

/* Of record_shadow(): while L2 runs. */
void record_shadow_states(struct machine *machine);

/*
 * What several of them do.
 */

/* VMXON, and VMPTRLD of an image full of garbage. */
void vmxon(struct machine *machine);
void load_garbage(struct machine *machine);

/* A VMCS for L2 with garbage wherever there is no field, current and clear. */
void load_l2(struct machine *machine, const bool *accepted);

/* What L1 learns of an exit; then L2 goes on after the instruction that caused it. */
void record_exit(struct machine *machine);

#endif
