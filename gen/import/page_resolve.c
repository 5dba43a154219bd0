// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The members of a page, by the errata, the table and the base. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "import/match.h"
#include "import/page.h"

struct resolving {
	struct page *page;
	struct spec *spec;
	const struct revision *base;
	struct matcher matcher;
	struct table told;		/* names of members whose rows are faulty, which was told */
	int64_t shift;			/* bytes by which the last known member lies higher */
	bool resized;			/* it has another size, too, which moves what follows */
};

void page_meet(const struct spec *spec, struct erratum *erratum, struct srcpos pos,
	       const char *fault)
{
	report_check(spec->messages, SEVERITY_WARNING, NULL, pos,
		     "known erratum: '%s'%s %s: %s", erratum->name,
		     erratum->kind != ERRATUM_ALIKE ? "" :
		     arena_printf(spec->arena, " and '%s'", erratum->other), fault,
		     erratum->because);
	erratum->met = true;
}

/* The erratum of a kind about @name, or NULL. */
static struct erratum *find_erratum(const struct resolving *resolving, enum erratum_kind kind,
				    const char *name)
{
	const struct spec *spec = resolving->spec;

	for (size_t i = 0; i < spec->erratum_count; i++) {
		struct erratum *erratum = &spec->errata[i];

		if (erratum->layout == resolving->base->layout && erratum->kind == kind &&
		    erratum->name == name)
			return erratum;
	}
	return NULL;
}

static const struct field *field_with(const struct resolving *resolving, uint32_t encoding)
{
	const struct meaning *meaning = match_encoding(&resolving->matcher, encoding);

	return meaning ? meaning->field : NULL;
}

/* A fault of @name was reported: report no more about its row. */
static void set_told(struct resolving *resolving, const char *name)
{
	table_add_name(&resolving->told, name, resolving);
}

static bool was_told(const struct resolving *resolving, const char *name)
{
	return table_name(&resolving->told, name);
}

/*
 * Members
 */

static bool has_member(const struct page *page, const char *name)
{
	for (size_t i = 0; i < page->count; i++)
		if (page->members[i].name == name)
			return true;
	return false;
}

static bool are_alike(struct resolving *resolving, const struct member *a, const struct member *b)
{
	struct erratum *erratum = find_erratum(resolving, ERRATUM_ALIKE, a->name);

	if (!erratum || erratum->other != b->name) {
		erratum = find_erratum(resolving, ERRATUM_ALIKE, b->name);
		if (!erratum || erratum->other != a->name)
			return false;
	}
	page_meet(resolving->spec, erratum, b->pos, "differ in case alone");
	return true;
}

static void look_at_cases(struct resolving *resolving)
{
	struct page *page = resolving->page;

	for (size_t i = 0; i < page->count; i++)
		for (size_t j = 0; j < i; j++) {
			const struct member *a = &page->members[j];
			const struct member *b = &page->members[i];

			if (a->name == b->name || strcasecmp(a->name, b->name) ||
			    are_alike(resolving, a, b))
				continue;
			report_error(resolving->spec->messages, b->pos,
				     "'%s' and '%s' differ in case alone", a->name, b->name);
			report_note(resolving->spec->messages, a->pos, "the other one is here");
			set_told(resolving, a->name);
			set_told(resolving, b->name);
		}
}

/*
 * Rows
 */

static const char *column_name(enum page_column column)
{
	static const char *const names[] = { "encoding", "name", "size", "clean field" };

	return names[column];
}

/* The number that a text is; false if it is none. */
static bool cell_number(const char *text, uint32_t *number)
{
	bool hexadecimal = !strncasecmp(text, "0x", 2);
	unsigned long long value;
	char *end;

	if (!isdigit((unsigned char)*text) || (hexadecimal && !text[2]))
		return false;
	value = strtoull(text, &end, hexadecimal ? 16 : 10);
	*number = value;
	return !*end && value <= UINT32_MAX;
}

int page_group(const struct layout *layout, const char *name, size_t len)
{
	size_t prefix = strlen(layout->clean_prefix);

	if (len > prefix + 1 && !strncasecmp(name, layout->clean_prefix, prefix) &&
	    name[prefix] == '_') {
		name += prefix + 1;
		len -= prefix + 1;
	}
	for (int group = GROUP_ANY; group < GROUPS; group++) {
		const char *known = group_c_name(layout, group);

		if (known && strlen(known) == len && !strncasecmp(known, name, len))
			return group;
	}
	return GROUP_NONE;
}

