/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A revision of vmcs12 whose images are translated: defines vmcs12_REVISION_revision.
 * vmcs12_revisions.h includes this once for each, with VMCS12_IMAGE defined as its name.
 */
#define VMCS_REVISION VMCS12_IMAGE
#define VMCS_CANONICAL VMCS12_LAYOUT
#include "layouts/vmcs12/accessors.h"

#define VMCS12_OF(name) VMCS_JOIN3(vmcs12_, VMCS12_IMAGE, name)

static void VMCS12_OF(_load_image)(struct vmcs12 *vmcs12, const void *image)
{
	VMCS12_OF(_load_shared)(vmcs12, image);
}

static void VMCS12_OF(_store_image)(void *image, const struct vmcs12 *vmcs12)
{
	VMCS12_OF(_store_shared)(image, vmcs12);
}

const struct vmcs12_revision VMCS12_OF(_revision) = {
	VMCS12_FACTS(VMCS12_IMAGE),
	.load = VMCS12_OF(_load_image),
	.store = VMCS12_OF(_store_image),
};

#undef VMCS12_OF
#undef VMCS12_IMAGE
