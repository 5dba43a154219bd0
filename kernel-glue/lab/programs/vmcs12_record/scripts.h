/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of the recorded run, in their order.  Each makes the machines it needs.
 */
#ifndef VMCS12_RECORD_SCRIPTS_H
#define VMCS12_RECORD_SCRIPTS_H

#include "record.h"

void record_msrs(void);

/* What VMREAD accepts in a plain vmcs12 becomes @accepted, which others need. */
void record_pointers(void);
void record_fields(bool accepted[ENCODINGS]);
void record_launches(const bool *accepted);
void record_shadow(const bool *accepted);
void record_states(const bool *accepted);

void record_evmcs(const bool *accepted);

#endif
