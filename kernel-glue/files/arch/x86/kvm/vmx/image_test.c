// SPDX-License-Identifier: GPL-2.0-only
/* KUnit: images of vmcs12s at the boundary between L1 or userspace and struct vmcs12. */
#include <kunit/test.h>

#include "nested.h"
#include "vmcs12_fields.h"
#include "vmcs12_image.h"
#include "layouts/vmcs_encodings.h"
#include "layouts/vmcs12/revision-list.h"

/* A minimal vCPU: its revision, a loaded vmcs12, and an image in memory. */
struct boundary {
	struct vcpu_vmx *vmx;
	struct vmcs12 *vmcs12;
	u8 *memory;
};

/* Where images of each have the fields that L1 finds. */
static const struct {
	u32 id;
	const u16 *map;
} images[] = {
#define VMCS_REVISION(c_name, text) { vmcs12_##c_name##_id, vmcs12_##c_name##_map },
#include "layouts/vmcs12/revision-list.h"
};

static const u32 fields[] = {
#define VMCS_FIELD(name) VMCS_ENC_##name,
#include "layouts/vmcs_fields.h"
};

static int begin(struct kunit *test)
{
	struct boundary *boundary = kunit_kzalloc(test, sizeof(*boundary), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, boundary);
	boundary->vmx = kunit_kzalloc(test, sizeof(*boundary->vmx), GFP_KERNEL);
	boundary->vmcs12 = kunit_kzalloc(test, 2 * VMCS12_SIZE, GFP_KERNEL);
	boundary->memory = kunit_kzalloc(test, VMCS12_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, boundary->vmx);
	KUNIT_ASSERT_NOT_NULL(test, boundary->vmcs12);
	KUNIT_ASSERT_NOT_NULL(test, boundary->memory);
	test->priv = boundary;
	return 0;
}

static struct kvm_vcpu *vcpu_of(struct kunit *test)
{
	struct boundary *boundary = test->priv;

	return &boundary->vmx->vcpu;
}

/* Garbage after the id, in memory; loaded by a vCPU of that revision, whose image this returns. */
static u8 *load_garbage(struct kunit *test, unsigned int i)
{
	struct boundary *boundary = test->priv;
	u8 *image;

	for (unsigned int byte = 0; byte < VMCS12_SIZE; byte++)
		boundary->memory[byte] = byte * 7 + 3;
	memcpy(boundary->memory, &images[i].id, sizeof(u32));
	boundary->vmx->nested.revision = &vmcs12_revisions[i];
	memset(boundary->vmcs12, 0, 2 * VMCS12_SIZE);
	image = vmcs12_image(vcpu_of(test), boundary->vmcs12);
	memcpy(image, boundary->memory, VMCS12_SIZE);
	vmcs12_load(vcpu_of(test), boundary->vmcs12);
	KUNIT_EXPECT_EQ(test, (u32)boundary->vmcs12->hdr.revision_id, images[i].id);
	return image;
}

static void test_known(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, nr_vmcs12_revisions, (unsigned int)ARRAY_SIZE(images));
	KUNIT_EXPECT_PTR_EQ(test, &vmcs12_revisions[0], VMCS12_DEFAULT);
	KUNIT_EXPECT_EQ(test, VMCS12_DEFAULT->id, VMCS12_REVISION);
	for (unsigned int i = 0; i < nr_vmcs12_revisions; i++) {
		const struct vmcs12_revision *revision = &vmcs12_revisions[i];
		bool known = !i || IS_ENABLED(CONFIG_KVM_INTEL_NESTED_EVMCS);

		KUNIT_EXPECT_EQ(test, revision->id, images[i].id);
		/* VMCLEAR writes there; the id is at 0. */
		KUNIT_EXPECT_NE(test, revision->launch_state, 0);
		KUNIT_EXPECT_EQ(test, revision->begins_with_evmcs, i != 0);
		KUNIT_EXPECT_PTR_EQ(test, vmcs12_known(images[i].id), known ? revision : NULL);
	}
	KUNIT_EXPECT_NULL(test, vmcs12_known(0));
	KUNIT_EXPECT_NULL(test, vmcs12_known(1));
	KUNIT_EXPECT_NULL(test, vmcs12_known(VMCS12_REVISION | BIT_ULL(31)));
	KUNIT_EXPECT_NULL(test, vmcs12_known(VMCS12_REVISION | BIT_ULL(32)));
}

/* L1 finds the fields that the vCPU's images have and that exist on the CPU. */
static void test_found(struct kunit *test)
{
	struct boundary *boundary = test->priv;

	for (unsigned int i = 0; i < ARRAY_SIZE(images); i++) {
		boundary->vmx->nested.revision = &vmcs12_revisions[i];
		for (unsigned int j = 0; j < ARRAY_SIZE(fields); j++)
			KUNIT_EXPECT_EQ_MSG(test, vmcs_end(images[i].map, fields[j]) &&
					    vmcs12_find_field(fields[j]),
					    vmcs12_find_field_of(vcpu_of(test), fields[j]) != 0,
					    "field %x", fields[j]);
	}
}

