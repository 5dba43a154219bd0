// SPDX-License-Identifier: GPL-2.0-only
/*
 * The effect of VMREAD and VMWRITE with each encoding, where it differs from what the spec and the
 * CPU's capabilities predict.
 */
#define pr_fmt(fmt) "vmcs_entry_test: " fmt

#include <linux/bitops.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/printk.h>
#include <linux/string.h>

#include <asm/vmx.h>

#include "vmcs_entry_test.h"

/* IA32_VMX_MISC: VMWRITE writes to read-only fields, too. */
#define VMX_MISC_WRITES_READ_ONLY	BIT_ULL(29)

/*
 * The access rights' bits that are not reserved.  Some CPUs drop the others at a VMWRITE,
 * some keep them; no other field is known to have such bits.
 */
#define ACCESS_RIGHTS_BITS		0x1f0ffull

/* The effect of an encoding: the errors of VMREAD and VMWRITE, and the bits that a write keeps. */
struct answer {
	int read_error;
	int write_error;
	u64 keeps;
};

static const struct answer no_field = {
	.read_error = VMXERR_UNSUPPORTED_VMCS_COMPONENT,
	.write_error = VMXERR_UNSUPPORTED_VMCS_COMPONENT,
};

struct field {
	const char *name;
	u32 encoding;
	struct answer answer;
};

static struct field fields[] __initdata = {
#define VMCS_FIELD(name) { #name, VMCS_ENC_##name },
#include "layouts/vmcs_fields.h"
};

#define fields_end	(fields + ARRAY_SIZE(fields))

/* Whether an encoding is a field's on a CPU that can do everything. */
static bool __init is_listed(u64 encoding)
{
	struct vmcs_controls all;

	memset(&all, 0xff, sizeof(all));
	return vmcs_field_exists(&all, encoding);
}

static bool __init has_half(const struct field *field)
{
	return VMCS_ENC_IS_HIGH(field->encoding) || is_listed(field->encoding | 1);
}

/*
 * The prediction
 */

static u64 __init width_mask(u32 encoding)
{
	unsigned int bytes = VMCS_ENC_IS_HIGH(encoding) ? sizeof(u32) : VMCS_ENC_BYTES(encoding);

	return GENMASK_ULL(8 * bytes - 1, 0);
}

static struct answer __init predict(const struct vmx_capabilities *cpu, u32 encoding)
{
	struct answer answer = { 0 };

	if (!vmcs_field_exists(&cpu->may, encoding))
		return no_field;
	if (VMCS_ENC_TYPE(encoding) == VMCS_ENC_TYPE_READ_ONLY &&
	    !(cpu->misc & VMX_MISC_WRITES_READ_ONLY))
		answer.write_error = VMXERR_VMWRITE_READ_ONLY_VMCS_COMPONENT;
	else
		answer.keeps = width_mask(encoding);
	return answer;
}

/* Bits of a field that may or may not stay. */
static u64 __init unpredicted_bits(u32 encoding)
{
	if (encoding < VMCS_ENC_GUEST_ES_AR_BYTES || encoding > VMCS_ENC_GUEST_TR_AR_BYTES)
		return 0;
	return width_mask(encoding) & ~ACCESS_RIGHTS_BITS;
}

static bool __init is_as_predicted(const struct field *field, const struct answer *predicted)
{
	const struct answer *answer = &field->answer;
	u64 different = (answer->keeps ^ predicted->keeps) & ~unpredicted_bits(field->encoding);

	return answer->read_error == predicted->read_error &&
	       answer->write_error == predicted->write_error && !different;
}

/*
 * The observation
 */

/* Whether an encoding is known, and may be written; that makes the field 0. */
static struct answer __init probe(u64 encoding)
{
	struct answer answer = { 0 };
	u64 value;

	answer.read_error = vmcs_read(encoding, &value);
	answer.write_error = vmcs_write(encoding, 0);
	return answer;
}

static bool __init is_writable(const struct field *field)
{
	return !field->answer.read_error && !field->answer.write_error;
}

/*
 * Whole fields are written in the first two rounds, high halves in the last two: with bits
 * of their own, so that no two fields can be one, then with the complement.
 */
#define ROUNDS		4
#define FIRST_OF_HALVES	2

static bool __init is_written_in(const struct field *field, unsigned int round)
{
	return is_writable(field) && VMCS_ENC_IS_HIGH(field->encoding) == round / FIRST_OF_HALVES;
}

