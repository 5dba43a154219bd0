{{#revision}}
{{#translations}}
{{#first}}
{{>generated}}
/*
 * How images of {{revision.path}} are translated.  <accessors.h> includes it.
 */
#ifndef VMCSGEN_{{revision.STRUCT}}_TRANSLATIONS_H
#define VMCSGEN_{{revision.STRUCT}}_TRANSLATIONS_H

#include "../vmcs_translate.h"
{{/first}}

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
	{ "{{name}}", {{neutral}}ULL, {{encoding}}, {{offset}}, {{bytes}} },
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
	.refuse_count = {{refuse_count}},
{{/first}}
{{/losses}}
{{#gaps}}
{{#first}}
	.gaps = {{revision.c_name}}_to_{{revision_c_name}}_gaps,
	.gap_count = ARRAY_SIZE({{revision.c_name}}_to_{{revision_c_name}}_gaps),
{{/first}}
{{/gaps}}
};
{{#last}}

#endif
{{/last}}
{{/translations}}
{{/revision}}
