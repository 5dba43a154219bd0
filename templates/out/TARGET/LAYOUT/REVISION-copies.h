{{#revision}}
{{#copies}}
{{#first}}
{{>generated}}
/*
 * Copies between {{revision.path}} and a vmcs12: at a nested entry what was written
 * since the last one, as {{layout.clean_word}} tells, and at an exit what the entry has
 * changed.  There are copies for each vmcs12 whose structure was included before.
 */
#ifndef VMCSGEN_{{revision.STRUCT}}_COPIES_H
#define VMCSGEN_{{revision.STRUCT}}_COPIES_H

#include "../vmcs_move.h"
#include "fields.h"
#include "{{revision.name}}.h"
{{/first}}

{{#lacks}}
{{#first}}
/*
 * Not in {{revision.path}}, so a copy leaves them as they are:
{{/first}}
 * {{.}}
{{#last}}
 */
{{/last}}
{{/lacks}}
#ifdef VMCSGEN_{{STRUCT}}_H
{{#entry_lacks}}
{{#first}}
/*
 * Not in {{path}}, so not copied:
{{/first}}
 * {{.}}
{{#last}}
 */
{{/last}}
{{/entry_lacks}}
static inline void
{{revision.c_name}}_to_{{c_name}}(struct {{struct}} *to,
{{indent}}const struct {{revision.struct}} *from, u32 clean)
{
{{^whole}}
	(void)to;
	(void)from;
{{/whole}}
	if (!(clean & {{layout.clean_prefix}}_ALL)) {
		/* All groups are dirty: runs may cross groups. */
{{#whole}}
		{{> copy}}
{{/whole}}
		return;
	}
{{#seldom}}
{{^conditional}}
{{#runs}}
	{{> copy}}
{{/runs}}
{{/conditional}}
{{/seldom}}
	if (clean == {{layout.clean_prefix}}_ALL)
		return;
{{#often}}
	{{> group}}
{{/often}}
	if (!(~clean & {{layout.clean_prefix}}_SELDOM))
		return;
{{#seldom}}
{{#conditional}}
	{{> group}}
{{/conditional}}
{{/seldom}}
}

{{#exit_lacks}}
{{#first}}
/*
 * Not in {{path}}, so a copy leaves them as they are:
{{/first}}
 * {{.}}
{{#last}}
 */
{{/last}}
{{/exit_lacks}}
static inline void
{{c_name}}_to_{{revision.c_name}}(struct {{revision.struct}} *to,
{{indent}}const struct {{struct}} *from)
{
{{#exit}}
	{{> copy}}
{{/exit}}
{{^exit}}
	(void)to;
	(void)from;
{{/exit}}
}
#endif
{{#last}}

#endif
{{/last}}
{{/copies}}
{{/revision}}
