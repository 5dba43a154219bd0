{{>generated}}
{{#support}}
/*
 * Which controls an eVMCS may carry, {{path}}: {{source}}
 *
{{#lists_unsupported}}
 * The masks name what it may not carry; all else is left as it is.
{{/lists_unsupported}}
{{^lists_unsupported}}
 * The masks name what it may carry, the default1 class included.
{{/lists_unsupported}}
{{#reasons}}
 *
 * {{NAME}}{{#role}}, for {{role}}{{/role}}, {{#supported}}supported{{/supported}}{{^supported}}not supported{{/supported}}:
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
{{#empty}}
#define {{name}} 0{{#wide}}ULL{{/wide}}
{{/empty}}
{{^empty}}
#define {{name}} \
	({{#with_default1}}VMCS_DEFAULT1_{{WORD}}{{#listed}}{{#first}} | \{{/first}}{{/listed}}{{/with_default1}}
{{#listed}}
{{#first}}{{#with_default1}}	 {{/with_default1}}{{/first}}{{^first}}	 {{/first}}VMCS_CTRL_{{NAME}}{{^last}} | \{{/last}}{{#last}}){{/last}}
{{/listed}}
{{/empty}}
static_assert({{name}} == {{value}});
{{/masks}}

#endif
{{/support}}
