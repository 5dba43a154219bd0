// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * From the syntax tree to the spec.  Statements may come in any order and from
 * any file, so names are entered first and used afterwards.
 */
#include <stdlib.h>
#include <string.h>

#include "language/resolve.h"

void report_twice(struct spec *spec, const char *role, const struct node *name,
		  struct srcpos first)
{
	report_error(spec->messages, name->pos, "the %s '%s' is defined twice", role,
		     name->name);
	report_note(spec->messages, first, "it is defined here first");
}

void refuse_repetition(struct spec *spec, const struct node *nodes)
{
	const struct node *first[NODE_FOR + 1] = { NULL };

	for (; nodes; nodes = nodes->next) {
		switch (nodes->kind) {
		case NODE_DEFAULT1 ... NODE_MASK:
		case NODE_STRUCT ... NODE_CLEAN_WORD:
		case NODE_ID ... NODE_BECAUSE:
		case NODE_TLFS:
		case NODE_CLEAN:
		case NODE_COPY ... NODE_LOSS:
		case NODE_LISTS:
			break;
		default:
			continue;	/* there may be many */
		}
		if (first[nodes->kind]) {
			report_error(spec->messages, nodes->pos, "this is said twice");
			report_note(spec->messages, first[nodes->kind]->pos,
				    "it is said here first");
		} else {
			first[nodes->kind] = nodes;
		}
	}
}

unsigned int copy_flags(const struct node *copy)
{
	unsigned int flags = 0;

	for (const struct node *word = copy->children; word; word = word->next)
		flags |= !strcmp(word->name, "entry") ? COPY_ENTRY :
			 !strcmp(word->name, "exit") ? COPY_EXIT : 0;
	return flags;
}

unsigned int lookup_flags(const struct node *lookup)
{
	unsigned int flags = 0;

	for (const struct node *word = lookup->children; word; word = word->next)
		flags |= !strcmp(word->name, "full") ? LOOKUP_FULL :
			 !strcmp(word->name, "high") ? LOOKUP_HIGH : 0;
	return flags;
}

bool resolve_loss(struct spec *spec, struct loss *loss, const struct node *node, uint32_t size)
{
	const struct node *word = node->children, *number = word->next;
	unsigned int bits = size * 8;

	*loss = (struct loss){ .drop = !strcmp(word->name, "drop") };
	if (!number)
		return true;
	loss->neutral = (uint64_t)number->number & UINT64_MAX >> (64 - bits);
	if (bits == 64 || (!number->large && number->number < 1LL << bits &&
			   number->number >= -(1LL << (bits - 1))))
		return true;
	report_error(spec->messages, number->pos, "the number does not fit %u bits", bits);
	return false;
}

struct field *resolve_field_name(struct spec *spec, const struct node *name)
{
	struct field *field = table_name(&spec->field_names, name->name);

	if (!field)
		report_error(spec->messages, name->pos, "'%s' is no field", name->name);
	return field;
}

struct layout *resolve_layout_name(struct spec *spec, const struct node *path)
{
	struct layout *layout = table_name(&spec->layout_names, path->name);

	if (!layout)
		report_error(spec->messages, path->pos, "'%s' is no layout", path->name);
	return layout;
}

struct revision *resolve_revision_name(struct spec *spec, const struct layout *layout,
				       const struct node *node)
{
	const char *name = node->kind == NODE_PATH ? node->text : node->name;
	struct revision *revision;

	if (node->kind == NODE_PATH)
		layout = resolve_layout_name(spec, node);
	if (!layout)
		return NULL;
	revision = layout_revision(layout, name);
	if (!revision)
		report_error(spec->messages, node->pos, "the layout '%s' has no revision '%s'",
			     layout->name, name);
	return revision;
}

unsigned int scalar_size(const char *name)
{
	static const char * const scalars[] = { "u8", "u16", "u32", "u64" };

	for (unsigned int i = 0; i < 4; i++)
		if (!strcmp(scalars[i], name))
			return 1 << i;
	return 0;
}

static struct word *new_word(struct spec *spec, const struct node *node)
{
	const struct node *name = node->children, *type = name->next;
	struct word *word = arena_alloc(spec->arena, sizeof(*word));

	if (scalar_size(name->name))
		report_error(spec->messages, name->pos,
			     "'%s' is the name of a type already", name->name);
	word->name = name->name;
	word->pos = name->pos;
	word->size = scalar_size(type->name);
	if (!word->size) {
		report_error(spec->messages, type->pos,
			     "'%s' is no type for a word: u8, u16, u32 or u64", type->name);
		word->size = sizeof(uint32_t);
	}
	for (const struct node *bits = type->next; bits; bits = bits->next)
		word->count++;
	word->bits = arena_alloc(spec->arena, (word->count + 1) * sizeof(*word->bits));
	return word;
}

