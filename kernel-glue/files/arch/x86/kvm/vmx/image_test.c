// SPDX-License-Identifier: GPL-2.0-only
/* KUnit: images of vmcs12s at the boundary between L1 or userspace and struct vmcs12. */
#include <kunit/test.h>

#include "vmcs12_image.h"
#include "layouts/vmcs_encodings.h"
#include "layouts/vmcs12/linux-6.1-map.h"
#include "layouts/vmcs12/linux-6.1-translations.h"
#include "layouts/vmcs12/rfc-2017-map.h"
#include "layouts/vmcs12/rfc-2017-translations.h"
#include "layouts/vmcs12/evmcs-first-map.h"
#include "layouts/vmcs12/evmcs-first-translations.h"

/* A vCPU that is nothing but its revision, a loaded vmcs12, and an image in memory. */
struct boundary {
	struct vcpu_vmx *vmx;
	struct vmcs12 *vmcs12;
	u8 *memory;
};

static const struct {
	const struct vmcs12_ops *ops;
	const struct vmcs_translation *emulated;
} images[] = {
	{ &vmcs12_linux_6_1_ops, &vmcs12_linux_6_1_to_linux_6_1 },
	{ &vmcs12_rfc_2017_ops, &vmcs12_rfc_2017_to_linux_6_1 },
	{ &vmcs12_evmcs_first_ops, &vmcs12_evmcs_first_to_linux_6_1 },
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
	boundary->vmcs12 = kunit_kzalloc(test, VMCS12_CACHE_SIZE, GFP_KERNEL);
	boundary->memory = kunit_kzalloc(test, VMCS12_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, boundary->vmx);
	KUNIT_ASSERT_NOT_NULL(test, boundary->vmcs12);
	KUNIT_ASSERT_NOT_NULL(test, boundary->memory);
	test->priv = boundary;
	return 0;
}

/* Garbage, but for the id and what KVM does not emulate. */
static void make_image(struct boundary *boundary, unsigned int i)
{
	const struct vmcs_translation *emulated = images[i].emulated;

	for (unsigned int byte = 0; byte < VMCS12_SIZE; byte++)
		boundary->memory[byte] = byte * 7 + 3;
	memcpy(boundary->memory, &images[i].ops->id, sizeof(u32));
	for (unsigned int j = 0; j < emulated->loss_count; j++)
		memset(boundary->memory + emulated->losses[j].from, 0, emulated->losses[j].bytes);
}

/* Load what is in memory; returns where the vmcs12 has its image. */
static u8 *load_image(struct kunit *test, unsigned int i)
{
	const struct vmcs12_ops *ops = images[i].ops;
	struct boundary *boundary = test->priv;
	u8 *image = vmcs12_image(ops, boundary->vmcs12);

	memset(boundary->vmcs12, 0, VMCS12_CACHE_SIZE);
	memcpy(image, boundary->memory, VMCS12_SIZE);
	KUNIT_EXPECT_NULL(test, ops->load(boundary->vmcs12, image));
	KUNIT_EXPECT_EQ(test, (u32)boundary->vmcs12->hdr.revision_id, ops->id);
	return image;
}

static void test_known(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, nr_vmcs12_revisions, (unsigned int)ARRAY_SIZE(images));
	KUNIT_EXPECT_PTR_EQ(test, vmcs12_revisions[0], VMCS12_DEFAULT);
	KUNIT_EXPECT_EQ(test, VMCS12_DEFAULT->id, VMCS12_REVISION);
	for (unsigned int i = 0; i < nr_vmcs12_revisions; i++)
		KUNIT_EXPECT_PTR_EQ(test, vmcs12_known(vmcs12_revisions[i]->id),
				    vmcs12_revisions[i]);
	KUNIT_EXPECT_NULL(test, vmcs12_known(0));
	KUNIT_EXPECT_NULL(test, vmcs12_known(1));
	KUNIT_EXPECT_NULL(test, vmcs12_known(VMCS12_REVISION | BIT_ULL(31)));
	KUNIT_EXPECT_NULL(test, vmcs12_known(VMCS12_REVISION | BIT_ULL(32)));
}

static void test_accepted(struct kunit *test)
{
	struct boundary *boundary = test->priv;
	struct kvm_vcpu *vcpu = &boundary->vmx->vcpu;

	for (unsigned int i = 0; i < nr_vmcs12_revisions; i++) {
		const struct vmcs12_ops *own = vmcs12_revisions[i];

		boundary->vmx->nested.vmcs12_ops = own;
		for (unsigned int j = 0; j < nr_vmcs12_revisions; j++) {
			const struct vmcs12_ops *ops = vmcs12_revisions[j];
			bool accepted = ops == own || own != VMCS12_DEFAULT;

			KUNIT_EXPECT_PTR_EQ(test, vmcs12_accepted(vcpu, ops->id),
					    accepted ? ops : NULL);
			KUNIT_EXPECT_NULL(test, vmcs12_accepted(vcpu, ops->id | BIT(31)));
			boundary->vmcs12->hdr.revision_id = ops->id;
			KUNIT_EXPECT_PTR_EQ(test, vmcs12_ops(vcpu, boundary->vmcs12),
					    accepted ? ops : own);
		}
	}
}

