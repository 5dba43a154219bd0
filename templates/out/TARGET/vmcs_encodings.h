{{>generated}}
/* The encodings of the target's fields: Intel SDM Vol. 3D, appendix B. */
#ifndef VMCSGEN_VMCS_ENCODINGS_H
#define VMCSGEN_VMCS_ENCODINGS_H

#include "vmcs_types.h"

{{#sections}}
{{#first}}
enum vmcs_encoding {
{{/first}}
	/* {{title}} */
{{#fields}}
	VMCS_ENC_{{NAME}} = {{encoding}},
{{#high}}
	VMCS_ENC_{{NAME}}_HIGH = {{high_encoding}},
{{/high}}
{{/fields}}
{{^last}}

{{/last}}
{{#last}}
};

{{/last}}
{{/sections}}
/* The parts of an encoding: bits 14:13, 11:10 and 0. */
#define VMCS_ENC_WIDTH(encoding) (((encoding) >> 13) & 3)
#define VMCS_ENC_TYPE(encoding) (((encoding) >> 10) & 3)
#define VMCS_ENC_IS_HIGH(encoding) ((encoding) & 1)

enum vmcs_encoding_width {
	VMCS_ENC_WIDTH_16,
	VMCS_ENC_WIDTH_64,
	VMCS_ENC_WIDTH_32,
	VMCS_ENC_WIDTH_NATURAL,
};

enum vmcs_encoding_type {
	VMCS_ENC_TYPE_CONTROL,
	VMCS_ENC_TYPE_READ_ONLY,
	VMCS_ENC_TYPE_GUEST,
	VMCS_ENC_TYPE_HOST,
};

/* Bytes of a field in a layout: a digit for each width.  Natural takes a u64. */
#define VMCS_ENC_BYTES(encoding) ((0x8482 >> (4 * VMCS_ENC_WIDTH(encoding))) & 0xf)

/*
 * The slot of a field in a table, such as the map of a revision.  The fields of one width and type
 * are side by side by their indices, and these rows follow each other.
 */
#define VMCS_SLOTS {{slots}}

{{#sections}}
{{#first}}
enum vmcs_slot {
{{/first}}
	/* {{title}} */
{{#fields}}
	VMCS_SLOT_{{NAME}}{{^slot_follows}} = {{#before}}VMCS_SLOT_{{BEFORE}} + {{/before}}{{slot_step}}{{/slot_follows}},
{{/fields}}
{{^last}}

{{/last}}
{{#last}}
};

{{/last}}
{{/sections}}
/* Added to encoding / 2, gives a slot in @field's row. */
#define VMCS_ROW(field) ((VMCS_SLOT_##field - VMCS_ENC_##field / 2) & (VMCS_SLOTS - 1))

/* VMCS_ROW() by bits 14:10 of an encoding. */
static const u16 __maybe_unused vmcs_rows[32] = {
{{#rows}}
	[{{row}}] = VMCS_ROW({{NAME}}),
{{/rows}}
};

/* The encoding of a slot.  Empty slots hold 0, which never matches: field 0 has another slot. */
static const u16 __maybe_unused vmcs_slot_encodings[VMCS_SLOTS] = {
{{#sections}}
{{#fields}}
	[VMCS_SLOT_{{NAME}}] = VMCS_ENC_{{NAME}},
{{/fields}}
{{/sections}}
};

/* Whatever the encoding is, no slot is out of range, even in speculation. */
static __always_inline unsigned int vmcs_slot(u64 encoding)
{
	return (vmcs_rows[encoding >> 10 & 31] + (encoding >> 1)) & (VMCS_SLOTS - 1);
}

#endif
