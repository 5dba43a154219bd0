{{#revision}}
{{#has_struct}}
{{>generated}}
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
#ifndef VMCSGEN_{{C_NAME}}_H
#define VMCSGEN_{{C_NAME}}_H

#include "../vmcs_encodings.h"

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
{{/has_struct}}
{{/revision}}
