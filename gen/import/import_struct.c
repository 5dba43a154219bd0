// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* import --c: the members of a compiled struct in terms of the spec. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "check/name_list.h"
#include "import/foreign.h"
#include "import/import.h"
#include "language/pads.h"

/* Why a member can't be taken; neighbours with the same fault share a message. */
enum fault { FAULT_NONE, FAULT_UNKNOWN, FAULT_AMBIGUOUS, FAULT_SIZE, FAULT_BITS, FAULT_RIVAL,
	     FAULT_AGAIN, FAULT_WIDTH, FAULT_CUT, FAULT_NOT_NEW };

struct finding {
	enum fault fault;
	uint32_t expected;		/* FAULT_SIZE: bytes */
	const struct foreign_member *first; /* FAULT_AGAIN: who was it before */
};

struct importing {
	struct spec *spec;
	struct messages *messages;
	const struct table *keywords;
	struct draft *draft;
	const struct revision *base;	/* or NULL */
	struct foreign foreign;
	struct member *members;		/* what the foreign ones become */
	struct finding *findings;	/* and why they can't */
	struct member **of_base;	/* which of them each member of the base is, or NULL */
	struct table met;		/* fields, or names of members, to the foreign ones */
	struct table own;		/* interned names that --bits has, until they are met */
};

static struct srcpos pos_of(const struct importing *importing, const char *name)
{
	return foreign_pos(&importing->foreign, name);
}

static void take_pad(struct member *member, const struct member *known)
{
	member->pad = true;
	member->group = GROUP_NONE;
	/* It does not matter whether a pad of one element is an array. */
	if (known && known->size == member->size && known->count == member->count)
		member->array = known->array;
	else if (member->count == 1)
		member->array = false;
}

/* A member that a revision has: same name, same group. */
static enum fault take_known(struct importing *importing, struct member *member,
			     const struct foreign_member *foreign, struct finding *finding)
{
	const struct compiled *compiled = foreign_bit_fields(foreign);
	const struct member *known = foreign->meaning->member;
	const struct bits *bits = known->bits;
	bool of_base = foreign->meaning->of_base;

	if (of_base)
		importing->of_base[known - importing->base->members] = member;
	finding->expected = member_bytes(known);
	/* Another revision does not say what a member of this one has to be. */
	if (!known->pad && member_bytes(member) != finding->expected)
		return known->field || of_base ? FAULT_SIZE : FAULT_NONE;
	if (bits && compiled && !foreign_same_bits(bits, compiled)) {
		bits = foreign_bits(importing->spec, foreign);
		if (!bits)
			return FAULT_BITS;
	}
	if (known->pad) {
		member->name = known->name;
		member->tlfs = known->tlfs;
		take_pad(member, known);
	} else {
		match_take(member, known);
		member->bits = bits;
	}
	return FAULT_NONE;
}

static enum fault take_field(const struct importing *importing, struct member *member,
			     const struct field *field, struct finding *finding)
{
	finding->expected = encoding_size(field->encoding);
	if (member_bytes(member) != finding->expected)
		return FAULT_SIZE;
	member->name = field->linux_count ? field->linux_names[0] : field->name;
	member->size = finding->expected;
	member->count = 1;
	member->array = false;
	member->field = field;
	member->lookup = importing->draft->layout->lookup;
	member->loss = field->loss;
	return FAULT_NONE;
}

/* A member that the spec does not know is a pad by its name, or the user called it new. */
static enum fault take_other(struct importing *importing, struct member *member,
			     const struct foreign_member *foreign)
{
	struct arena *arena = importing->spec->arena;
	char *name;

	if (!table_name(&importing->own, member->name)) {
		if (!is_pad_name(member->name))
			return FAULT_UNKNOWN;
		take_pad(member, NULL);
	} else {
		table_remove_name(&importing->own, member->name);
		member->bits = foreign_bits(importing->spec, foreign);
		if (member->bits) {
			member->size = member->bits->size;
			member->count = 1;
		}
	}
	/* Neither a member of a member has a name of a spec, nor has a word of its language. */
	name = arena_printf(arena, "%s%s", member->name,
			    table_name(importing->keywords, member->name) ? "_" : "");
	for (char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c))
			*c = '_';
	member->name = name_of(importing->spec->names, name);
	return FAULT_NONE;
}

