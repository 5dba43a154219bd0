{{#layout}}
{{#existence}}
{{>generated}}
/*
 * Which fields of {{name}} a kernel lets an L1 find, by the controls that its CPU has.
 *
{{#source_lines}}
 * {{#first}}Source: {{/first}}{{.}}
{{/source_lines}}
{{#departures}}
{{#first}}
 *
 * The kernel departs from what the controls add:
{{/first}}
{{#lines}}
 *{{#first}} {{/first}}{{^first}}	{{/first}}{{.}}
{{/lines}}
{{/departures}}
 */
#ifndef VMCSGEN_{{NAME}}_EXISTS_H
#define VMCSGEN_{{NAME}}_EXISTS_H

#include "../vmcs_controls.h"
#include "../vmcs_encodings.h"

/* Whether an L1 finds a field that the maps of {{name}} have, or its high half. */
static inline bool {{name}}_field_exists(const struct vmcs_controls *may, u64 encoding)
{
	switch (encoding) {
{{#added}}
{{#fields}}
	case VMCS_ENC_{{NAME}}:
{{#high}}
	case VMCS_ENC_{{NAME}}_HIGH:
{{/high}}
{{/fields}}
{{> adders}}
{{/added}}
	default:
		return true;
	}
}

#endif
{{/existence}}
{{/layout}}