/* The group of "CRDR", "NONE", "NONE (Read only)"; GROUP_NONE if it is none. */
static int cell_group(const struct layout *layout, const char *text)
{
	const char *remark = strchr(text, '(');
	size_t len = remark ? (size_t)(remark - text) : strlen(text);
	int group;

	while (len && text[len - 1] == ' ')
		len--;
	group = page_group(layout, text, len);
	/* The encoding says whether a field is read-only; a remark has to agree. */
	return group == GROUP_ALWAYS && remark && !strncasecmp(remark + 1, "read", 4) ?
	       GROUP_READONLY : group;
}

/* Say that a cell is empty, or not a @wanted. */
static void refuse_cell(struct resolving *resolving, const struct page_row *row,
			enum page_column column, const char *wanted)
{
	const struct page_cell *cell = &row->cells[column];

	if (*cell->text)
		report_error(resolving->spec->messages, cell->pos, "'%s' is not a %s", cell->text,
			     wanted);
	else
		report_error(resolving->spec->messages, cell->pos, "the row has no %s",
			     column_name(column));
}

/* The number of a cell, which an erratum may correct; false after a message. */
static bool read_number(struct resolving *resolving, const struct page_row *row,
			enum page_column column, enum erratum_kind kind, const char *fault,
			uint32_t *number)
{
	struct erratum *erratum = find_erratum(resolving, kind, row->name);
	const struct page_cell *cell = &row->cells[column];
	bool is_number = cell_number(cell->text, number);

	if (erratum && (erratum->word ? !strcmp(cell->text, erratum->word) :
			is_number && *number == erratum->was)) {
		page_meet(resolving->spec, erratum, cell->pos, fault);
		*number = erratum->is;
		return true;
	}
	if (!is_number)
		refuse_cell(resolving, row, column, "number");
	return is_number;
}

static bool read_group(struct resolving *resolving, struct page_row *row)
{
	const struct layout *layout = resolving->base->layout;
	struct erratum *erratum = find_erratum(resolving, ERRATUM_CLEAN, row->name);
	const struct page_cell *cell = &row->cells[COLUMN_CLEAN];
	const char *text = cell->text;
	int known = cell_group(layout, text);

	if (erratum && (!strcmp(text, erratum->word) ||
			(known != GROUP_NONE && known == cell_group(layout, erratum->word)))) {
		page_meet(resolving->spec, erratum, cell->pos, "has another clean field");
		text = erratum->other;
	}
	row->group = cell_group(layout, text);
	if (row->group == GROUP_NONE)
		refuse_cell(resolving, row, COLUMN_CLEAN,
			    arena_printf(resolving->spec->arena, "clean field of '%s'",
					 layout->name));
	return row->group != GROUP_NONE;
}

/* What the cells of a row mean; false after messages. */
static bool read_row(struct resolving *resolving, struct page_row *row)
{
	struct erratum *erratum = find_erratum(resolving, ERRATUM_NAME, row->name);
	bool fine;

	if (erratum) {
		page_meet(resolving->spec, erratum, row->cells[COLUMN_NAME].pos,
			  "has another name");
		row->name = erratum->other;
	}
	if (!*row->name) {
		refuse_cell(resolving, row, COLUMN_NAME, "");
		return false;
	}
	fine = read_number(resolving, row, COLUMN_ENCODING, ERRATUM_ENCODING,
			   "has another encoding", &row->encoding);
	if (row->cells[COLUMN_SIZE].pos.source)
		fine = read_number(resolving, row, COLUMN_SIZE, ERRATUM_SIZE, "has another size",
				   &row->size) && fine;
	return read_group(resolving, row) && fine;
}

/* Of two rows with one name or encoding, the second is refused. */
static void refuse_second_row(struct resolving *resolving, const struct page_row *row)
{
	struct messages *messages = resolving->spec->messages;

	for (const struct page_row *other = resolving->page->rows; other < row; other++) {
		if ((other->name != row->name && other->encoding != row->encoding) ||
		    was_told(resolving, other->name))
			continue;
		if (other->name == row->name)
			report_error(messages, row->cells[COLUMN_NAME].pos,
				     "there is a second row of '%s'", row->name);
		else
			report_error(messages, row->cells[COLUMN_ENCODING].pos,
				     "'%s' and '%s' have one encoding", other->name, row->name);
		report_note(messages, other->cells[COLUMN_NAME].pos, "the first is here");
		return;
	}
}

