// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* import --c: what the members of a struct are to the spec. */
#include <stdlib.h>
#include <string.h>

#include "header.h"
#include "import.h"
#include "pads.h"

struct importing {
	struct run *run;
	struct messages *messages;
	const struct revision *base;
	struct header header;
	struct table taken;		/* the base's members to those of the header */
	struct table others;		/* the header's other members that are no pads, by offset */
};

static void *taken_by(struct importing *importing, const struct member *known,
		      struct member *member)
{
	return table_add(&importing->taken, known, (uintptr_t)known / sizeof(*known), member);
}

/* A name of the base or of a field that differs from @name only in case, or NULL. */
static const char *similar_name(const struct importing *importing, const char *name)
{
	const struct spec *spec = &importing->run->spec;

	for (size_t i = 0; i < importing->base->count; i++)
		if (!importing->base->members[i].hole &&
		    !strcasecmp(importing->base->members[i].name, name))
			return importing->base->members[i].name;
	for (size_t i = 0; i < spec->field_count; i++) {
		const struct field *field = spec->fields[i];

		if (!strcasecmp(field->name, name))
			return field->name;
		for (size_t j = 0; j < field->linux_count; j++)
			if (!strcasecmp(field->linux_names[j], name))
				return field->linux_names[j];
	}
	return NULL;
}

/* Whether a pad of one element is an array is all the same: as the base has it, if it has. */
static void take_pad(struct member *member, const struct member *known)
{
	bool same = known && known->size == member->size && known->count == member->count;

	member->pad = true;
	member->array = same ? known->array : member->count > 1;
}

/* A member that the base has, too: it is called as there, and belongs where that does. */
static bool take_known(struct importing *importing, struct member *member,
		       const struct member *known)
{
	const struct revision *base = importing->base;
	struct member *first = taken_by(importing, known, member);

	if (first) {
		report_error(importing->messages, member->place, "'%s' is the member '%s' again",
			     member->name, known->name);
		report_note(importing->messages, first->place, "it is declared here already");
		return false;
	}
	if (!known->pad && member_bytes(member) != member_bytes(known)) {
		report_error(importing->messages, member->place,
			     "'%s' has %u bytes here, and %u in '%s/%s'", member->name,
			     member_bytes(member), member_bytes(known), base->layout->name,
			     base->name);
		return false;
	}
	member->name = known->name;
	member->tlfs = known->tlfs;
	member->field = known->field;
	member->group = known->group;
	member->copy = known->copy;
	member->lookup = known->lookup;
	member->because = known->because;
	if (known->pad)
		take_pad(member, known);
	return true;
}

static bool take_field(struct importing *importing, struct member *member,
		       const struct field *field)
{
	if (!member->word && !member->array && member->size == encoding_size(field->encoding)) {
		member->field = field;
		return true;
	}
	report_error(importing->messages, member->place,
		     "'%s' has %u bytes here, and %u by its encoding 0x%04x", member->name,
		     member_bytes(member), encoding_size(field->encoding), field->encoding);
	return false;
}

/* Neither a member of the base nor a field: a pad, or something of the struct's own. */
static bool take_other(struct importing *importing, struct member *member)
{
	const char *similar = similar_name(importing, member->name);

	if (!similar) {
		if (is_pad_name(member->name))
			take_pad(member, NULL);
		else
			table_add_number(&importing->others, member->offset, member);
		return true;
	}
	report_error(importing->messages, member->place, "'%s' differs from '%s' only in case",
		     member->name, similar);
	return false;
}

static bool take_member(struct importing *importing, struct member *member)
{
	const struct spec *spec = &importing->run->spec;
	const struct member *known = table_name(&importing->base->by_name, member->name);
	const struct field *field = table_name(&spec->field_names, member->name);

	if (!known && field)
		known = table_number(&importing->base->by_encoding, field->encoding);
	if (known && !known->hole)
		return take_known(importing, member, known);
	return field ? take_field(importing, member, field) : take_other(importing, member);
}

static bool same_bits(const struct word *a, const struct word *b)
{
	if (a->size != b->size || a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->bits[i].name, b->bits[i].name) ||
		    a->bits[i].width != b->bits[i].width)
			return false;
	return true;
}

/* The spec's word for one of the header's; what it is called there does not count. */
static bool take_word(struct importing *importing, struct member *member)
{
	const struct spec *spec = &importing->run->spec;

	if (!member->word)
		return true;
	for (size_t i = 0; i < spec->word_count; i++)
		if (same_bits(spec->words[i], member->word)) {
			member->word = spec->words[i];
			return true;
		}
	report_error(importing->messages, member->place,
		     "the spec has no word with the bit fields of '%s'", member->name);
	return false;
}

/* What is called otherwise now is in the group that it was in: a header says nothing of it. */
static void take_renamed(struct importing *importing)
{
	const struct revision *base = importing->base;

	for (size_t i = 0; i < base->count; i++) {
		const struct member *known = &base->members[i];
		struct member *member = table_number(&importing->others, known->offset);

		if (known->pad || known->field || !member ||
		    member_bytes(member) != member_bytes(known) ||
		    table_get(&importing->taken, known, (uintptr_t)known / sizeof(*known)))
			continue;
		member->group = known->group;
		member->copy = known->copy;
		member->because = known->because;
	}
}

/* Nothing is lost or moved without a word about it. */
static void note_changes(struct importing *importing)
{
	const struct revision *base = importing->base;

	for (size_t i = 0; i < base->count; i++) {
		const struct member *known = &base->members[i];
		const struct member *member = table_get(&importing->taken, known,
							(uintptr_t)known / sizeof(*known));

		if (known->pad)
			continue;
		if (!member)
			report_note(importing->messages, importing->header.place,
				    "'%s' of '%s/%s' is not in the struct", known->name,
				    base->layout->name, base->name);
		else if (member->offset != known->offset)
			report_note(importing->messages, member->place,
				    "'%s' is at byte %u here, and at %u in '%s/%s'", member->name,
				    member->offset, known->offset, base->layout->name, base->name);
	}
}

static bool take_members(struct importing *importing)
{
	struct header *header = &importing->header;
	bool fine = true;

	for (size_t i = 0; i < header->count; i++) {
		struct member *member = &header->members[i];

		fine = take_word(importing, member) && take_member(importing, member) && fine;
	}
	if (fine) {
		take_renamed(importing);
		note_changes(importing);
	}
	return fine;
}

bool import_header(struct run *run, struct draft *draft, const char *path, const char *name)
{
	struct importing importing = { .run = run, .messages = &run->messages,
				       .base = draft->base };
	struct source *source = source_read(&run->arena, &run->messages, path, (struct place){ 0 });
	struct header *header = &importing.header;
	bool fine;

	fine = source && header_read(header, &run->spec, source, name, draft->base->layout->size) &&
	       header_names_differ(header, &run->messages) && take_members(&importing);
	table_free(&importing.taken);
	table_free(&importing.others);
	if (!fine)
		return false;
	draft->source = arena_printf(&run->arena, "%s, struct %s", path, name);
	draft_settle(draft, &run->spec, !header->packed, header->members, header->count);
	return true;
}
