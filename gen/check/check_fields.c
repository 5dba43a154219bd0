// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Checks of fields: encodings and names; and of definitions that are not used. */
#include <ctype.h>
#include <string.h>

#include "check/check.h"

static void look_at_bits(struct checker *checker, const struct field *field)
{
	if (field->encoding & ENCODING_RESERVED)
		check_report(checker, field, field->encoding_pos,
			     "the encoding of '%s' has reserved bits set: 0x%x", field->name,
			     field->encoding & ENCODING_RESERVED);
	else if (field->encoding & ENCODING_HIGH)
		check_report(checker, field, field->encoding_pos,
			     "bit 0 marks the high half of a 64-bit field, which '%s' is not",
			     field->name);
}

const struct check check_encoding_bits = {
	.name = "encoding-bits", .severity = SEVERITY_ERROR, .field = look_at_bits,
	.text = "an encoding with reserved bits or with bit 0 set",
};

static void refuse_twin(struct checker *checker, const struct field *field)
{
	const struct field *first = table_add_number(&checker->seen, field->encoding,
						     (void *)field);

	if (!first || table_name(&checker->spec->told, field->name) ||
	    table_name(&checker->spec->told, first->name))
		return;			/* or it was told where a revision has both */
	check_report(checker, field, field->encoding_pos, "'%s' and '%s' have one encoding, 0x%x",
		     field->name, first->name, field->encoding);
	report_note(checker->messages, first->encoding_pos, "the encoding of '%s'", first->name);
}

const struct check check_encoding_twice = {
	.name = "encoding-twice", .severity = SEVERITY_ERROR, .field = refuse_twin,
	.text = "two fields with one encoding",
};

static void look_at_index(struct checker *checker, const struct field *field)
{
	uint16_t index = encoding_rol16(field->encoding);
	const struct field *first;

	if (!check_sound(checker, field))
		return;
	first = table_add_number(&checker->seen, index, (void *)field);
	if (!first || first->encoding == field->encoding)
		return;
	check_report(checker, field, field->encoding_pos,
		     "'%s' and '%s' fall on one entry of a look-up table, %u", field->name,
		     first->name, index);
	report_note(checker->messages, first->encoding_pos, "the encoding of '%s'", first->name);
}

const struct check check_index_collision = {
	.name = "index-collision", .severity = SEVERITY_ERROR, .field = look_at_index,
	.text = "two encodings that the kernel's 16-bit index can't tell apart",
	.needs = { &check_encoding_bits },
};

static void look_at_high_half(struct checker *checker, const struct field *field)
{
	if (field->no_high && encoding_width(field->encoding) != WIDTH_64)
		check_report(checker, field, field->no_high_pos,
			     "'%s' is not a 64-bit field and has no high half to lack",
			     field->name);
}

const struct check check_high_half = {
	.name = "high-half", .severity = SEVERITY_ERROR, .field = look_at_high_half,
	.text = "'no high' on a field that is not 64 bits wide",
	.needs = { &check_encoding_bits },
};

static void look_at_tlfs_name(struct checker *checker, const struct field *field)
{
	const struct field *first = field->tlfs ?
		table_add_name(&checker->seen, field->tlfs, (void *)field) : NULL;

	if (!first)
		return;
	check_report(checker, field, field->pos, "'%s' and '%s' have one TLFS name, '%s'",
		     field->name, first->name, field->tlfs);
	report_note(checker->messages, first->pos, "the field '%s'", first->name);
}

static bool goes_by_field(const struct member *member)
{
	return !member->tlfs && member->field && member->field->tlfs;
}

/*
 * A member without a TLFS name goes by its own.  Two fields with one name are another check's
 * finding.
 */
static void look_at_tlfs_names(struct checker *checker, const struct revision *revision)
{
	struct table seen = { 0 };

	for (size_t i = 0; i < revision->count; i++) {
		struct member *member = &revision->members[i];
		const char *name = member_tlfs_name(member);
		const struct member *first = table_add_name(&seen, name, member);

		if (!first || (goes_by_field(first) && goes_by_field(member)))
			continue;
		check_report(checker, srcpos_key(member->pos), member->pos,
			     "'%s' and '%s' have one TLFS name, '%s'", member->name, first->name,
			     name);
		report_note(checker->messages, first->pos, "the member '%s'", first->name);
	}
	table_free(&seen);
}

