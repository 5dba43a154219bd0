/* SPDX-License-Identifier: GPL-2.0-only */
/* The revisions of vmcs12 that images can have.  Part of vmx.c, which includes it once. */
#include "layouts/vmcs12/linux-6.1.h"
#define VMCS12_IMAGE linux_6_1
#include "vmcs12_revision.h"

#include "layouts/vmcs12/rfc-2017.h"
#define VMCS12_IMAGE rfc_2017
#include "vmcs12_revision.h"

#include "layouts/vmcs12/evmcs-first.h"
#define VMCS12_IMAGE evmcs_first
#include "vmcs12_revision.h"

/* The default one first. */
const struct vmcs12_ops * const vmcs12_revisions[] = {
	&vmcs12_linux_6_1_ops,
	&vmcs12_rfc_2017_ops,
	&vmcs12_evmcs_first_ops,
};

const unsigned int nr_vmcs12_revisions = ARRAY_SIZE(vmcs12_revisions);