/* One bit field of a word; false after a message about its width. */
static bool resolve_bits(struct spec *spec, struct word *word, struct bits *bits,
			 const struct node *node)
{
	const struct node *name = node->children, *width = name->next;
	unsigned int most = word->size * 8;

	*bits = (struct bits){ name->name, width->number, name->pos };
	for (const struct bits *other = word->bits; other < bits; other++)
		if (other->name == bits->name) {
			report_twice(spec, "bit field", name, other->pos);
			break;
		}
	if (width->number >= 1 && width->number <= most)
		return true;
	report_error(spec->messages, width->pos, "a bit field of a u%u has 1 to %u bits", most,
		     most);
	return false;
}

void resolve_word(struct spec *spec, const struct node *node)
{
	struct word *word = new_word(spec, node), *first;
	bool fit = scalar_size(node->children->next->name);
	struct bits *next = word->bits;
	unsigned int total = 0;

	for (const struct node *bits = node->children->next->next; bits; bits = bits->next) {
		fit &= resolve_bits(spec, word, next, bits);
		total += next++->width;
	}
	if (fit && total != word->size * 8)
		report_error(spec->messages, word->pos,
			     "the bits of '%s' add up to %u, not to the %u of its u%u",
			     word->name, total, word->size * 8, word->size * 8);
	first = table_add_name(&spec->word_names, word->name, word);
	if (first)
		report_twice(spec, "word", node->children, first->pos);
	else
		spec->words[spec->word_count++] = word;
}

/* A field is found by its name and by every other name that Linux has for it. */
static bool enter_field_name(struct spec *spec, struct field *field, const struct node *name)
{
	struct field *first = table_add_name(&spec->field_names, name->name, field);

	if (first)
		report_twice(spec, "field", name, first->pos);
	return !first;
}

void resolve_field(struct spec *spec, const struct node *node)
{
	const struct node *encoding = node->children, *name = encoding->next;
	struct field *field = arena_alloc(spec->arena, sizeof(*field));

	field->encoding = encoding->number;
	field->encoding_pos = encoding->pos;
	field->name = name->name;
	field->pos = name->pos;
	for (const struct node *alias = name->next; alias; alias = alias->next)
		field->linux_count += alias->kind == NODE_LINUX;
	field->linux_names = arena_alloc(spec->arena,
					 (field->linux_count + 1) * sizeof(char *));
	field->linux_count = 0;
	if (!enter_field_name(spec, field, name))
		return;
	refuse_repetition(spec, name->next);
	for (const struct node *alias = name->next; alias; alias = alias->next) {
		if (alias->kind == NODE_NO_HIGH) {
			field->no_high = true;
			field->no_high_pos = alias->pos;
		} else if (alias->kind == NODE_TLFS) {
			field->tlfs = alias->children->name;
		} else if (alias->kind == NODE_LOSS) {
			resolve_loss(spec, &field->loss, alias, encoding_size(field->encoding));
		} else {
			field->linux_names[field->linux_count++] = alias->children->name;
			enter_field_name(spec, field, alias->children);
		}
	}
	spec->fields[spec->field_count++] = field;
}

static int compare_fields(const void *a, const void *b)
{
	const struct field *const *x = a, *const *y = b;

	return ((*x)->encoding > (*y)->encoding) - ((*x)->encoding < (*y)->encoding);
}

static int compare_words(const void *a, const void *b)
{
	return strcmp((*(const struct word *const *)a)->name,
		      (*(const struct word *const *)b)->name);
}

static int compare_control_words(const void *a, const void *b)
{
	const struct control_word *const *x = a, *const *y = b;

	return compare_fields(&(*x)->field, &(*y)->field);
}

static int compare_layouts(const void *a, const void *b)
{
	return strcmp((*(const struct layout *const *)a)->name,
		      (*(const struct layout *const *)b)->name);
}

static int compare_revisions(const void *a, const void *b)
{
	const struct revision *x = *(struct revision *const *)a;
	const struct revision *y = *(struct revision *const *)b;
	int order = strcmp(x->layout->name, y->layout->name);

	return order ? order : strverscmp(x->name, y->name);
}

static int compare_shadows(const void *a, const void *b)
{
	return compare_revisions(&(*(struct shadow *const *)a)->revision,
				 &(*(struct shadow *const *)b)->revision);
}

/* By the name in the list, which may be another name of the revision. */
static int compare_supports(const void *a, const void *b)
{
	const struct support *x = *(struct support *const *)a;
	const struct support *y = *(struct support *const *)b;
	int order = strcmp(x->revision->layout->name, y->revision->layout->name);

	return order ? order : strverscmp(x->name, y->name);
}

/* The layout's revisions by version, as the outputs list them. */
static void list_revisions(struct spec *spec, struct layout *layout)
{
	size_t count = 0;

	for (struct revision *revision = layout->first; revision; revision = revision->next)
		count++;
	layout->revisions = arena_alloc(spec->arena, (count + 1) * sizeof(*layout->revisions));
	for (struct revision *revision = layout->first; revision; revision = revision->next)
		layout->revisions[layout->count++] = revision;
	if (count)
		qsort(layout->revisions, count, sizeof(*layout->revisions), compare_revisions);
	while (count--) {
		struct revision *alias = layout->revisions[count];

		if (!alias->same)
			continue;
		alias->alias = alias->same->alias;
		alias->same->alias = alias;
	}
}

