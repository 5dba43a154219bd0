{{>generated}}
{{#revision}}
/*
 * Where {{path}} has each field, and what else is known of an image.
 */
#ifndef VMCSGEN_{{C_NAME}}_MAP_H
#define VMCSGEN_{{C_NAME}}_MAP_H

#include "../vmcs_access.h"
{{#layout.clean}}
#include "fields.h"
{{/layout.clean}}

{{#layout.existence}}
/* exists.h tells which of these fields an L1 finds on a CPU. */
#define {{layout.NAME}}_FIELDS_VARY

{{/layout.existence}}
enum {
	{{c_name}}_id = {{id}},
	{{c_name}}_size = {{size}},	/* bytes that hold fields */
{{^layout.clean}}
	{{c_name}}_launch_state = {{launch_state}},	/* where VMCLEAR finds it, or 0 */
	{{c_name}}_highest_index = {{highest_index}},	/* for IA32_VMX_VMCS_ENUM */
{{/layout.clean}}
};

/* The end of each field that VMREAD finds. */
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
	[VMCS_SLOT({{FIELD}})] = {{layout.clean_prefix}}_{{GROUP}},
{{/lookup}}
{{/members}}
};
{{/layout.clean}}

#endif
{{/revision}}