const struct check check_tlfs_twice = {
	.name = "tlfs-twice", .severity = SEVERITY_ERROR, .field = look_at_tlfs_name,
	.revision = look_at_tlfs_names,
	.text = "two fields, or two members of a revision, with one TLFS name",
};

struct case_name {
	const char *name;		/* as it was, before it was folded to lower case */
	const struct member *member;
};

static void see_name(struct checker *checker, struct table *seen, const char *name,
		     const struct member *member)
{
	const struct spec *spec = checker->spec;
	struct case_name *folded = arena_alloc(spec->arena, sizeof(*folded)), *first;
	char *lower = arena_copy(spec->arena, name, strlen(name));

	for (char *c = lower; *c; c++)
		*c = tolower((unsigned char)*c);
	*folded = (struct case_name){ name, member };
	first = table_add_name(seen, name_of(spec->names, lower), folded);
	if (!first || first->name == name || first->member->because || member->because)
		return;
	check_report(checker, srcpos_key(member->pos), member->pos,
		     "'%s' and '%s' differ only in case", name, first->name);
	report_note(checker->messages, first->member->pos, "the other name");
}

/* Compare the names of a member with those of its neighbours, where a typo would clash. */
static void look_at_case(struct checker *checker, const struct revision *revision)
{
	struct table linux_names = { 0 }, tlfs_names = { 0 };

	for (size_t i = 0; i < revision->count; i++) {
		const struct member *member = &revision->members[i];

		see_name(checker, &linux_names, member->name, member);
		/* The base revision's own findings are reported there. */
		if (!revision->from)
			see_name(checker, &tlfs_names, member_tlfs_name(member), member);
	}
	table_free(&linux_names);
	table_free(&tlfs_names);
}

const struct check check_name_case = {
	.name = "name-case", .severity = SEVERITY_WARNING, .revision = look_at_case,
	.text = "names of members that differ only in case",
};

static void look_at_bits_use(struct checker *checker, const struct bits *bits)
{
	if (!bits->used && !spec_lacks(checker->spec, bits->name))
		check_report(checker, bits, bits->pos, "the type '%s' is not used", bits->name);
}

static void look_at_layout_use(struct checker *checker, const struct layout *layout)
{
	if (!layout->count && !layout->lossy && !spec_lacks(checker->spec, layout->name))
		check_report(checker, layout, layout->pos, "the layout '%s' has no revision",
			     layout->name);
}

const struct check check_unused = {
	.name = "unused", .severity = SEVERITY_WARNING, .bits = look_at_bits_use,
	.layout = look_at_layout_use,
	.text = "a type or a layout that nothing uses",
};

static void look_at_field_use(struct checker *checker, const struct field *field)
{
	if (!field->used)
		check_report(checker, field, field->pos, "no revision has the field '%s'",
			     field->name);
}

/* Off: most fields of the SDM are in no layout that KVM emulates. */
const struct check check_unused_field = {
	.name = "unused-field", .severity = SEVERITY_OFF, .field = look_at_field_use,
	.text = "a field that no revision has",
};

static void look_at_group_use(struct checker *checker, const struct group *group)
{
	if (!group->used)
		check_report(checker, group, group->pos, "no member is in the clean group '%s'",
			     group->name);
}

/* Off: bit 15 guards words that have no encoding and are read by hand. */
const struct check check_unused_group = {
	.name = "unused-group", .severity = SEVERITY_OFF, .group = look_at_group_use,
	.text = "a clean-field group without a member",
};

static void look_at_field_change(struct checker *checker, const struct field *field)
{
	static const char *const kinds[] = { "a control", "read-only data", "guest state",
					      "host state" };
	const char *kind = kinds[encoding_type(field->encoding)];

	if (field->changed && field_type_changes(field))
		check_report(checker, field, field->change_pos,
			     "'%s' is changed below L1 anyway: it is %s", field->name, kind);
	else if (field->unchanged && !field_type_changes(field))
		check_report(checker, field, field->change_pos,
			     "nothing below L1 changes '%s' anyway: it is %s", field->name, kind);
}

const struct check check_field_change = {
	.name = "field-change", .severity = SEVERITY_ERROR, .field = look_at_field_change,
	.text = "a clause about who changes a field that says what its type does",
};
