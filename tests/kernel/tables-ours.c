// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The generated list of shadowed fields, with the generated struct and encodings. */
#include <stddef.h>

#include "vmcs_encodings.h"
#include VMCS12_H
#include "tables.h"

#define OFFSET(member)	offsetof(struct VMCS12, member)

const struct shadowed our_shadowed[] = {
#define SHADOW_FIELD_RO(name, member)	{ "ro", VMCS_ENC_##name, OFFSET(member) },
#define SHADOW_FIELD_RW(name, member)	{ "rw", VMCS_ENC_##name, OFFSET(member) },
#include "vmcs_shadow_fields.h"
	{ 0 }
};
