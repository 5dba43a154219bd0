/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The revisions of vmcs12, of which a vCPU has the one that its IA32_VMX_BASIC tells: where
 * each has what, as generated, and how userspace finds and sets them.
 */
#ifndef SELFTEST_KVM_VMCS12_REVISIONS_H
#define SELFTEST_KVM_VMCS12_REVISIONS_H

#include <sys/ioctl.h>

#include "test_util.h"
#include "kvm_util.h"
#include "processor.h"
#include "vmx.h"

#include "layouts/vmcs_exists.h"
#include "layouts/vmcs12/revision-list.h"

#define VMCS12_PAGE		4096
#define VMCS12_SHADOW_BIT	0x80000000u

struct vmcs12_revision {
	const char *name;
	u32 id;
	u16 size, launch_state;		/* bytes, and the offset of it */
	const u16 *map;
};

/* All that KVM may know; the first is the default, and has every field that an L1 may find. */
static const struct vmcs12_revision vmcs12_revisions[] = {
#define VMCS_REVISION(c_name, text) {					\
	.name = text,							\
	.id = vmcs12_##c_name##_id,					\
	.size = vmcs12_##c_name##_size,					\
	.launch_state = vmcs12_##c_name##_launch_state,			\
	.map = vmcs12_##c_name##_map,					\
},
#include "layouts/vmcs12/revision-list.h"
};

#define VMCS12_DEFAULT	(&vmcs12_revisions[0])
#define VMCS12_MAX	ARRAY_SIZE(vmcs12_revisions)

/* The encodings of all fields, and of their high halves. */
static const u32 vmcs12_fields[] = {
#define VMCS_FIELD(name) VMCS_ENC_##name,
#include "layouts/vmcs_fields.h"
};

/*
 * Where an image has a field that an L1 may find, which is one of the default; 0 if nowhere.
 * On some kernels it depends on the CPU whether it does.
 */
static inline unsigned int vmcs12_offset(const struct vmcs12_revision *image, u32 field)
{
	return vmcs_offset(VMCS12_DEFAULT->map, field) ? vmcs_offset(image->map, field) : 0;
}

static inline u32 vmcs12_image_id(const void *image)
{
	return vmcs_peek(image, 0, sizeof(u32));
}

/* A page of garbage after the id: L1 need not have zeroed it. */
static inline void vmcs12_make_image(const struct vmcs12_revision *revision, void *image)
{
	for (unsigned int i = 0; i < VMCS12_PAGE; i++)
		((u8 *)image)[i] = i * 7 + (i >> 8) + 3;
	vmcs_poke(image, 0, sizeof(u32), revision->id);
}

/* The @i-th revision that KVM tells, or NULL after the last; if it tells none, the default. */
static inline const struct vmcs12_revision *vmcs12_known(unsigned int i)
{
	static union {
		struct kvm_vmcs12_revisions list;
		u32 room[1 + VMCS12_MAX];
	} known;
	const unsigned int system_group = 0;

	if (!known.list.nr) {
		int kvm = open_kvm_dev_path_or_exit();

		known.list.nr = VMCS12_MAX;
		if (!__kvm_has_device_attr(kvm, system_group, KVM_X86_VMCS12_REVISIONS))
			kvm_device_attr_get(kvm, system_group, KVM_X86_VMCS12_REVISIONS, &known);
		else
			known = (typeof(known)){ .room = { 1, VMCS12_DEFAULT->id } };
		close(kvm);
	}
	if (i >= known.list.nr)
		return NULL;
	for (unsigned int j = 0; j < VMCS12_MAX; j++)
		if (vmcs12_revisions[j].id == known.room[1 + i])
			return &vmcs12_revisions[j];
	TEST_FAIL("KVM knows the id %#x, which this test does not", known.room[1 + i]);
	return NULL;
}

#define for_each_known_vmcs12(revision)						\
	for (unsigned int i_##revision = 0;					\
	     ((revision) = vmcs12_known(i_##revision)); i_##revision++)

/* Set the id by MSR, leaving what else IA32_VMX_BASIC tells; whether KVM takes it. */
static inline bool vmcs12_try_msr(struct kvm_vcpu *vcpu, u32 id)
{
	u64 basic = vcpu_get_msr(vcpu, MSR_IA32_VMX_BASIC);

	return _vcpu_set_msr(vcpu, MSR_IA32_VMX_BASIC, (basic & ~GENMASK_ULL(31, 0)) | id);
}

/* Enable the enlightened VMCS, with an argument that KVM ignores; returns errno, or 0. */
static inline int vmcs12_try_cap(struct kvm_vcpu *vcpu, u64 argument)
{
	u16 version;
	struct kvm_enable_cap cap = {
		.cap = KVM_CAP_HYPERV_ENLIGHTENED_VMCS, .args = { (uintptr_t)&version, argument },
	};

	return __vcpu_ioctl(vcpu, KVM_ENABLE_CAP, &cap) ? errno : 0;
}

/* The id that IA32_VMX_BASIC tells. */
static inline u32 vmcs12_id(struct kvm_vcpu *vcpu)
{
	return vcpu_get_msr(vcpu, MSR_IA32_VMX_BASIC) & GENMASK_ULL(31, 0);
}

/* The controls of a kind that may be 1. */
static inline u32 vmcs12_allowed(struct kvm_vcpu *vcpu, u32 msr)
{
	return vcpu_get_msr(vcpu, msr) >> 32;
}

/* What L1 may set in each word of controls of which KVM tells. */
static inline struct vmcs_controls vmcs12_controls(struct kvm_vcpu *vcpu)
{
	return (struct vmcs_controls){
		.pin_based_vm_exec_control =
			vmcs12_allowed(vcpu, MSR_IA32_VMX_TRUE_PINBASED_CTLS),
		.cpu_based_vm_exec_control =
			vmcs12_allowed(vcpu, MSR_IA32_VMX_TRUE_PROCBASED_CTLS),
		.secondary_vm_exec_control = vmcs12_allowed(vcpu, MSR_IA32_VMX_PROCBASED_CTLS2),
		.vm_exit_controls = vmcs12_allowed(vcpu, MSR_IA32_VMX_TRUE_EXIT_CTLS),
		.vm_entry_controls = vmcs12_allowed(vcpu, MSR_IA32_VMX_TRUE_ENTRY_CTLS),
		.vm_function_control = vcpu_get_msr(vcpu, MSR_IA32_VMX_VMFUNC),
	};
}

static inline void vmcs12_set_revision(struct kvm_vcpu *vcpu,
				       const struct vmcs12_revision *revision)
{
	TEST_ASSERT(vmcs12_try_msr(vcpu, revision->id) && vmcs12_id(vcpu) == revision->id,
		    "KVM_SET_MSRS: the id of %s is not taken", revision->name);
}

#endif