/* False after a message that also points at @owner, who may be meant. */
static bool is_of_member(struct resolving *resolving, const struct page_row *row,
			 const struct field *owner)
{
	struct messages *messages = resolving->spec->messages;
	struct srcpos pos = row->cells[COLUMN_NAME].pos;

	if (has_member(resolving->page, row->name))
		return true;
	report_error(messages, pos, "no member is called '%s'", row->name);
	if (owner)
		report_note(messages, row->cells[COLUMN_ENCODING].pos,
			    "0x%08x is the encoding of '%s'", row->encoding, owner->tlfs);
	return false;
}

/*
 * A name and an encoding belong together, also of a field that the base lacks, and the row must
 * agree with the SDM about the encoding.  False after a message about the first fault.
 */
static bool has_right_encoding(struct messages *messages, const struct page_row *row,
			       const struct field *named, const struct field *owner)
{
	struct srcpos pos = row->cells[COLUMN_ENCODING].pos;
	bool host = !strncmp(row->name, "Host", 4);
	bool read_only = encoding_read_only(row->encoding);

	if (row->encoding & (ENCODING_RESERVED | ENCODING_HIGH)) {
		report_error(messages, pos, "0x%08x is the encoding of no field: "
			     "bit 0 and bits 12, 15 and above are 0", row->encoding);
	} else if (named && named->encoding != row->encoding) {
		report_error(messages, pos, "the encoding of '%s' is 0x%08x", row->name,
			     named->encoding);
		report_note(messages, named->pos, "it is defined here");
	} else if (owner) {
		report_error(messages, pos, "0x%08x is the encoding of '%s'", row->encoding,
			     owner->tlfs);
		report_note(messages, owner->pos, "it is defined here");
	} else if (read_only != (row->group == GROUP_READONLY)) {
		report_error(messages, row->cells[COLUMN_CLEAN].pos,
			     "0x%08x is the encoding of a %s field", row->encoding,
			     read_only ? "read-only" : "writable");
	} else if (host != (encoding_type(row->encoding) == TYPE_HOST)) {
		report_error(messages, pos,
			     "'%s' is %s host-state field by its name, but not by its encoding",
			     row->name, host ? "a" : "no");
	} else {
		return true;
	}
	return false;
}

static void look_at_row(struct resolving *resolving, const struct page_row *row)
{
	const struct meaning *meaning = match_exact(&resolving->matcher, row->name);
	const struct field *named = meaning ? meaning->field : NULL;
	const struct field *owner = field_with(resolving, row->encoding);

	if (named || (owner && !owner->tlfs))
		owner = NULL;		/* no page can mean that */
	if (!was_told(resolving, row->name) && is_of_member(resolving, row, owner) &&
	    has_right_encoding(resolving->spec->messages, row, named, owner))
		return;
	set_told(resolving, row->name);
	if (owner)
		set_told(resolving, owner->tlfs);
}

/* The readable rows; the others have been reported. */
static void look_at_rows(struct resolving *resolving)
{
	struct page *page = resolving->page;
	size_t read = 0;

	for (size_t i = 0; i < page->row_count; i++) {
		struct page_row row = page->rows[i];

		if (read_row(resolving, &row))
			page->rows[read++] = row;
		else if (*row.name)
			set_told(resolving, row.name);
	}
	page->row_count = read;
	for (struct page_row *row = page->rows; row < page->rows + read; row++)
		look_at_row(resolving, row);
	for (struct page_row *row = page->rows; row < page->rows + read; row++)
		if (!was_told(resolving, row->name))
			refuse_second_row(resolving, row);
}

static const struct page_row *row_called(const struct page *page, const char *name)
{
	for (size_t i = 0; i < page->row_count; i++)
		if (page->rows[i].name == name)
			return &page->rows[i];
	return NULL;
}

/*
 * Members by their rows
 */