/* What a field of 64 bits holds after a round; a high half, in its lower half. */
static u64 __init holds_after(const struct field *field, unsigned int round)
{
	u64 bits = (field->encoding | 1) * 0x9e3779b97f4a7c15ull;
	u64 low = round == 0 ? bits : ~bits;
	u64 high = has_half(field) && round == FIRST_OF_HALVES ? bits : low;
	u64 holds = (high & ~(u64)U32_MAX) | (low & U32_MAX);

	return VMCS_ENC_IS_HIGH(field->encoding) ? ror64(holds, 32) : holds;
}

/* Write some fields, and read all. */
static void __init write_and_read(unsigned int round)
{
	struct field *field;
	u64 value;

	for (field = fields; field < fields_end; field++) {
		if (is_written_in(field, round))
			field->answer.write_error = vmcs_write(field->encoding,
							       holds_after(field, round));
	}
	for (field = fields; field < fields_end; field++) {
		if (!is_writable(field))
			continue;
		field->answer.read_error = vmcs_read(field->encoding, &value);
		field->answer.keeps &= ~(value ^ holds_after(field, round));
	}
}

/*
 * An access that fails leaves its error number in a field: all that may fail comes before
 * the rounds.
 */
static void __init observe(void)
{
	struct field *field;
	unsigned int round;

	for (field = fields; field < fields_end; field++) {
		field->answer = probe(field->encoding);
		field->answer.keeps = is_writable(field) ? U64_MAX : 0;
	}
	for (round = 0; round < ROUNDS; round++)
		write_and_read(round);
	for (field = fields; field < fields_end; field++) {
		if (is_writable(field))
			vmcs_write(field->encoding, 0);
	}
}

/*
 * The table
 */

static bool __init is_no_field(const struct answer *answer)
{
	return answer->read_error == no_field.read_error &&
	       answer->write_error == no_field.write_error;
}

static const char * __init describe(const struct answer *answer, char text[], size_t size)
{
	if (is_no_field(answer))
		return "no field";
	if (!answer->read_error &&
	    answer->write_error == VMXERR_VMWRITE_READ_ONLY_VMCS_COMPONENT)
		return "read-only";
	if (answer->read_error || answer->write_error)
		snprintf(text, size, "errors %d, %d", answer->read_error, answer->write_error);
	else
		snprintf(text, size, "keeps %llx", answer->keeps);
	return text;
}

static void __init compare(struct vmcs_field_counts *counts, const struct field *field,
			   const struct answer *predicted)
{
	bool same = is_as_predicted(field, predicted);
	char texts[2][32];

	pr_info("0x%04x %-32s predicted %-22s observed %-22s %s\n", field->encoding, field->name,
		describe(predicted, texts[0], sizeof(texts[0])),
		describe(&field->answer, texts[1], sizeof(texts[1])),
		same ? "as predicted" : "DEVIATES");
	counts->encodings++;
	counts->deviations += !same;
}

/* An encoding of no field, which has a line in the table only if it deviates. */
static void __init expect_no_field(struct vmcs_field_counts *counts, u64 encoding)
{
	struct answer answer = probe(encoding);
	char text[32];

	counts->encodings++;
	if (is_no_field(&answer))
		return;
	pr_info("0x%04llx %-32s predicted %-22s observed %-22s DEVIATES\n", encoding, "-",
		"no field", describe(&answer, text, sizeof(text)));
	counts->deviations++;
}

/* All other encodings of 16 bits, and those of fields with one more bit above these. */
static void __init compare_others(struct vmcs_field_counts *counts)
{
	const struct field *field;
	unsigned int bit;
	u64 encoding;

	for (encoding = 0; encoding <= U16_MAX; encoding++) {
		if (!is_listed(encoding))
			expect_no_field(counts, encoding);
	}
	for (field = fields; field < fields_end; field++) {
		for (bit = 16; bit < 64; bit++)
			expect_no_field(counts, field->encoding | BIT_ULL(bit));
	}
}

void __init vmcs_entry_test_fields(const struct vmx_capabilities *cpu,
				   struct vmcs_field_counts *counts)
{
	struct answer predicted;
	struct field *field;

	compare_others(counts);
	observe();
	for (field = fields; field < fields_end; field++) {
		predicted = predict(cpu, field->encoding);
		compare(counts, field, &predicted);
	}
}