/* Without a filter, and with any, L1 finds what is there at all, and the highest index of that. */
static void test_exists(struct kunit *test)
{
	unsigned int highest = 0;

	for (unsigned int j = 0; j < ARRAY_SIZE(fields); j++) {
		if (!vmcs12_find_field(fields[j]))
			continue;
		KUNIT_EXPECT_EQ_MSG(test, (__force u16)vmcs12_find_field(fields[j]),
				    vmcs_end(VMCS12_WHOLE_MAP, fields[j]), "field %x", fields[j]);
		highest = max(highest, vmcs_field_index(fields[j]));
	}
	KUNIT_EXPECT_EQ(test, highest, (unsigned int)VMCS12_HIGHEST_INDEX);
	KUNIT_EXPECT_LE(test, highest, (unsigned int)VMCS12_WHOLE_HIGHEST_INDEX);
}

#ifdef VMCS12_SOME_LACK_FIELDS
/*
 * What a CPUID feature turns on and off in IA32_VMX_PROCBASED_CTLS2: KVM_SET_CPUID2 gives it
 * back to a vCPU, whatever the revision lacks.  So no revision may lack a field that one adds.
 */
#define SECONDARY_CONTROLS_BY_CPUID						\
	(SECONDARY_EXEC_ENABLE_XSAVES | SECONDARY_EXEC_ENABLE_RDTSCP |		\
	 SECONDARY_EXEC_ENABLE_INVPCID | SECONDARY_EXEC_ENABLE_USR_WAIT_PAUSE |	\
	 SECONDARY_EXEC_RDRAND_EXITING | SECONDARY_EXEC_RDSEED_EXITING)

static void test_lacks_by_cpuid(struct kunit *test)
{
	for (unsigned int i = 0; i < nr_vmcs12_revisions; i++)
		KUNIT_EXPECT_EQ(test, vmcs12_revisions[i].lacks.secondary_vm_exec_control &
				SECONDARY_CONTROLS_BY_CPUID, 0u);
}

/*
 * A revision that lacks fields, and the controls that add them.  If userspace sets these second,
 * that is refused; if it does not set them, they are taken away and given back.
 */
static void test_lacks(struct kunit *test)
{
	struct boundary *boundary = test->priv;
	struct nested_vmx *nested = &boundary->vmx->nested;
	struct kvm_vcpu *vcpu = vcpu_of(test);
	const u32 msr = MSR_IA32_VMX_TRUE_ENTRY_CTLS;

	vcpu->arch.last_vmentry_cpu = -1;
	for (unsigned int i = 0; i < nr_vmcs12_revisions; i++) {
		const struct vmcs12_revision *revision = &vmcs12_revisions[i];
		u32 lacks = revision->lacks.vm_entry_controls;

		if (!lacks || !vmcs12_known(revision->id))
			continue;
		memset(nested, 0, sizeof(*nested));
		nested->revision = VMCS12_DEFAULT;
		nested->msrs.entry_ctls_high = ~0;

		/* Nothing is set: the revision takes its controls away. */
		KUNIT_EXPECT_EQ(test, vmcs12_set_revision(vcpu, revision->id), 0);
		KUNIT_EXPECT_EQ(test, nested->msrs.entry_ctls_high, ~lacks);
		KUNIT_EXPECT_EQ(test, vmcs12_set_controls(vcpu, msr, (u64)lacks << 32), -EINVAL);
		KUNIT_EXPECT_PTR_EQ(test, nested->revision, revision);

		/* The default gives back what KVM supports of them. */
		KUNIT_EXPECT_EQ(test, vmcs12_set_revision(vcpu, VMCS12_DEFAULT->id), 0);
		KUNIT_EXPECT_EQ(test, nested->msrs.entry_ctls_high,
				~lacks | (vmcs_config.nested.entry_ctls_high & lacks));

		/* Once they are set, the revision is refused, and nothing changes. */
		nested->msrs.entry_ctls_high = ~0;
		KUNIT_EXPECT_EQ(test, vmcs12_set_controls(vcpu, msr, ~0ULL), 0);
		KUNIT_EXPECT_EQ(test, vmcs12_set_revision(vcpu, revision->id), -EINVAL);
		KUNIT_EXPECT_EQ(test, nested->msrs.entry_ctls_high, ~0U);
		KUNIT_EXPECT_PTR_EQ(test, nested->revision, VMCS12_DEFAULT);

		/* Controls that are set to less may have the revision, and stay. */
		nested->msrs.entry_ctls_high = 0;
		KUNIT_EXPECT_EQ(test, vmcs12_set_controls(vcpu, msr, 0), 0);
		KUNIT_EXPECT_EQ(test, vmcs12_set_revision(vcpu, revision->id), 0);
		KUNIT_EXPECT_EQ(test, nested->msrs.entry_ctls_high, 0U);
	}
}
#endif

