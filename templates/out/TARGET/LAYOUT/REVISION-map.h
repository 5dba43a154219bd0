{{>generated}}
{{#revision}}
/*
 * Where {{path}} has each field.  <accessors.h> includes it.
 */
#ifndef VMCSGEN_{{STRUCT}}_MAP_H
#define VMCSGEN_{{STRUCT}}_MAP_H

#include "../vmcs_access.h"

enum { {{c_name}}_revision_id = {{id}} };

/* The highest index of an encoding in the map{{^layout.clean}}: what IA32_VMX_VMCS_ENUM tells{{/layout.clean}}. */
enum { {{c_name}}_highest_index = {{highest_index}} };

/* Where each field that VMREAD finds ends. */
static const u16 __maybe_unused {{c_name}}_map[VMCS_SLOTS] = {
{{#members}}
{{#lookup}}
	[VMCS_SLOT({{FIELD}})] = VMCS_ENDS{{#lookup_high}}_WITH_HIGH{{/lookup_high}}({{end}}),
{{/lookup}}
{{/members}}
};
{{#layout.clean}}

/* The clean-field bits that a write clears, by slot. */
static const u16 __maybe_unused {{c_name}}_groups[VMCS_SLOTS] = {
{{#members}}
{{#lookup}}
	[VMCS_SLOT({{FIELD}})] = {{group_mask}},
{{/lookup}}
{{/members}}
};
{{/layout.clean}}

#endif
{{/revision}}