static enum fault take_member(struct importing *importing, struct member *member,
			      const struct foreign_member *foreign, struct finding *finding)
{
	const struct meaning *meaning = foreign->meaning;
	const void *again;

	*member = (struct member){ .name = foreign->name, .group = GROUP_NONE,
				   .offset = foreign->bit / 8 };
	if (foreign->bytes * foreign->count > LAYOUT_SIZE_MAX)
		return FAULT_WIDTH;
	foreign_set_bytes(member, foreign);
	if (foreign->rival)
		return FAULT_RIVAL;
	if (foreign->cut)
		return FAULT_CUT;
	if (!meaning || (!foreign->encoded && table_name(&importing->own, foreign->name)))
		return take_other(importing, member, foreign);
	if (meaning->ambiguous)
		return FAULT_AMBIGUOUS;
	if (table_name(&importing->own, foreign->name))
		return FAULT_NOT_NEW;
	again = meaning->field ? (const void *)meaning->field : meaning->member->name;
	if (!meaning->member || !meaning->member->pad)
		finding->first = table_add_object(&importing->met, again, (void *)foreign);
	if (finding->first)
		return FAULT_AGAIN;
	return meaning->member ? take_known(importing, member, foreign, finding) :
	       take_field(importing, member, meaning->field, finding);
}

/*
 * Faults
 */

/* "'a'" or, of neighbours, "'a' .. 'f', 6 members,". */
static const char *run_name(struct importing *importing, size_t first, size_t last)
{
	const struct foreign_member *members = importing->foreign.members;
	struct arena *arena = importing->spec->arena;

	if (first == last)
		return arena_printf(arena, "'%s'", members[first].name);
	return arena_printf(arena, "'%s' .. '%s', %zu members,", members[first].name,
			    members[last].name, last - first + 1);
}

static void report_unknown(struct importing *importing, size_t first, size_t last)
{
	const char *name = importing->foreign.members[first].name;
	const char *near = first == last ? match_near(&importing->foreign.matcher, name) : NULL;
	struct srcpos nowhere = { 0 };

	report_error(importing->messages, pos_of(importing, name),
		     first == last ? "%s is neither a field nor a member of '%s'" :
		     "%s are neither fields nor members of '%s'",
		     run_name(importing, first, last), importing->draft->layout->name);
	if (near)
		report_note(importing->messages, nowhere,
			    "if it is '%s', say --map %s=%s; if it is something new, --bits %s",
			    near, name, near, name);
	else
		report_note(importing->messages, nowhere,
			    "--map %s=NAME says which it is, --bits %s that it is something new",
			    name, name);
}

static void report_size(struct importing *importing, size_t first, size_t last)
{
	const struct member *member = &importing->members[first];
	uint32_t expected = importing->findings[first].expected;
	const struct foreign_member *foreign = &importing->foreign.members[first];
	const struct meaning *meaning = foreign->meaning;
	const struct field *field = meaning->field;
	struct srcpos pos = pos_of(importing, foreign->name);
	const char *name = run_name(importing, first, last);

	if (first != last)
		report_error(importing->messages, pos, "%s have %u bytes each here, and %u %s",
			     name, member_bytes(member), expected,
			     field ? "by their encodings" : "in the spec");
	else if (field)
		report_error(importing->messages, pos,
			     "%s has %u bytes here, and %u by its encoding 0x%04x", name,
			     member_bytes(member), expected, field->encoding);
	else
		report_error(importing->messages, pos, "%s has %u bytes here, and %u in the spec",
			     name, member_bytes(member), expected);
	if (meaning->member)
		report_note(importing->messages, meaning->member->pos, "it is declared here");
}

static void report_fault(struct importing *importing, size_t first, size_t last)
{
	const struct finding *finding = &importing->findings[first];
	const struct foreign_member *foreign = &importing->foreign.members[first];
	const struct meaning *meaning = foreign->meaning;
	struct messages *messages = importing->messages;
	struct srcpos pos = pos_of(importing, foreign->name);
	const char *name = run_name(importing, first, last);

	switch (finding->fault) {
	case FAULT_UNKNOWN:
		report_unknown(importing, first, last);
		break;
	case FAULT_AMBIGUOUS:
		report_error(messages, pos,
			     "%s differs only in case and underscores from several names", name);
		break;
	case FAULT_SIZE:
		report_size(importing, first, last);
		break;
	case FAULT_BITS:
		report_error(messages, pos, "%s has other bit fields in the spec", name);
		report_note(messages, meaning->member->pos, "it is declared here");
		break;
	case FAULT_RIVAL:
		report_error(messages, pos, "%s and '%s' are views of the same bytes", name,
			     foreign->rival);
		break;
	case FAULT_AGAIN:
		report_error(messages, pos, "%s is '%s' again", name,
			     meaning->field ? meaning->field->name : meaning->member->name);
		report_note(messages, pos_of(importing, finding->first->name),
			    "'%s' is it already", finding->first->name);
		break;
	case FAULT_NOT_NEW:
		report_error(messages, pos, "%s is 0x%04x by %s, and something new by --bits", name,
			     foreign->encoded->encoding, importing->foreign.options->encodings);
		break;
	case FAULT_CUT:
		report_error(messages, pos_of(importing, foreign->cut),
			     "'%s' is a bit field, and no field has fewer bits than its "
			     "encoding says",
			     foreign->cut);
		break;
	case FAULT_WIDTH:
		report_error(messages, pos, "%s has %llu bytes, more than any region", name,
			     (unsigned long long)(foreign->bytes * foreign->count));
		break;
	case FAULT_NONE:
		break;
	}
}

