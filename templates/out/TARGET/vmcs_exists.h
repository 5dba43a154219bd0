{{#all_fields}}
{{#added}}
{{#first}}
{{>generated}}
/*
 * Which fields a VMCS has, by the controls that can be set: Intel SDM Vol. 3D,
 * appendix B, "Field Encoding in VMCS".
 */
#ifndef VMCSGEN_VMCS_EXISTS_H
#define VMCSGEN_VMCS_EXISTS_H

#include "vmcs_controls.h"
#include "vmcs_encodings.h"

/*
 * Whether the VMCS has a field, and its high half: if no control adds it, or if a control that adds
 * it may be 1.  An encoding that is not listed here is not a field.  Other conditions, like the
 * number of CR3-target values, are not tested.
 */
static inline bool vmcs_field_exists(const struct vmcs_controls *controls, u64 encoding)
{
	struct vmcs_controls existing = *controls, *may = &existing;

{{#added_words}}
{{#first}}
	/* In a word that does not exist no control may be 1. */
{{/first}}
	if (!({{#adders}}{{^first}}) &&
	    !({{/first}}may->{{word}} &
	      VMCS_CTRL_{{NAME}}{{/adders}}))
		may->{{name}} = 0;
{{#last}}

{{/last}}
{{/added_words}}
	switch (encoding) {
{{#always}}
	case VMCS_ENC_{{NAME}}:
{{#high}}
	case VMCS_ENC_{{NAME}}_HIGH:
{{/high}}
{{#last}}
		return true;
{{/last}}
{{/always}}
{{/first}}
{{#fields}}
	case VMCS_ENC_{{NAME}}:
{{#high}}
	case VMCS_ENC_{{NAME}}_HIGH:
{{/high}}
{{/fields}}
{{> adders}}
{{#last}}
	default:
		return false;
	}
}

#endif
{{/last}}
{{/added}}
{{/all_fields}}