/* What is loaded and stored is as it was, garbage and all. */
static void test_same(struct kunit *test)
{
	struct boundary *boundary = test->priv;

	for (unsigned int i = 0; i < ARRAY_SIZE(images); i++) {
		u8 *image;

		make_image(boundary, i);
		image = load_image(test, i);
		KUNIT_EXPECT_NULL(test, images[i].ops->store(image, boundary->vmcs12));
		KUNIT_EXPECT_EQ(test, memcmp(image, boundary->memory, VMCS12_SIZE), 0);
	}
}

/* The bytes of a field change with it, and no others. */
static void test_field(struct kunit *test, unsigned int i, u32 field)
{
	const struct vmcs12_ops *ops = images[i].ops;
	unsigned int end = vmcs12_end(ops, field), changed = 0;
	struct boundary *boundary = test->priv;
	struct vmcs12 *vmcs12 = boundary->vmcs12;
	u8 *image;

	if (!end)
		return;
	image = load_image(test, i);
	vmcs_write(vmcs12, field, end, ~vmcs_read(vmcs12, field, end));
	KUNIT_EXPECT_NULL(test, ops->store(image, vmcs12));
	for (unsigned int byte = 0; byte < VMCS12_SIZE; byte++)
		changed += image[byte] != boundary->memory[byte];
	KUNIT_EXPECT_EQ_MSG(test, changed, vmcs_bytes(field), "field %x", field);
}

static void test_fields(struct kunit *test)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(images); i++) {
		make_image(test->priv, i);
		for (unsigned int j = 0; j < ARRAY_SIZE(fields); j++)
			test_field(test, i, fields[j]);
	}
}

/* What KVM does not emulate is refused, in whatever layout struct vmcs12 is. */
static void test_refused(struct kunit *test)
{
	struct boundary *boundary = test->priv;

	for (unsigned int i = 0; i < ARRAY_SIZE(images); i++) {
		const struct vmcs_translation *emulated = images[i].emulated;
		u8 *image = vmcs12_image(images[i].ops, boundary->vmcs12);

		for (unsigned int j = 0; j < emulated->loss_count; j++) {
			const struct vmcs_loss *loss = &emulated->losses[j];
			const struct vmcs_loss *refused;

			make_image(boundary, i);
			memset(boundary->memory + loss->from, 0x5a, 1);
			memcpy(image, boundary->memory, VMCS12_SIZE);
			refused = images[i].ops->load(boundary->vmcs12, image);
			KUNIT_EXPECT_STREQ(test, refused ? refused->name : "",
					   j < emulated->refuse_count ? loss->name : "");
		}
	}
}

/* What is behind the fields of the vCPU's own images is left. */
static void test_clear(struct kunit *test)
{
	struct boundary *boundary = test->priv;
	struct kvm_vcpu *vcpu = &boundary->vmx->vcpu;

	for (unsigned int i = 0; i < ARRAY_SIZE(images); i++) {
		const struct vmcs12_ops *own = images[i].ops;
		u8 *image;

		boundary->vmx->nested.vmcs12_ops = own;
		make_image(boundary, i);
		image = load_image(test, i);
		vmcs12_clear(vcpu, boundary->vmcs12);
		KUNIT_EXPECT_NULL(test, memchr_inv(boundary->vmcs12, 0,
						   sizeof(*boundary->vmcs12)));
		KUNIT_EXPECT_NULL(test, memchr_inv(image, 0, own->size));
		KUNIT_EXPECT_EQ(test, memcmp(image + own->size, boundary->memory + own->size,
					     VMCS12_SIZE - own->size), 0);
	}
}

static void test_commit(struct kunit *test)
{
	struct boundary *boundary = test->priv;
	struct nested_vmx *nested = &boundary->vmx->nested;
	struct vmcs12 *staged = boundary->vmcs12;

	nested->staged_vmcs12 = staged;
	nested->cached_vmcs12 = NULL;
	vmcs12_commit(&boundary->vmx->vcpu, &nested->cached_vmcs12);
	KUNIT_EXPECT_PTR_EQ(test, nested->cached_vmcs12, staged);
	KUNIT_EXPECT_NULL(test, nested->staged_vmcs12);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(test_known),
	KUNIT_CASE(test_accepted),
	KUNIT_CASE(test_same),
	KUNIT_CASE(test_fields),
	KUNIT_CASE(test_refused),
	KUNIT_CASE(test_clear),
	KUNIT_CASE(test_commit),
	{}
};

static struct kunit_suite suite = {
	.name = "vmcs12_image",
	.init = begin,
	.test_cases = cases,
};

kunit_test_suite(suite);