/* A member has the size of its encoding, and the one that its row says. */
static void look_at_sizes(struct resolving *resolving, const struct member *member,
			  const struct page_row *row)
{
	const struct page_cell *size = &row->cells[COLUMN_SIZE];
	struct messages *messages = resolving->spec->messages;
	struct srcpos note = member->pos;

	if (member->array) {
		report_error(messages, member->pos, "'%s' is an array, but has the row of a field",
			     member->name);
		note = row->cells[COLUMN_NAME].pos;
	} else if (encoding_size(row->encoding) != member_bytes(member)) {
		report_error(messages, row->cells[COLUMN_ENCODING].pos,
			     "a field with the encoding 0x%08x has %u bytes, '%s' has %u",
			     row->encoding, encoding_size(row->encoding), member->name,
			     member_bytes(member));
	} else if (size->pos.source && row->size != member_bytes(member)) {
		report_error(messages, size->pos, "'%s' has %u bytes", member->name,
			     member_bytes(member));
	} else {
		return;
	}
	report_note(messages, note, note.start == member->pos.start ? "it is declared here" :
		    "the row is here");
}

/* The row of @member, which may have none; false after a message. */
static bool find_row(struct resolving *resolving, const struct member *member,
		     const struct page_row **row)
{
	struct erratum *erratum;

	*row = row_called(resolving->page, member->name);
	if (*row) {
		look_at_sizes(resolving, member, *row);
		return true;
	}
	erratum = find_erratum(resolving, ERRATUM_NO_ROW, member->name);
	if (erratum) {
		page_meet(resolving->spec, erratum, member->pos, "has no row");
		return true;
	}
	report_error(resolving->spec->messages, member->pos, "'%s' has no row in the table",
		     member->name);
	return false;
}

/* GuestIa32Foo as guest_ia32_foo. */
static const char *linux_style(struct spec *spec, const char *name)
{
	char *text = arena_alloc(spec->arena, 2 * strlen(name) + 1), *end = text;

	for (const char *c = name; *c; c++) {
		if (c > name && isupper((unsigned char)*c) &&
		    (!isupper((unsigned char)c[-1]) || islower((unsigned char)c[1])))
			*end++ = '_';
		*end++ = tolower((unsigned char)*c);
	}
	return name_of(spec->names, text);
}

/* The field of a member that the base has not: the spec's, or one to be proposed. */
static const struct field *field_of(struct resolving *resolving, const struct page_row *row)
{
	const struct field *known = field_with(resolving, row->encoding);
	struct field *field;

	if (known)
		return known;
	field = arena_alloc(resolving->spec->arena, sizeof(*field));
	field->name = linux_style(resolving->spec, row->name);
	field->tlfs = row->name;
	field->encoding = row->encoding;
	field->pos = row->cells[COLUMN_NAME].pos;
	return field;
}

static void make_new(struct resolving *resolving, struct member *member,
		     const struct page_row *row)
{
	member->tlfs = member->name;
	if (row) {
		member->field = field_of(resolving, row);
		member->group = row->group;
		member->lookup = resolving->base->layout->lookup;
		member->loss = member->field->loss;
		member->name = member->field->linux_count ? member->field->linux_names[0] :
							    member->field->name;
		return;
	}
	member->name = linux_style(resolving->spec, member->name);
	if (member->bits)
		report_error(resolving->spec->messages, member->pos,
			     "'%s' has bit fields which the spec does not have", member->tlfs);
}

/* A member that moves takes the following ones along: they are not reported. */
static void look_at_offset(struct resolving *resolving, const struct member *member,
			   const struct member *known)
{
	int64_t shift = (int64_t)member->offset - known->offset;
	bool resized = member_bytes(member) != member_bytes(known);

	/* Its own alignment may move a member of another size, which is said. */
	if (shift && shift != resolving->shift && !resolving->resized && !resized)
		report_error(resolving->spec->messages, member->pos,
			     "'%s' is at byte %u, in '%s' at %u", member->name, member->offset,
			     resolving->base->path, known->offset);
	resolving->shift = shift;
	resolving->resized = resized;
}

