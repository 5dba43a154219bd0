{{>generated}}
{{#revision}}
/*
 * {{path}}{{#aliases}}, {{.}}{{/aliases}}
 *
{{#source_lines}}
 * {{#first}}Source: {{/first}}{{.}}
{{/source_lines}}
{{#because}}
{{#first}}
 *
 * It breaks the rule that one id means one layout:
{{/first}}
 * {{.}}
{{/because}}
 */
#ifndef VMCSGEN_{{STRUCT}}_H
#define VMCSGEN_{{STRUCT}}_H

#include "../vmcs_encodings.h"

#define {{STRUCT}}_ID {{id}}

struct {{struct}} {
{{#members}}
{{>member}}
{{/members}}
} __packed;

{{#members}}
{{#encoded}}
VMCS_ASSERT_FIELD(struct {{struct}}, {{name}},
		  {{offset}}, {{bytes}}, {{FIELD}});
{{/encoded}}
{{^encoded}}
VMCS_ASSERT_MEMBER(struct {{struct}}, {{name}}, {{offset}}, {{bytes}});
{{/encoded}}
{{#array}}
VMCS_ASSERT_ARRAY(struct {{struct}}, {{name}}, {{count}});
{{/array}}
{{/members}}
VMCS_ASSERT_SIZE(struct {{struct}}, {{size}});

#endif
{{/revision}}
