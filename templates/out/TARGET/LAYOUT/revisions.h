{{#layout}}
{{#translates}}
{{>generated}}
/*
 * The revisions of {{name}} that an image in guest memory may have.  One *-images.c is linked:
 * that of the revision which struct {{struct}} is.
 */
#ifndef VMCSGEN_{{NAME}}_REVISIONS_H
#define VMCSGEN_{{NAME}}_REVISIONS_H

{{#some_lack}}
#include "../vmcs_controls.h"
{{/some_lack}}
{{^some_lack}}
#include "../vmcs_types.h"
{{/some_lack}}
{{#some_lack}}

/* Not all revisions have all fields, so that struct {{struct}}_revision has `map` and `lacks`. */
#define {{NAME}}_SOME_LACK_FIELDS
{{/some_lack}}

struct {{struct}};

struct {{struct}}_revision {
	/* What an L1 reads from IA32_VMX_BASIC, and the first word of an image has it, too. */
	u32 id;
	/* Bytes of an image that hold fields. */
	u16 size;
	/* Where VMCLEAR finds the launch state in an image; 0 if it has none. */
	u16 launch_state;
	/* It begins with an enlightened VMCS. */
	bool begins_with_evmcs;
	/*
	 * Set a struct {{struct}} to what an image has; what the image lacks gets a neutral value.
	 * Both functions are NULL if an image is a struct {{struct}}.
	 */
	void (*load)(struct {{struct}} *{{struct}}, const void *image);
	/* Lay a struct {{struct}} over an image, whose other bytes stay. */
	void (*store)(void *image, const struct {{struct}} *{{struct}});
{{#some_lack}}
	/*
	 * Where an image has each field that VMREAD finds, if it has fewer than a struct {{struct}},
	 * else NULL; and the controls that add what it lacks, which a guest may not set.
	 */
	const u16 *map;
	struct vmcs_controls lacks;
{{/some_lack}}
};

/* The default one first. */
extern const struct {{struct}}_revision {{name}}_revisions[];
extern const unsigned int nr_{{name}}_revisions;

#endif
{{/translates}}
{{/layout}}
