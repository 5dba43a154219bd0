/* SPDX-License-Identifier: GPL-2.0-only */
/* The revisions of vmcs12 that a vCPU can have.  Part of vmx.c, which includes it once. */
#include "evmcs_layout.h"
#include "revision.h"

#define VMCS12_STRUCT(revision) struct VMCS_JOIN(vmcs12_, revision)
#define VMCS12_BEGIN(revision, member) \
	(offsetof(VMCS12_STRUCT(revision), member) == offsetof(struct hv_enlightened_vmcs, member))

/* What follows from the generated headers. */
#define VMCS12_FACTS(revision) \
	.id = VMCS_JOIN3(vmcs12_, revision, _revision_id), \
	.size = sizeof(VMCS12_STRUCT(revision)) + \
		BUILD_BUG_ON_ZERO(sizeof(VMCS12_STRUCT(revision)) > VMCS12_SIZE) + \
		BUILD_BUG_ON_ZERO(offsetof(VMCS12_STRUCT(revision), hdr)), \
	.launch_state = offsetof(VMCS12_STRUCT(revision), launch_state), \
	.begins_with_evmcs = VMCS12_BEGIN(revision, host_ia32_pat) && \
			     VMCS12_BEGIN(revision, guest_rip)

/* Images of one are struct vmcs12. */
const struct vmcs12_revision VMCS_JOIN3(vmcs12_, VMCS12_LAYOUT, _revision) = {
	VMCS12_FACTS(VMCS12_LAYOUT),
	.in_place = true,
};

#ifdef CONFIG_KVM_INTEL_VMCS12_EVMCS_FIRST
#include "layouts/vmcs12/linux-6.1.h"
#define VMCS12_IMAGE linux_6_1
#include "vmcs12_revision.h"
#else
#include "layouts/vmcs12/evmcs-first.h"
#define VMCS12_IMAGE evmcs_first
#include "vmcs12_revision.h"
#endif

#include "layouts/vmcs12/rfc-2017.h"
#define VMCS12_IMAGE rfc_2017
#include "vmcs12_revision.h"

const struct vmcs12_revision * const vmcs12_revisions[] = {
	&vmcs12_linux_6_1_revision,
	&vmcs12_rfc_2017_revision,
	&vmcs12_evmcs_first_revision,
};

const unsigned int nr_vmcs12_revisions = ARRAY_SIZE(vmcs12_revisions);

#undef VMCS12_STRUCT
#undef VMCS12_BEGIN
#undef VMCS12_FACTS