static size_t count_children(const struct node *node)
{
	size_t count = 0;

	for (const struct node *child = node->children; child; child = child->next)
		count++;
	return count;
}

/* Room for as many of everything as there are statements of that kind. */
static void make_room(struct spec *spec, const struct node *tree)
{
	size_t fields = 0, errata = 0, statements = 0;

	for (const struct node *node = tree->children; node; node = node->next) {
		statements++;
		if (node->kind == NODE_FIELDS)
			fields += count_children(node);
		for (const struct node *erratum = node->children;
		     erratum && node->kind == NODE_ERRATA; erratum = erratum->next)
			errata += count_children(erratum);
	}
	spec->fields = arena_alloc(spec->arena, (fields + 1) * sizeof(*spec->fields));
	spec->words = arena_alloc(spec->arena, (statements + 1) * sizeof(*spec->words));
	spec->control_words = arena_alloc(spec->arena,
					  (statements + 1) * sizeof(*spec->control_words));
	spec->layouts = arena_alloc(spec->arena, (statements + 1) * sizeof(*spec->layouts));
	spec->shadows = arena_alloc(spec->arena, (statements + 1) * sizeof(*spec->shadows));
	spec->supports = arena_alloc(spec->arena, (statements + 1) * sizeof(*spec->supports));
	spec->frozen = arena_alloc(spec->arena, (statements + 1) * sizeof(*spec->frozen));
	spec->errata = arena_alloc(spec->arena, (errata + 1) * sizeof(*spec->errata));
}

/* What needs nothing but itself. */
static void enter_names(struct spec *spec, struct node *tree)
{
	for (const struct node *node = tree->children; node; node = node->next) {
		if (node->kind == NODE_FIELDS)
			for (const struct node *field = node->children; field; field = field->next)
				resolve_field(spec, field);
		else if (node->kind == NODE_WORD)
			resolve_word(spec, node);
		else if (node->kind == NODE_LAYOUT)
			resolve_layout(spec, node);
	}
	for (const struct node *node = tree->children; node; node = node->next)
		if (node->kind == NODE_CONTROLS)
			resolve_controls(spec, node);
	for (struct node *node = tree->children; node; node = node->next)
		if (node->kind == NODE_REVISION || node->kind == NODE_SAME)
			resolve_revision(spec, node);
}

/* What names other things. */
static void enter_lists(struct spec *spec, const struct node *tree)
{
	for (const struct node *node = tree->children; node; node = node->next) {
		if (node->kind == NODE_CONTROLS)
			resolve_demands(spec, node);
		else if (node->kind == NODE_SHADOW)
			resolve_shadow(spec, node);
		else if (node->kind == NODE_SUPPORT)
			resolve_support(spec, node);
		else if (node->kind == NODE_FROZEN)
			resolve_frozen(spec, node);
		else if (node->kind == NODE_ERRATA)
			resolve_errata(spec, node);
	}
}

void spec_resolve(struct spec *spec, struct parse *parse, struct node *tree)
{
	*spec = (struct spec){ .arena = parse->arena, .names = parse->names,
			       .messages = parse->messages };
	make_room(spec, tree);
	enter_names(spec, tree);
	qsort(spec->fields, spec->field_count, sizeof(*spec->fields), compare_fields);
	qsort(spec->words, spec->word_count, sizeof(*spec->words), compare_words);
	qsort(spec->layouts, spec->layout_count, sizeof(*spec->layouts), compare_layouts);
	qsort(spec->control_words, spec->control_word_count, sizeof(*spec->control_words),
	      compare_control_words);
	resolve_lineage(spec);
	for (size_t i = 0; i < spec->layout_count; i++) {
		list_revisions(spec, spec->layouts[i]);
		for (size_t j = 0; j < spec->layouts[i]->count; j++)
			if (!spec->layouts[i]->revisions[j]->same)
				revision_place(spec, spec->layouts[i]->revisions[j]);
	}
	enter_lists(spec, tree);
	qsort(spec->shadows, spec->shadow_count, sizeof(*spec->shadows), compare_shadows);
	qsort(spec->supports, spec->support_count, sizeof(*spec->supports), compare_supports);
}

void spec_free(struct spec *spec)
{
	table_free(&spec->field_names);
	table_free(&spec->control_names);
	table_free(&spec->word_names);
	table_free(&spec->layout_names);
	for (size_t i = 0; i < spec->support_count; i++)
		table_free(&spec->supports[i]->general);
	for (size_t i = 0; i < spec->layout_count; i++) {
		for (struct revision *revision = spec->layouts[i]->first; revision;
		     revision = revision->next) {
			table_free(&revision->by_name);
			table_free(&revision->by_encoding);
		}
		table_free(&spec->layouts[i]->names);
	}
}
