// SPDX-License-Identifier: GPL-2.0-only
#include <cpuid.h>
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vmcs_access.h>

#include "change.h"
#include "words.h"

#define PAIRS		600		/* of changes, by chance */
#define MAX_VARIANTS	2048		/* of a group */

#define NONCANONICAL	0x0000800000000000
#define IA32E_MODE	BIT(9)		/* in the VM-entry controls */
#define LOAD_EFER	BIT(15)
#define EXT_INTR_EXITING BIT(0)		/* in the pin-based controls */
#define CR0_NEITHER_PE_NOR_PG	0x30

static void add(struct group *group, struct change a, struct change b, struct change c)
{
	if (!group->variants)
		group->variants = calloc(MAX_VARIANTS, sizeof(*group->variants));
	if (!group->variants || group->count == MAX_VARIANTS)
		errx(1, "no room for what is changed of %s", group->name);
	group->variants[group->count++] = (struct variant){ { a, b, c } };
}

static void add_one(struct group *group, struct change change)
{
	add(group, change, (struct change){}, (struct change){});
}

static void add_two(struct group *group, struct change a, struct change b)
{
	add(group, a, b, (struct change){});
}

#define MEMBER(member, data) (struct change){					\
	.part = HEADER, .offset = offsetof(struct kvm_nested_state, member),	\
	.bytes = sizeof(((struct kvm_nested_state *)0)->member),		\
	.value = (data), .name = #member,					\
}
#define FLAGS(data)	MEMBER(flags, data)
#define SMM_FLAGS(data)	MEMBER(hdr.vmx.smm.flags, data)
#define VMX_FLAGS(data)	MEMBER(hdr.vmx.flags, data)
#define VMXON_PA(data)	MEMBER(hdr.vmx.vmxon_pa, data)
#define VMCS12_PA(data)	MEMBER(hdr.vmx.vmcs12_pa, data)
#define DEADLINE(data)	MEMBER(hdr.vmx.preemption_timer_deadline, data)

#define FIELD(encoding, text, data) (struct change){				\
	.part = IMAGE, .offset = default_offset(encoding),			\
	.bytes = vmcs_bytes(encoding), .value = (data), .name = text,		\
}

/* What a field is set to; the narrow ones to the first few. */
#define NARROW 4
#define VALUES 10

static void make_values(uint64_t values[VALUES])
{
	unsigned int a = 0, b, c, d;

	__get_cpuid(0x80000008, &a, &b, &c, &d);
	values[0] = 0;
	values[1] = 1;
	values[2] = ~0ull;
	values[3] = VMCS_A;		/* the region's own */
	values[4] = NONCANONICAL;
	values[5] = BIT_ULL(a & 0xff) | VMCS_B;
	values[6] = VMCS_B + 8;		/* not aligned */
	values[7] = VMXON_REGION;
	values[8] = VMCS_SHADOW;
	values[9] = NOWHERE;
}

static void add_flags(struct group *group)
{
	for (uint32_t flags = 0; flags < 32; flags++) {
		uint32_t word = (flags & 15) | (flags & 16 ? KVM_STATE_NESTED_GIF_SET : 0);

		for (uint32_t smm = 0; smm < 4; smm++)
			add_two(group, FLAGS(word), SMM_FLAGS(smm));
		add_two(group, FLAGS(word), VMX_FLAGS(1));
		add_two(group, FLAGS(word), VMCS12_PA(~0ull));
		add_two(group, FLAGS(word), VMXON_PA(~0ull));
		add(group, FLAGS(word), VMCS12_PA(~0ull), VMXON_PA(~0ull));
		add_two(group, FLAGS(word), (struct change){ SIZE, HEADER_END, 0, 0, 0, "size" });
	}
	for (unsigned int bit = 0; bit < 16; bit++) {
		struct change change = FLAGS(BIT(bit));

		change.flip = true;
		add_one(group, change);
		add_one(group, SMM_FLAGS(BIT(bit)));
	}
	for (unsigned int bit = 0; bit < 32; bit++)
		add_one(group, VMX_FLAGS(BIT(bit)));
}

