// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Checks of fields: encodings and names. */
#include <ctype.h>
#include <string.h>

#include "check/check.h"

static void encoding_bits(struct checker *checker)
{
	const struct spec *spec = checker->spec;

	for (size_t i = 0; i < spec->field_count; i++) {
		const struct field *field = spec->fields[i];

		if (field->encoding & ENCODING_RESERVED)
			check_report(checker, field, field->encoding_pos,
				     "the encoding of '%s' has reserved bits set: 0x%x",
				     field->name, field->encoding & ENCODING_RESERVED);
		else if (field->encoding & ENCODING_HIGH)
			check_report(checker, field, field->encoding_pos,
				     "bit 0 marks the high half of a 64-bit field, which '%s' is not",
				     field->name);
	}
}

const struct check check_encoding_bits = {
	"encoding-bits", SEVERITY_ERROR, "an encoding with reserved bits or with bit 0 set",
	encoding_bits, { NULL },
};

static void encoding_twice(struct checker *checker)
{
	const struct spec *spec = checker->spec;

	for (size_t i = 1; i < spec->field_count; i++) {
		const struct field *field = spec->fields[i], *first = spec->fields[i - 1];

		if (field->encoding != first->encoding)
			continue;
		if (check_report(checker, field, field->encoding_pos,
				 "'%s' and '%s' have one encoding, 0x%x", field->name, first->name,
				 field->encoding))
			report_note(checker->messages, first->encoding_pos,
				    "the encoding of '%s'", first->name);
	}
}

const struct check check_encoding_twice = {
	"encoding-twice", SEVERITY_ERROR, "two fields with one encoding",
	encoding_twice, { NULL },
};

static void index_collision(struct checker *checker)
{
	const struct spec *spec = checker->spec;
	struct table seen = { 0 };

	for (size_t i = 0; i < spec->field_count; i++) {
		struct field *field = spec->fields[i], *first;
		uint16_t index = encoding_rol16(field->encoding);

		if (!check_sound(checker, field))
			continue;
		first = table_add_number(&seen, index, field);
		if (!first || first->encoding == field->encoding)
			continue;
		if (check_report(checker, field, field->encoding_pos,
				 "'%s' and '%s' fall on one entry of a look-up table, %u",
				 field->name, first->name, index))
			report_note(checker->messages, first->encoding_pos,
				    "the encoding of '%s'", first->name);
	}
	table_free(&seen);
}

const struct check check_index_collision = {
	"index-collision", SEVERITY_ERROR,
	"two encodings that the kernel's 16-bit index can't tell apart",
	index_collision, { &check_encoding_bits },
};

static void high_half(struct checker *checker)
{
	const struct spec *spec = checker->spec;

	for (size_t i = 0; i < spec->field_count; i++) {
		const struct field *field = spec->fields[i];

		if (field->no_high && encoding_width(field->encoding) != WIDTH_64)
			check_report(checker, field, field->no_high_pos,
				     "'%s' is no 64-bit field and has no high half to lack",
				     field->name);
	}
}

const struct check check_high_half = {
	"high-half", SEVERITY_ERROR, "'no high' on a field that is not 64 bits wide",
	high_half, { &check_encoding_bits },
};

static void tlfs_twice(struct checker *checker)
{
	const struct spec *spec = checker->spec;
	struct table seen = { 0 };

	for (size_t i = 0; i < spec->field_count; i++) {
		struct field *field = spec->fields[i], *first = NULL;

		if (field->tlfs)
			first = table_add_name(&seen, field->tlfs, field);
		if (!first)
			continue;
		if (check_report(checker, field, field->pos,
				 "'%s' and '%s' have one TLFS name, '%s'", field->name, first->name,
				 field->tlfs))
			report_note(checker->messages, first->pos, "the field '%s'", first->name);
	}
	table_free(&seen);
}