/* Whether the fault of a member is told with that of the one before it. */
static bool shares_fault(const struct importing *importing, size_t i)
{
	const struct finding *finding = &importing->findings[i], *before = finding - 1;

	if (before->fault != finding->fault)
		return false;
	if (finding->fault != FAULT_SIZE)
		return finding->fault == FAULT_UNKNOWN;
	return before->expected == finding->expected &&
	       member_bytes(&importing->members[i - 1]) == member_bytes(&importing->members[i]) &&
	       !importing->foreign.members[i - 1].meaning->field ==
	       !importing->foreign.members[i].meaning->field;
}

static bool report_faults(struct importing *importing)
{
	size_t count = importing->foreign.count, last;
	bool fine = true;

	for (size_t first = 0; first < count; first = last + 1) {
		for (last = first; last + 1 < count && shares_fault(importing, last + 1); last++)
			;
		if (importing->findings[first].fault != FAULT_NONE) {
			report_fault(importing, first, last);
			fine = false;
		}
	}
	return fine;
}

/*
 * What the base has and the struct has otherwise
 */

/*
 * A number where the base has another one of the same size is that one, renamed.  It keeps the
 * group unless it has another: a struct does not tell.
 */
static void take_renamed(struct importing *importing)
{
	const struct revision *base = importing->base;
	struct table others = { 0 };

	for (size_t i = 0; i < importing->foreign.count; i++) {
		const struct meaning *meaning = importing->foreign.members[i].meaning;
		struct member *member = &importing->members[i];

		if (!member->pad && !member->field && !(meaning && meaning->of_base &&
		    importing->of_base[meaning->member - base->members] == member))
			table_add_number(&others, member->offset, member);
	}
	for (size_t i = 0; i < base->count; i++) {
		const struct member *known = &base->members[i];
		struct member *member = table_number(&others, known->offset);

		if (known->pad || known->field || !member ||
		    member_bytes(member) != member_bytes(known) || importing->of_base[i])
			continue;
		importing->of_base[i] = member;
		if (member->group == GROUP_NONE)
			member->group = known->group;
		if (!member->because)
			member->because = known->because;
	}
	table_free(&others);
}

/* Report each member that is lost. */
static void note_lost(struct importing *importing)
{
	const struct revision *base = importing->base;
	struct name_list lost = name_list_new(importing->spec->arena, base);

	for (size_t i = 0; i < base->count; i++)
		if (!base->members[i].pad && !importing->of_base[i])
			lost.indices[lost.count++] = i;
	if (lost.count)
		name_list_note(&lost, importing->messages,
			       pos_of(importing, importing->foreign.c_struct),
			       arena_printf(importing->spec->arena, "not in the struct, of '%s'",
					    base->path));
}

static void note_run(struct importing *importing, const struct name_list *moved, int64_t by)
{
	const struct revision *base = importing->base;

	name_list_note(moved, importing->messages, pos_of(importing, importing->foreign.c_struct),
		       arena_printf(importing->spec->arena, "%lld %s %s than in '%s'",
				    (long long)(by < 0 ? -by : by),
				    by == 1 || by == -1 ? "byte" : "bytes",
				    by < 0 ? "lower" : "higher", base->path));
}

/* Report each move; neighbours that move together share a message. */
static void note_moved(struct importing *importing)
{
	const struct revision *base = importing->base;
	struct name_list moved = name_list_new(importing->spec->arena, base);
	int64_t by = 0;

	for (size_t i = 0; i <= base->count; i++) {
		const struct member *member = i < base->count ? importing->of_base[i] : NULL;
		int64_t next;

		if (i < base->count && base->members[i].pad)
			continue;
		next = member ? (int64_t)member->offset - base->members[i].offset : 0;
		if (next != by && moved.count) {
			note_run(importing, &moved, by);
			moved.count = 0;
		}
		by = next;
		if (by)
			moved.indices[moved.count++] = i;
	}
}

/*
 * The whole
 */

