{{#revision}}
{{#images}}
{{#first}}
{{>generated-c}}
/*
 * Images of {{layout.name}} where struct {{revision.struct}} is {{revision.path}}: how they are
 * loaded into it and stored from it.
 */
#include "revisions.h"
#include "{{revision.name}}.h"
{{/first}}
#include "{{name}}-map.h"
{{/images}}
{{#images}}
{{^in_place}}

static void load_{{revision_c_name}}(struct {{revision.struct}} *to, const void *image)
{
{{#runs}}
	VMCS_LOAD(to, {{begin}}, {{end}}, image, {{to}});
{{/runs}}
{{#lacks}}
{{#has_bits}}
	vmcs_poke(to, offsetof(struct {{revision.struct}}, {{element}}), {{bytes}}, {{neutral}});
{{/has_bits}}
{{^has_bits}}
	to->{{element}} = {{neutral}};
{{/has_bits}}
{{/lacks}}
}

static void store_{{revision_c_name}}(void *image, const struct {{revision.struct}} *from)
{
{{#runs}}
	VMCS_STORE(image, {{to}}, from, {{begin}}, {{end}});
{{/runs}}
}
{{/in_place}}
{{/images}}
{{#images}}
{{#first}}

const struct {{layout.struct}}_revision {{layout.name}}_revisions[] = {
{{/first}}
	{
		.id = {{c_name}}_id,
		.size = {{c_name}}_size,
		.launch_state = {{c_name}}_launch_state,
{{#embeds_page}}
		.begins_with_evmcs = true,
{{/embeds_page}}
{{^in_place}}
		.load = load_{{revision_c_name}},
		.store = store_{{revision_c_name}},
{{/in_place}}
{{#loses_fields}}
		.map = {{c_name}}_map,
		.lacks = {
{{#lost_controls}}
			.{{word}} =
{{#controls}}
				VMCS_CTRL_{{.}}{{#last}},{{/last}}{{^last}} |{{/last}}
{{/controls}}
{{/lost_controls}}
		},
{{/loses_fields}}
	},
{{#last}}
};

const unsigned int nr_{{layout.name}}_revisions = ARRAY_SIZE({{layout.name}}_revisions);
{{/last}}
{{/images}}
{{/revision}}
