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

/* Some revisions lack fields: struct {{struct}}_revision has `map` and `lacks`. */
#define {{NAME}}_SOME_LACK_FIELDS
{{/some_lack}}

struct {{struct}};

struct {{struct}}_revision {
	/* An L1 reads it from IA32_VMX_BASIC, and the first word of an image is the same. */
	u32 id;
	/* Bytes of an image that hold fields. */
	u16 size;
	/* Where VMCLEAR finds the launch state in an image; 0 if it has none. */
	u16 launch_state;
	/* It begins with an enlightened VMCS. */
	bool begins_with_evmcs;
	/*
	 * Load an image into a struct {{struct}}; fields that the image lacks get a neutral value.
	 * Both functions are NULL if an image is a struct {{struct}}.
	 */
	void (*load)(struct {{struct}} *{{struct}}, const void *image);
	/* Store a struct {{struct}} into an image, whose other bytes stay. */
	void (*store)(void *image, const struct {{struct}} *{{struct}});
{{#some_lack}}
	/*
	 * Where an image has each field that VMREAD finds; NULL if it has all fields of a struct
	 * {{struct}}.  A guest may not set the controls that add the fields that it lacks.
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