/* Options that no member has met are misspelt. */
static bool all_met(struct importing *importing)
{
	const struct strings *bits = &importing->foreign.options->bits;
	bool fine = foreign_all_renamed(&importing->foreign);

	for (size_t i = 0; i < bits->count; i++) {
		if (!table_name(&importing->own, name_of(importing->spec->names, bits->items[i])))
			continue;
		report_error(importing->messages, (struct srcpos){ 0 },
			     "--bits %s: the struct has no member '%s'", bits->items[i],
			     bits->items[i]);
		fine = false;
	}
	return fine;
}

static bool fits_region(struct importing *importing)
{
	const struct foreign *foreign = &importing->foreign;
	const struct layout *layout = importing->draft->layout;

	if (foreign->compiled->size <= layout->size)
		return true;
	report_error(importing->messages, pos_of(importing, foreign->c_struct),
		     "struct %s has %llu bytes, a region of '%s' has %u", foreign->c_struct,
		     (unsigned long long)foreign->compiled->size, layout->name, layout->size);
	return false;
}

static bool take_all(struct importing *importing)
{
	struct foreign *foreign = &importing->foreign;
	struct arena *arena = importing->spec->arena;

	importing->members = arena_alloc(arena, (foreign->count + 1) * sizeof(struct member));
	importing->findings = arena_alloc(arena, (foreign->count + 1) * sizeof(struct finding));
	if (importing->base)
		importing->of_base = arena_alloc(arena, (importing->base->count + 1) *
						 sizeof(*importing->of_base));
	for (size_t i = 0; i < foreign->count; i++) {
		struct member *member = &importing->members[i];
		struct finding *finding = &importing->findings[i];

		finding->fault = take_member(importing, member, &foreign->members[i], finding);
		member->pos = pos_of(importing, foreign->members[i].name);
	}
	if (!report_faults(importing) || !all_met(importing) || !fits_region(importing))
		return false;
	if (importing->base) {
		take_renamed(importing);
		note_lost(importing);
		note_moved(importing);
	}
	return true;
}

/* Bytes after the last member that alignment does not make are a pad. */
static size_t add_tail(struct importing *importing)
{
	const struct draft *draft = importing->draft;
	bool natural = draft->base ? draft->base->natural : draft->layout->natural;
	size_t count = importing->foreign.count;
	uint32_t end = 0, align = 1, size = importing->foreign.compiled->size;

	for (size_t i = 0; i < count; i++) {
		const struct member *member = &importing->members[i];

		if (member_end(member) > end)
			end = member_end(member);
		if (natural && member->size > align)
			align = member->size;
	}
	if ((end + align - 1) / align * align >= size)
		return count;
	importing->members[count] = (struct member){
		.name = name_of(importing->spec->names,
				arena_printf(importing->spec->arena, "pad_%u", end)),
		.offset = end, .pad = true, .group = GROUP_NONE,
		.pos = pos_of(importing, importing->foreign.c_struct),
	};
	pad_set_bytes(&importing->members[count], size - end);
	return count + 1;
}

/* The user must add the groups of new fields. */
static void note_groups(struct importing *importing)
{
	const struct revision *revision = &importing->draft->revision;
	struct name_list list = name_list_new(importing->spec->arena, revision);

	for (size_t i = 0; importing->draft->layout->clean_word && i < revision->count; i++)
		if (revision->members[i].field && revision->members[i].group == GROUP_NONE)
			list.indices[list.count++] = i;
	if (list.count)
		name_list_note(&list, importing->messages, (struct srcpos){ 0 },
			       "their clean fields are to be added, since no struct tells");
}

bool import_struct(struct draft *draft, struct spec *spec, const struct foreign_options *options,
		   const struct table *keywords, const char *path, const char *name)
{
	struct importing importing = {
		.spec = spec, .messages = spec->messages, .keywords = keywords, .draft = draft,
		.base = draft->base,
	};
	const struct strings *bits = &options->bits;
	const char *slash = strrchr(path, '/');
	bool fine;

	for (size_t i = 0; i < bits->count; i++)
		table_add_name(&importing.own, name_of(spec->names, bits->items[i]), &importing);
	fine = foreign_read(&importing.foreign, options, spec, draft->layout, draft->base, path,
			    NULL, name) && take_all(&importing);
	if (fine) {
		draft->citation = arena_printf(spec->arena, "%s, struct %s",
					       slash ? slash + 1 : path, name);
		draft_settle(draft, spec, importing.members, add_tail(&importing));
		note_groups(&importing);
	}
	foreign_free(&importing.foreign);
	table_free(&importing.met);
	table_free(&importing.own);
	return fine;
}