/* A load and a store leave the image as it was, with its garbage. */
static void test_same(struct kunit *test)
{
	struct boundary *boundary = test->priv;

	for (unsigned int i = 0; i < ARRAY_SIZE(images); i++) {
		u8 *image = load_garbage(test, i);

		KUNIT_EXPECT_PTR_EQ(test, vmcs12_store(vcpu_of(test), boundary->vmcs12),
				    (void *)image);
		KUNIT_EXPECT_EQ(test, memcmp(image, boundary->memory, VMCS12_SIZE), 0);
	}
}

/* A field is read from its place in the image; a write changes its bytes and no others. */
static void test_field(struct kunit *test, unsigned int i, u32 field)
{
	unsigned int offset = vmcs_offset(images[i].map, field);
	vmcs12_end_t end = vmcs12_find_field(field);
	struct boundary *boundary = test->priv;
	struct vmcs12 *vmcs12 = boundary->vmcs12;
	u8 *image = load_garbage(test, i);
	unsigned int changed = 0;

	KUNIT_EXPECT_EQ_MSG(test, vmcs12_read_field(vmcs12, field, end),
			    vmcs_peek(boundary->memory, offset, vmcs_bytes(field)),
			    "field %x", field);
	vmcs12_write_field(vmcs12, field, end, ~vmcs12_read_field(vmcs12, field, end));
	vmcs12_store(vcpu_of(test), vmcs12);
	for (unsigned int byte = 0; byte < VMCS12_SIZE; byte++)
		changed += image[byte] != boundary->memory[byte] &&
			   byte - offset < vmcs_bytes(field);
	KUNIT_EXPECT_EQ_MSG(test, changed, vmcs_bytes(field), "field %x", field);
	memcpy(image + offset, boundary->memory + offset, vmcs_bytes(field));
	KUNIT_EXPECT_EQ_MSG(test, memcmp(image, boundary->memory, VMCS12_SIZE), 0,
			    "field %x", field);
}

static void test_fields(struct kunit *test)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(images); i++)
		for (unsigned int j = 0; j < ARRAY_SIZE(fields); j++)
			if (vmcs12_find_field(fields[j]) && vmcs_end(images[i].map, fields[j]))
				test_field(test, i, fields[j]);
}

/* VMCLEAR sets the launch state, which L1 finds nowhere else. */
static void test_launch_state(struct kunit *test)
{
	struct boundary *boundary = test->priv;

	for (unsigned int i = 0; i < ARRAY_SIZE(images); i++) {
		u8 *image = load_garbage(test, i);

		boundary->vmcs12->launch_state = 0;
		vmcs12_store(vcpu_of(test), boundary->vmcs12);
		memset(boundary->memory + vmcs12_launch_state(vcpu_of(test)), 0, sizeof(u32));
		KUNIT_EXPECT_EQ(test, memcmp(image, boundary->memory, VMCS12_SIZE), 0);
	}
}

/* What lies after the fields stays. */
static void test_clear(struct kunit *test)
{
	struct boundary *boundary = test->priv;

	for (unsigned int i = 0; i < ARRAY_SIZE(images); i++) {
		u8 *image = load_garbage(test, i);
		size_t size = vmcs12_image_size(vcpu_of(test));

		vmcs12_clear(vcpu_of(test), boundary->vmcs12);
		KUNIT_EXPECT_NULL(test, memchr_inv(boundary->vmcs12, 0, sizeof(*boundary->vmcs12)));
		KUNIT_EXPECT_NULL(test, memchr_inv(image, 0, size));
		KUNIT_EXPECT_EQ(test, memcmp(image + size, boundary->memory + size,
					     VMCS12_SIZE - size), 0);
	}
}

/* Both forms have a page each, or share one. */
static void test_memory(struct kunit *test)
{
	const unsigned int in_place = IS_ENABLED(CONFIG_KVM_INTEL_VMCS12_EVMCS_FIRST) ? 1 : 0;
	struct boundary *boundary = test->priv;

	for (unsigned int i = 0; i < ARRAY_SIZE(images); i++) {
		u8 *image = load_garbage(test, i);
		bool shared = image == (u8 *)boundary->vmcs12;

		KUNIT_EXPECT_EQ(test, vmcs12_cache_size(vcpu_of(test)),
				(size_t)(shared ? 1 : 2) * VMCS12_SIZE);
		KUNIT_EXPECT_EQ(test, image - (u8 *)boundary->vmcs12, shared ? 0 : VMCS12_SIZE);
		KUNIT_EXPECT_EQ(test, shared, i == in_place);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(test_known),
	KUNIT_CASE(test_found),
	KUNIT_CASE(test_exists),
#ifdef VMCS12_SOME_LACK_FIELDS
	KUNIT_CASE(test_lacks_by_cpuid),
	KUNIT_CASE(test_lacks),
#endif
	KUNIT_CASE(test_same),
	KUNIT_CASE(test_fields),
	KUNIT_CASE(test_launch_state),
	KUNIT_CASE(test_clear),
	KUNIT_CASE(test_memory),
	{}
};

static struct kunit_suite suite = {
	.name = "vmcs12_image",
	.init = begin,
	.test_cases = cases,
};

kunit_test_suite(suite);