const struct check check_tlfs_twice = {
	"tlfs-twice", SEVERITY_ERROR, "two fields with one TLFS name",
	tlfs_twice, { NULL },
};

/* Names folded to lower case, and which member or field has them. */
struct folded {
	struct checker *checker;
	struct table seen;
};

struct named {
	const char *name, *because;
	struct srcpos pos;
};

static void see_name(struct folded *folded, const char *name, const char *because,
		     struct srcpos pos)
{
	const struct spec *spec = folded->checker->spec;
	struct named *entry = arena_alloc(spec->arena, sizeof(*entry)), *first;
	char *lower = arena_copy(spec->arena, name, strlen(name));

	for (char *c = lower; *c; c++)
		*c = tolower((unsigned char)*c);
	*entry = (struct named){ name, because, pos };
	first = table_add_name(&folded->seen, name_of(spec->names, lower), entry);
	if (!first || first->name == name || first->because || because)
		return;
	if (check_report(folded->checker, srcpos_key(pos), pos,
			 "'%s' and '%s' differ only in case", name, first->name))
		report_note(folded->checker->messages, first->pos, "the other name");
}

/* A member's names against those of its neighbours, where a typo would hit one of them. */
static void revision_case(struct checker *checker, const struct revision *revision)
{
	struct folded linux_names = { checker, { 0 } }, tlfs_names = { checker, { 0 } };

	for (size_t i = 0; i < revision->count; i++) {
		const struct member *member = &revision->members[i];

		see_name(&linux_names, member->name, member->because, member->pos);
		/* What a base revision says is reported there. */
		if (!revision->from)
			see_name(&tlfs_names, member_tlfs_name(member), member->because,
				 member->pos);
	}
	table_free(&linux_names.seen);
	table_free(&tlfs_names.seen);
}

static void name_case(struct checker *checker)
{
	for_revisions(checker, revision_case);
}

const struct check check_name_case = {
	"name-case", SEVERITY_WARNING, "names of members that differ only in case",
	name_case, { NULL },
};

static void unused(struct checker *checker)
{
	const struct spec *spec = checker->spec;

	for (size_t i = 0; i < spec->bits_count; i++)
		if (!spec->bits[i]->used)
			check_report(checker, spec->bits[i], spec->bits[i]->pos,
				     "the type '%s' is not used", spec->bits[i]->name);
	for (size_t i = 0; i < spec->layout_count; i++)
		if (!spec->layouts[i]->count)
			check_report(checker, spec->layouts[i], spec->layouts[i]->pos,
				     "the layout '%s' has no revision", spec->layouts[i]->name);
}

const struct check check_unused = {
	"unused", SEVERITY_WARNING, "a type or a layout that nothing uses",
	unused, { NULL },
};

static void unused_field(struct checker *checker)
{
	const struct spec *spec = checker->spec;

	for (size_t i = 0; i < spec->field_count; i++)
		if (!spec->fields[i]->used)
			check_report(checker, spec->fields[i], spec->fields[i]->pos,
				     "no revision has the field '%s'", spec->fields[i]->name);
}

/* Off: most fields of the SDM are in no layout that KVM emulates. */
const struct check check_unused_field = {
	"unused-field", SEVERITY_OFF, "a field that no revision has",
	unused_field, { NULL },
};

static void unused_group(struct checker *checker)
{
	const struct spec *spec = checker->spec;

	for (size_t i = 0; i < spec->layout_count; i++)
		for (int bit = 0; bit < GROUPS; bit++) {
			const struct group *group = &spec->layouts[i]->groups[bit];

			if (group->name && !group->used)
				check_report(checker, group, group->pos,
					     "no member is in the clean group '%s'", group->name);
		}
}

/* Off: bit 15 guards words that have no encoding and are read by hand. */
const struct check check_unused_group = {
	"unused-group", SEVERITY_OFF, "a clean-field group without a member",
	unused_group, { NULL },
};
