{{>generated}}
{{#revision}}
/*
 * {{path}}{{#aliases}}, {{.}}{{/aliases}}: {{source}}
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

#include "../vmcs_types.h"

#define {{STRUCT}}_ID {{id}}

struct {{struct}} {
{{#members}}
{{>member}}
{{/members}}
} __packed;

{{#members}}
VMCS_ASSERT_MEMBER(struct {{struct}}, {{name}}, {{offset}}, {{bytes}});
{{#array}}
VMCS_ASSERT_ARRAY(struct {{struct}}, {{name}}, {{count}});
{{/array}}
{{/members}}
static_assert(sizeof(struct {{struct}}) == {{size}}, "struct {{struct}} has another size");

#endif
{{/revision}}
