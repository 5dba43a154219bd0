{{#revision}}
{{#copies}}
{{#first}}
{{>generated}}
/*
 * Copies between {{revision.path}} and enlightened VMCSs: at a nested entry what was written
 * since the last one, as the clean-field groups tell, and at an exit what the entry has
 * changed.
 */
#ifndef VMCSGEN_{{revision.C_NAME}}_COPIES_H
#define VMCSGEN_{{revision.C_NAME}}_COPIES_H

#include "../vmcs_move.h"
#include "{{revision.name}}.h"
{{/first}}
#include "../{{layout.name}}/fields.h"
#include "../{{layout.name}}/{{name}}.h"
{{/copies}}
{{#copies}}

{{#lacks}}
{{#first}}
/*
 * No fields of {{path}}, so a copy leaves them as they are:
{{/first}}
 *	{{.}}
{{#last}}
 */
{{/last}}
{{/lacks}}
{{#entry_lacks}}
{{#first}}
/*
 * No fields of {{revision.path}}, so not copied:
{{/first}}
 *	{{.}}
{{#last}}
 */
{{/last}}
{{/entry_lacks}}
{{#entry_departures}}
{{> departure}}
{{/entry_departures}}
static inline void {{prefix}}_to_{{revision.prefix}}(struct {{revision.struct}} *to,
{{indent}}const struct {{struct}} *from,
{{indent}}u32 clean)
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
 * No fields of {{revision.path}}, so a copy leaves them as they are:
{{/first}}
 *	{{.}}
{{#last}}
 */
{{/last}}
{{/exit_lacks}}
{{#exit_departures}}
{{> departure}}
{{/exit_departures}}
static inline void {{revision.prefix}}_to_{{prefix}}(struct {{struct}} *to,
{{indent}}const struct {{revision.struct}} *from)
{
{{#exit}}
	{{> copy}}
{{/exit}}
{{^exit}}
	(void)to;
	(void)from;
{{/exit}}
}
{{#last}}

#endif
{{/last}}
{{/copies}}
{{/revision}}