static void make_header(struct group *group)
{
	static const uint16_t formats[] = { KVM_STATE_NESTED_FORMAT_SVM, 2, 0xffff };
	uint64_t values[VALUES];

	make_values(values);
	add_flags(group);
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		add_one(group, MEMBER(format, formats[i]));
	for (int i = 0; i < VALUES; i++) {
		add_one(group, VMXON_PA(values[i]));
		add_one(group, VMCS12_PA(values[i]));
		add_two(group, VMXON_PA(values[i]), VMCS12_PA(values[i]));
		add_two(group, VMXON_PA(values[i]), VMCS12_PA(~0ull));
		add_one(group, DEADLINE(values[i]));
		add_two(group, DEADLINE(values[i]), VMX_FLAGS(1));
	}
	add_one(group, MEMBER(hdr.vmx.pad, 0xffff));
	for (size_t at = sizeof(struct kvm_vmx_nested_state_hdr); at < 120; at += 16)
		add_one(group, (struct change){
			HEADER, offsetof(struct kvm_nested_state, hdr) + at, 8, false, ~0ull, "pad",
		});
}

/* At each boundary, one byte before, and one after it. */
static void make_sizes(struct group *group)
{
	for (int boundary = 0; boundary < BOUNDARIES; boundary++)
		for (int distance = -1; distance <= 1; distance++) {
			struct change size = { SIZE, boundary, 0, false, distance, "size" };
			struct change readable = { READABLE, boundary, 0, false, distance,
						   "readable" };

			add_one(group, size);
			add_one(group, readable);
			add_two(group, size, readable);
			add_two(group, size, FLAGS(0));
			add_two(group, size, FLAGS(KVM_STATE_NESTED_GUEST_MODE));
			add_two(group, size, VMCS12_PA(~0ull));
			add(group, size, FLAGS(KVM_STATE_NESTED_EVMCS), VMCS12_PA(~0ull));
			add_two(group, size, VMXON_PA(~0ull));
			/* What fails first must be the same. */
			add_two(group, readable, VMCS12_PA(VMXON_REGION));
			add_two(group, readable, FIELD(VMCS_ENC_HOST_CR0, "HOST_CR0", 0));
		}
	add_one(group, (struct change){ SIZE, NO_BYTE, 0, false, ~0u, "size" });
	add_one(group, (struct change){ SIZE, NO_BYTE, 0, false, 0x80000000, "size" });
}

static const struct {
	const char *name;
	uint32_t encoding;
} fields[] = {
#define VMCS_FIELD(name) { #name, VMCS_ENC_##name },
#include <vmcs_fields.h>
};

static void make_fields(struct group *group)
{
	uint64_t values[VALUES];

	make_values(values);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		uint32_t encoding = fields[i].encoding;

		if (!default_offset(encoding) || VMCS_ENC_IS_HIGH(encoding))
			continue;
		for (int j = 0; j < (vmcs_bytes(encoding) == 8 ? VALUES : NARROW); j++)
			add_one(group, FIELD(encoding, fields[i].name, values[j]));
	}
}

