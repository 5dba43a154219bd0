{{>generated}}
{{#revision}}
/*
 * Where {{path}} has each field, and what it shares with the other revisions
 * of {{layout.name}}.  <accessors.h> includes it.
 */
#ifndef VMCSGEN_{{STRUCT}}_MAP_H
#define VMCSGEN_{{STRUCT}}_MAP_H

#include "../vmcs_access.h"

enum { {{c_name}}_revision_id = {{id}} };

/* The highest index of an encoding in the map: what IA32_VMX_VMCS_ENUM tells. */
enum { {{c_name}}_highest_index = {{highest_index}} };

/* Where the fields end that VMREAD finds, and with VMCS_HAS_HIGH their high halves, too. */
static const u16 __maybe_unused {{c_name}}_map[VMCS_SLOTS] = {
{{#members}}
{{#lookup}}
	[VMCS_SLOT_{{FIELD}}] = {{end}}{{#lookup_high}} | VMCS_HAS_HIGH{{/lookup_high}},
{{/lookup}}
{{/members}}
};
{{#layout.clean}}

/* The clean-field bits that a write clears, in the same order. */
static const u16 __maybe_unused {{c_name}}_groups[VMCS_SLOTS] = {
{{#members}}
{{#lookup}}
	[VMCS_SLOT_{{FIELD}}] = {{group_mask}},
{{/lookup}}
{{/members}}
};
{{/layout.clean}}
{{#translations}}

/* {{revision.path}} to {{path}} */
static const struct vmcs_run {{revision.c_name}}_to_{{revision_c_name}}_runs[] = {
{{#runs}}
	{ {{from}}, {{to}}, {{bytes}} }, /* {{begin}}{{#end}} .. {{.}}{{/end}} */
{{/runs}}
};
{{#losses}}
{{#first}}

static const struct vmcs_loss {{revision.c_name}}_to_{{revision_c_name}}_losses[] = {
{{/first}}
	{ "{{name}}", {{neutral}}ULL, {{encoding}}, {{offset}}, {{bytes}}, {{refuse}} },
{{#last}}
};
{{/last}}
{{/losses}}
{{#gaps}}
{{#first}}

static const struct vmcs_gap {{revision.c_name}}_to_{{revision_c_name}}_gaps[] = {
{{/first}}
	{ {{neutral}}ULL, {{offset}}, {{bytes}} }, /* {{name}} */
{{#last}}
};
{{/last}}
{{/gaps}}

static const struct vmcs_translation __maybe_unused
{{revision.c_name}}_to_{{revision_c_name}} = {
	.runs = {{revision.c_name}}_to_{{revision_c_name}}_runs,
	.run_count = ARRAY_SIZE({{revision.c_name}}_to_{{revision_c_name}}_runs),
{{#losses}}
{{#first}}
	.losses = {{revision.c_name}}_to_{{revision_c_name}}_losses,
	.loss_count = ARRAY_SIZE({{revision.c_name}}_to_{{revision_c_name}}_losses),
{{/first}}
{{/losses}}
{{#gaps}}
{{#first}}
	.gaps = {{revision.c_name}}_to_{{revision_c_name}}_gaps,
	.gap_count = ARRAY_SIZE({{revision.c_name}}_to_{{revision_c_name}}_gaps),
{{/first}}
{{/gaps}}
};
{{/translations}}

#endif
{{/revision}}
