{{#revision}}
{{#copies}}
{{#first}}
{{>generated}}
/*
 * Copies between {{revision.path}} and a vmcs12: at a nested entry what was written
 * since the last one, as {{layout.clean_word}} tells, and at an exit what the entry has
 * changed.
 */
#ifndef VMCSGEN_{{STRUCT}}_COPIES_H
#define VMCSGEN_{{STRUCT}}_COPIES_H

#include "../vmcs_move.h"
#include "fields.h"

struct {{revision.struct}};
{{/first}}

{{#lacks}}
{{#first}}
/*
 * {{revision.path}} has nothing for
{{/first}}
 * {{.}}
{{#last}}
 */
{{/last}}
{{/lacks}}
struct {{struct}};

{{#entry_lacks}}
{{#first}}
/*
 * {{path}} has nothing for
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
		/* Runs across groups */
{{#whole}}
		vmcs_move(to, {{to}}, from, {{from}}, {{bytes}});
{{/whole}}
		return;
	}
{{#seldom}}
{{^conditional}}
{{#runs}}
	/* {{begin}}{{#end}} .. {{.}}{{/end}} */
	vmcs_move(to, {{to}}, from, {{from}}, {{bytes}});
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
 * {{path}} has nothing for
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
	/* {{begin}}{{#end}} .. {{.}}{{/end}} */
	vmcs_move(to, {{to}}, from, {{from}}, {{bytes}});
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