/* Control words, and others of which each bit means something. */
static void make_bits(struct group *group)
{
#define WORD(name) { #name, VMCS_ENC_##name }
	static const struct {
		const char *name;
		uint32_t encoding;
	} words[] = {
		WORD(PIN_BASED_VM_EXEC_CONTROL), WORD(CPU_BASED_VM_EXEC_CONTROL),
		WORD(SECONDARY_VM_EXEC_CONTROL), WORD(VM_EXIT_CONTROLS), WORD(VM_ENTRY_CONTROLS),
		WORD(VM_FUNCTION_CONTROL), WORD(VM_ENTRY_INTR_INFO_FIELD), WORD(EPT_POINTER),
		WORD(GUEST_CR0), WORD(GUEST_CR4), WORD(HOST_CR0), WORD(HOST_CR4),
		WORD(GUEST_IA32_EFER), WORD(HOST_IA32_EFER), WORD(GUEST_IA32_DEBUGCTL),
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		for (unsigned int bit = 0; bit < 8 * vmcs_bytes(words[i].encoding); bit++) {
			struct change change = FIELD(words[i].encoding, words[i].name,
						     BIT_ULL(bit));

			change.flip = true;
			add_one(group, change);
		}
}

/* The first words of images, here and in the guest's memory, and what is no field. */
static void make_words(struct group *group)
{
	static const uint32_t words[] = {
		0, 1, ~0u, DEFAULT_ID, DEFAULT_ID | SHADOW_BIT, DEFAULT_ID + 1, DEFAULT_ID ^ BIT(30),
		0x0c9e6f16, 0x30d5a046, 0x0c9e6f16 | SHADOW_BIT, 0x30d5a046 | SHADOW_BIT,
	};
	const struct vmcs12 *vmcs12 = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct change image = { IMAGE, 0, 4, false, words[i], "id" };
		struct change shadow = { SHADOW, 0, 4, false, words[i], "shadow id" };
		struct change linked = { LINKED, 0, 4, false, words[i], "linked id" };

		add_one(group, image);
		add_one(group, shadow);
		add_one(group, linked);
		add_two(group, shadow, linked);
		add_two(group, image, FLAGS(0));
		add_two(group, linked, FIELD(VMCS_ENC_VMCS_LINK_POINTER, "VMCS_LINK_POINTER",
					     VMCS_SHADOW));
	}
	for (size_t at = 4; at < sizeof(*vmcs12); at += 8) {
		add_one(group, (struct change){ SHADOW, at, 8, false, ~0ull, "shadow" });
		if (at + 8 <= offsetof(struct vmcs12, io_bitmap_a))
			add_one(group, (struct change){ IMAGE, at, 8, false, ~0ull, "no field" });
	}
	add_one(group, (struct change){ IMAGE, sizeof(*vmcs12), 8, false, 0, "after the fields" });
	add_one(group, (struct change){ SHADOW, sizeof(*vmcs12), 8, false, 0,
					"after the shadow's fields" });
}

/* What went wrong once, or nearly. */
static void make_known(struct group *group)
{
	struct change no_long_mode = FIELD(VMCS_ENC_VM_ENTRY_CONTROLS, "VM_ENTRY_CONTROLS",
					   IA32E_MODE);
	struct change no_exits = FIELD(VMCS_ENC_PIN_BASED_VM_EXEC_CONTROL,
				       "PIN_BASED_VM_EXEC_CONTROL", EXT_INTR_EXITING);
	struct change bad_efer = FIELD(VMCS_ENC_GUEST_IA32_EFER, "GUEST_IA32_EFER", ~0ull);
	struct change load_efer = FIELD(VMCS_ENC_VM_ENTRY_CONTROLS, "VM_ENTRY_CONTROLS", LOAD_EFER);

	load_efer.flip = true;
	no_long_mode.flip = true;
	no_exits.flip = true;
	add_one(group, (struct change){});
	/* KVM's cache of a shadow VMCS is for address 0, before it is for any. */
	add_two(group, FIELD(VMCS_ENC_VMCS_LINK_POINTER, "VMCS_LINK_POINTER", 0),
		FLAGS(KVM_STATE_NESTED_GUEST_MODE));
	/* Looked at if an entry will be pending, whatever was before. */
	add(group, load_efer, bad_efer,
	    FLAGS(KVM_STATE_NESTED_GUEST_MODE | KVM_STATE_NESTED_RUN_PENDING));
	add(group, load_efer, bad_efer, FLAGS(KVM_STATE_NESTED_GUEST_MODE));
	/* Looked at with the controls that will be, not with those of the L2 that is. */
	add_one(group, no_exits);
	add(group, no_long_mode, FIELD(VMCS_ENC_GUEST_CR0, "GUEST_CR0", CR0_NEITHER_PE_NOR_PG),
	    FIELD(VMCS_ENC_GUEST_IA32_EFER, "GUEST_IA32_EFER", 0));
	/* Looked at when it is loaded, after all else. */
	add_one(group, FIELD(VMCS_ENC_GUEST_CR3, "GUEST_CR3", BIT_ULL(62)));
}

