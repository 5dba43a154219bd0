{{#layout}}
{{#clean}}
{{>generated}}
/* The clean-field groups of every revision of {{name}}. */
#ifndef VMCSGEN_{{NAME}}_FIELDS_H
#define VMCSGEN_{{NAME}}_FIELDS_H

#include "../vmcs_types.h"

/*
 * A set bit of {{clean_word}} says that no member of the group was written since
 * the last entry.  NONE: the member is in no group; it is copied at each entry
 * if the hypervisor writes it, else never.  ALL: a write makes all groups dirty.
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
