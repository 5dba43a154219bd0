{{>generated}}
/* The encodings of all VMCS fields: Intel SDM Vol. 3D, appendix B. */
#ifndef VMCSGEN_VMCS_ENCODINGS_H
#define VMCSGEN_VMCS_ENCODINGS_H

#include "vmcs_types.h"

enum vmcs_encoding {
{{#sections}}
	/* {{title}} */
{{#fields}}
	VMCS_ENC_{{NAME}} = {{encoding}},
{{#high}}
	VMCS_ENC_{{NAME}}_HIGH = {{high_encoding}},
{{/high}}
{{/fields}}
{{^last}}

{{/last}}
{{/sections}}
};

/* What an encoding says about its field: bits 14:13, 11:10, 9:1 and 0. */
#define VMCS_ENC_WIDTH(encoding) (((encoding) >> 13) & 3)
#define VMCS_ENC_TYPE(encoding) (((encoding) >> 10) & 3)
#define VMCS_ENC_INDEX(encoding) (((encoding) >> 1) & 0x1ff)
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
 * The slot of a field in a map of a revision: width, type and index side by side.
 * Every encoding has one, so no index can be out of range, not even in speculation;
 * one with a bit beside these and bit 0 is no field's.
 */
#define VMCS_INDEX_BITS {{index_bits}}
#define VMCS_INDEX_MASK ((1 << VMCS_INDEX_BITS) - 1)
#define VMCS_SLOTS (16 << VMCS_INDEX_BITS)
#define VMCS_SLOT(encoding)						\
	((VMCS_ENC_WIDTH(encoding) << 2 | VMCS_ENC_TYPE(encoding)) << VMCS_INDEX_BITS | \
	 (VMCS_ENC_INDEX(encoding) & VMCS_INDEX_MASK))
#define VMCS_ENC_BITS (0x6c01u | VMCS_INDEX_MASK << 1)

#endif