/* The next of the numbers that begin with @seed, which isn't 0: xorshift64, by Marsaglia. */
static uint64_t chance(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static struct change any(uint64_t *seed)
{
	/* Those before the pairs; fields and bits more often than the others. */
	const struct group *group = &groups[chance(seed) % (GROUPS - 1)];
	uint64_t number = chance(seed) % group->count;

	return group->variants[number].changes[0];
}

static void make_pairs(struct group *group)
{
	uint64_t seed = 0x9e3779b97f4a7c15;

	while (group->count < PAIRS) {
		struct change a = any(&seed), b = any(&seed);

		if (a.part != b.part || a.offset != b.offset)
			add_two(group, a, b);
	}
}

struct group groups[GROUPS] = {
	{ .name = "known", .whole = true },
	{ .name = "words", .of_images = true },
	{ .name = "header" },
	{ .name = "sizes" },
	{ .name = "fields", .of_images = true },
	{ .name = "bits", .of_images = true },
	{ .name = "pairs", .of_images = true },
};

void make_groups(void)
{
	static void (* const make[GROUPS])(struct group *group) = {
		make_known, make_words, make_header, make_sizes, make_fields, make_bits, make_pairs,
	};

	for (int i = 0; i < GROUPS; i++)
		make[i](&groups[i]);
}

static size_t boundary_of(const struct revision *revision, const struct change *change)
{
	const size_t places[BOUNDARIES] = {
		[NO_BYTE] = 0,
		[HEADER_END] = offsetof(struct state, vmcs12),
		[VMCS_END] = offsetof(struct state, vmcs12) + revision->size,
		[PAGE_END] = offsetof(struct state, shadow),
		[SHADOW_END] = offsetof(struct state, shadow) + revision->size,
		[STATE_END] = sizeof(struct state),
	};

	return places[change->offset] + change->value;
}

static void change_bytes(uint8_t *bytes, const struct change *change)
{
	uint64_t value = 0;

	memcpy(&value, bytes + change->offset, change->bytes);
	value = change->flip ? value ^ change->value : change->value;
	memcpy(bytes + change->offset, &value, change->bytes);
}

/* Those of the default revision, which others have, too. */
static void apply(struct request *request, const struct change *change)
{
	switch (change->part) {
	case HEADER:
		change_bytes((uint8_t *)&request->state.header, change);
		break;
	case IMAGE:
		change_bytes(request->state.vmcs12, change);
		break;
	case SHADOW:
		change_bytes(request->state.shadow, change);
		break;
	case LINKED:
		request->linked = change->value;
		break;
	default:
		break;
	}
}

/* Those of places that are elsewhere in each revision. */
static void apply_size(struct request *request, const struct revision *revision,
		       const struct change *change)
{
	size_t place = boundary_of(revision, change);

	if (change->part == SIZE)
		request->state.header.size = place;
	else if (change->part == READABLE)
		request->readable = place < sizeof(request->state) ? place : sizeof(request->state);
}

void make_request(struct request *request, const struct revision *revision,
		  const struct state *start, const struct variant *variant)
{
	uint8_t image[PAGE];

	copy_words(&request->state, start, sizeof(*start));
	request->readable = sizeof(request->state);
	request->linked = DEFAULT_ID | SHADOW_BIT;
	for (int i = 0; i < MAX_CHANGES; i++)
		apply(request, &variant->changes[i]);
	if (revision != &revisions[0]) {
		request->linked = id_from_default(revision, request->linked);
		copy_words(image, request->state.vmcs12, PAGE);
		image_from_default(revision, request->state.vmcs12, image);
		copy_words(image, request->state.shadow, PAGE);
		image_from_default(revision, request->state.shadow, image);
	}
	for (int i = 0; i < MAX_CHANGES; i++)
		apply_size(request, revision, &variant->changes[i]);
}

void print_variant(const struct variant *variant)
{
	for (int i = 0; i < MAX_CHANGES; i++) {
		const struct change *change = &variant->changes[i];

		if (change->part == NOTHING)
			continue;
		printf("%s%s", i ? ", " : "", change->name);
		if (change->part == SIZE || change->part == READABLE)
			printf(" %+d at boundary %u", (int)change->value, change->offset);
		else
			printf(" +%#x %s %#" PRIx64, change->offset, change->flip ? "^" : "=",
			       change->value);
	}
	if (variant->changes[0].part == NOTHING)
		printf("no change");
}
