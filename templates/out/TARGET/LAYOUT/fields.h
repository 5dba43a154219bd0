{{#layout}}
{{#clean}}
{{>generated}}
/* The clean-field groups of every revision of {{name}}. */
#ifndef VMCSGEN_{{NAME}}_FIELDS_H
#define VMCSGEN_{{NAME}}_FIELDS_H

#include "../vmcs_types.h"

/*
 * A set bit of {{clean_word}} says that no member of the group was written since
 * the last entry.  NONE: in no group; what the hypervisor writes of that is
 * copied at each entry, what it only reads at none.  ALL: a write makes every
 * group dirty.
 */
#define {{clean_prefix}}_NONE 0
{{#groups}}
#define {{clean_prefix}}_{{NAME}} BIT({{bit}})
{{/groups}}
#define {{clean_prefix}}_ALL 0xFFFF

/* The groups that are clean at most entries. */
#define {{clean_prefix}}_SELDOM {{seldom_mask}}

#endif
{{/clean}}
{{/layout}}