/* Members of the base may not change, unless an erratum corrects them. */
static void look_at_change(struct resolving *resolving, const struct member *member,
			   const struct page_row *row, const struct member *known)
{
	const char *name = member->name, *path = resolving->base->path;
	struct messages *messages = resolving->spec->messages;
	unsigned int errors = messages->errors;

	look_at_offset(resolving, member, known);
	/* A contradiction with its encoding has been reported. */
	if ((member->size != known->size || member->count != known->count) &&
	    !(row && encoding_size(row->encoding) != member_bytes(member)))
		report_error(messages, member->pos, "'%s' has %u bytes, in '%s' %u", name,
			     member_bytes(member), path, member_bytes(known));
	else if (!row && member->array != known->array)
		report_error(messages, member->pos, "'%s' is %s array, in '%s' %s", name,
			     member->array ? "an" : "no", path, known->array ? "one" : "none");
	if (member->bits != known->bits)
		report_error(messages, member->pos, "'%s' has other bit fields in '%s'", name,
			     path);
	if (row && row->group != known->group)
		report_error(messages, row->cells[COLUMN_CLEAN].pos,
			     "'%s' is in another group of '%s': %s", name, path,
			     known->group == GROUP_NONE ? "none" :
			     group_name(resolving->base->layout, known->group));
	if (row && !known->field)
		report_error(messages, row->cells[COLUMN_ENCODING].pos,
			     "'%s' is not a field in '%s'", name, path);
	if (messages->errors > errors)
		report_note(messages, known->pos, "it is declared here");
}

static void make_pad(struct resolving *resolving, struct member *member)
{
	struct spec *spec = resolving->spec;

	member->pad = true;
	member->tlfs = member->name;
	member->name = name_of(spec->names, arena_printf(spec->arena, "pad_%u", member->offset));
}

static void resolve_member(struct resolving *resolving, struct member *member)
{
	const struct meaning *meaning = match_exact(&resolving->matcher, member->name);
	const struct page_row *row = NULL;
	bool told = was_told(resolving, member->name);
	bool known = meaning && meaning->of_base && !meaning->member->pad;

	if (!known && is_pad_name(member->name) && !row_called(resolving->page, member->name)) {
		make_pad(resolving, member);
		return;
	}
	if (!told && !find_row(resolving, member, &row))
		return;
	if (known) {
		look_at_change(resolving, member, row, meaning->member);
		match_take(member, meaning->member);
	} else if (!told) {
		make_new(resolving, member, row);
	}
}

static void report_lost_members(struct resolving *resolving)
{
	const struct revision *base = resolving->base;
	struct page *page = resolving->page;

	for (size_t i = 0; i < base->count; i++) {
		const struct member *known = &base->members[i];
		const char *name = member_tlfs_name(known);

		if (known->pad || has_member(page, name) ||
		    was_told(resolving, name))
			continue;
		report_error(resolving->spec->messages, page->pos,
			     "the page has lost '%s', which '%s' has at byte %u", name,
			     resolving->base->path, known->offset);
		report_note(resolving->spec->messages, known->pos, "it is declared here");
	}
}

/* What moves the last member makes the struct larger, or smaller. */
static void look_at_size(struct resolving *resolving)
{
	const struct revision *base = resolving->base;
	const struct page *page = resolving->page;

	if (page->size != base->size && page->size != base->size + resolving->shift)
		report_error(resolving->spec->messages, page->pos,
			     "the struct has %u bytes, '%s' has %u", page->size,
			     resolving->base->path, base->size);
}

static void tell_unmet(const struct resolving *resolving)
{
	const struct spec *spec = resolving->spec;

	for (size_t i = 0; i < spec->erratum_count; i++) {
		const struct erratum *erratum = &spec->errata[i];

		if (erratum->layout == resolving->base->layout && !erratum->met)
			report_check(spec->messages, SEVERITY_WARNING, NULL, erratum->pos,
				     "the page does not have this erratum about '%s'",
				     erratum->name);
	}
}

bool page_resolve(struct page *page, struct spec *spec, const struct revision *base)
{
	struct resolving resolving = { .page = page, .spec = spec, .base = base };
	unsigned int errors = spec->messages->errors;

	match_init(&resolving.matcher, spec, base->layout, base);
	look_at_cases(&resolving);
	look_at_rows(&resolving);
	report_lost_members(&resolving);
	for (size_t i = 0; i < page->count; i++)
		resolve_member(&resolving, &page->members[i]);
	look_at_size(&resolving);
	tell_unmet(&resolving);
	match_free(&resolving.matcher);
	table_free(&resolving.told);
	return spec->messages->errors == errors;
}
