{{>generated}}
{{#layout}}
/* What every revision of {{name}} shares{{#clean}}: its clean-field groups{{/clean}}. */
#ifndef VMCSGEN_{{NAME}}_FIELDS_H
#define VMCSGEN_{{NAME}}_FIELDS_H

#include "../vmcs_types.h"
{{#clean}}

/*
 * A set bit of {{clean_word}} says that no member of the group was written since
 * the last entry.  NONE is in no group and copied always; a write to an ALL
 * member makes every group dirty.
 */
#define {{clean_prefix}}_NONE 0
{{#groups}}
#define {{clean_prefix}}_{{NAME}} BIT({{bit}})
{{/groups}}
#define {{clean_prefix}}_ALL 0xFFFF

/* The groups that are clean at most entries. */
#define {{clean_prefix}}_SELDOM {{seldom_mask}}
{{/clean}}
{{#has_table}}

{{#clean}}
/* By VMCS_INDEX(encoding); offset 0 is none, there lies the revision. */
struct {{name}}_field {
	u16 offset;
	u16 clean_field;
};

extern const struct {{name}}_field {{table}}[];
{{/clean}}
{{^clean}}
/* Offsets by VMCS_INDEX(encoding); 0 is none, there lies the revision. */
extern const u16 {{table}}[];
{{/clean}}
extern const unsigned int {{table_count}};
{{/has_table}}

#endif
{{/layout}}
