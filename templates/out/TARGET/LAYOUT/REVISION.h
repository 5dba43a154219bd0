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

#define VMCS_CHECKED struct {{struct}}
{{#members}}
{{#encoded}}
VMCS_ASSERT_FIELD({{name}}, {{offset}}, {{bytes}}, {{FIELD}});
{{/encoded}}
{{^encoded}}
VMCS_ASSERT_MEMBER({{name}}, {{offset}}, {{bytes}});
{{/encoded}}
{{#array}}
VMCS_ASSERT_ARRAY({{name}}, {{count}});
{{/array}}
{{/members}}
static_assert(sizeof(VMCS_CHECKED) == {{size}}, "another size");
#undef VMCS_CHECKED

#endif
{{/has_struct}}
{{/revision}}
