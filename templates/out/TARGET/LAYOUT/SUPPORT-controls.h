{{>generated}}
{{#support}}
/*
 * The controls that an eVMCS may carry, {{path}}.
 *
{{#source_lines}}
 * {{#first}}Source: {{/first}}{{.}}
{{/source_lines}}
 *
{{#lists_unsupported}}
 * The masks have the controls that it may not carry; others pass.
{{/lists_unsupported}}
{{^lists_unsupported}}
 * The masks have the controls that it may carry, with the default1 class.
{{/lists_unsupported}}
{{#reasons}}
 *
 * {{NAME}}{{#role}}, for {{role}}{{/role}}, {{^supported}}not supported{{/supported}}{{#supported}}{{#departs}}supported{{/departs}}{{^departs}}not in the mask{{/departs}}{{/supported}}{{#departs}} (by hand){{/departs}}:
{{#because}}
 *	{{.}}
{{/because}}
{{/reasons}}
 */
#ifndef VMCSGEN_{{layout.NAME}}_{{NAME}}_CONTROLS_H
#define VMCSGEN_{{layout.NAME}}_{{NAME}}_CONTROLS_H

#include "../vmcs_controls.h"
{{#masks}}

/* {{word}} */
{{^terms}}
#define {{name}} 0{{#wide}}ULL{{/wide}}
{{/terms}}
{{#terms}}
{{#first}}
#define {{name}} \
{{/first}}
	{{#first}}({{/first}}{{^first}} {{/first}}{{.}}{{^last}} | \{{/last}}{{#last}}){{/last}}
{{/terms}}
static_assert({{name}} == {{value}}, "{{name}}");
{{/masks}}

#endif
{{/support}}
