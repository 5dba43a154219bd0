/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How images of one revision of vmcs12 are handled: defines vmcs12_REVISION_ops.
 * vmcs12_revisions.h includes this once for each, with VMCS12_IMAGE defined as its name.
 */
#include "vmcs12_fields.h"

#define VMCS_REVISION VMCS12_IMAGE
#define VMCS_CANONICAL VMCS12_LAYOUT
#include "layouts/vmcs12/accessors.h"

#define VMCS12_OF(name) VMCS_JOIN3(vmcs12_, VMCS12_IMAGE, name)
#define VMCS12_IMAGE_STRUCT struct VMCS_JOIN(vmcs12_, VMCS12_IMAGE)

/* What KVM does not emulate is refused even if struct vmcs12 has room for it. */
static const struct vmcs_loss *VMCS12_OF(_load_image)(struct vmcs12 *vmcs12, const void *image)
{
	const struct vmcs_loss *refused = vmcs_refused(&VMCS12_OF(VMCS_JOIN(_to_, VMCS12_EMULATED)),
						       image);

	return refused || image == vmcs12 ? refused : VMCS12_OF(_load)(vmcs12, image);
}

static const struct vmcs_loss *VMCS12_OF(_store_image)(void *image, const struct vmcs12 *vmcs12)
{
	return image == vmcs12 ? NULL : VMCS12_OF(_store)(image, vmcs12);
}

const struct vmcs12_ops VMCS12_OF(_ops) = {
	.id = VMCS12_OF(_revision_id),
	.size = sizeof(VMCS12_IMAGE_STRUCT),
	.launch_state = offsetof(VMCS12_IMAGE_STRUCT, launch_state),
	.vmcs_enum = VMCS12_OF(_highest_index) << VMCS_FIELD_INDEX_SHIFT,
	.in_place = __same_type(VMCS12_IMAGE_STRUCT, struct vmcs12),
	.map = VMCS12_OF(_map),
	.load = VMCS12_OF(_load_image),
	.store = VMCS12_OF(_store_image),
};

static_assert(sizeof(VMCS12_IMAGE_STRUCT) <= VMCS12_SIZE);
static_assert(offsetof(VMCS12_IMAGE_STRUCT, hdr) == 0);

#undef VMCS12_OF
#undef VMCS12_IMAGE_STRUCT
#undef VMCS12_IMAGE
