// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * From the syntax tree to the spec.  Statements may come in any order and from any file, so all
 * names are entered before any is looked up.
 */
#include <stdlib.h>
#include <string.h>

#include "language/resolve.h"

static int compare_fields(const void *a, const void *b)
{
	const struct field *const *x = a, *const *y = b;

	return ((*x)->encoding > (*y)->encoding) - ((*x)->encoding < (*y)->encoding);
}

static int compare_types(const void *a, const void *b)
{
	return strcmp((*(const struct bits *const *)a)->name,
		      (*(const struct bits *const *)b)->name);
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

static int compare_by_version(const void *a, const void *b)
{
	const struct revision *x = *(struct revision *const *)a;
	const struct revision *y = *(struct revision *const *)b;
	int order = strcmp(x->layout->name, y->layout->name);

	return order ? order : strverscmp(x->name, y->name);
}

/* By the name in the list, which may be an alias of the revision. */
static int compare_supports(const void *a, const void *b)
{
	const struct support *x = *(struct support *const *)a;
	const struct support *y = *(struct support *const *)b;
	int order = strcmp(x->revision->layout->name, y->revision->layout->name);

	return order ? order : strverscmp(x->name, y->name);
}

static int compare_targets(const void *a, const void *b)
{
	return strverscmp((*(const struct target *const *)a)->name,
			  (*(const struct target *const *)b)->name);
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
		qsort(layout->revisions, count, sizeof(*layout->revisions), compare_by_version);
	while (count--) {
		struct revision *alias = layout->revisions[count];

		if (!alias->alias_of)
			continue;
		alias->next_alias = alias->alias_of->next_alias;
		alias->alias_of->next_alias = alias;
	}
}

/* Make room for as many objects as there are statements of their kind. */
static void make_room(struct spec *spec, const struct node *tree)
{
	size_t fields = 0, errata = 0, departures = 0, statements = node_count(tree->children) + 1;

	for (const struct node *node = tree->children; node; node = node->next) {
		if (node->kind == NODE_FIELDS)
			fields += node_count(node->children);
		if (node->kind == NODE_COPIES)
			departures += node_count(node->children);
		for (const struct node *erratum = node->children;
		     erratum && node->kind == NODE_ERRATA; erratum = erratum->next)
			errata += node_count(erratum->children);
	}
	spec->fields = arena_alloc(spec->arena, (fields + 1) * sizeof(*spec->fields));
	spec->bits = arena_alloc(spec->arena, statements * sizeof(*spec->bits));
	spec->control_words = arena_alloc(spec->arena, statements * sizeof(*spec->control_words));
	spec->layouts = arena_alloc(spec->arena, statements * sizeof(*spec->layouts));
	spec->shadows = arena_alloc(spec->arena, statements * sizeof(*spec->shadows));
	spec->supports = arena_alloc(spec->arena, statements * sizeof(*spec->supports));
	spec->copy_departures = arena_alloc(spec->arena, (departures + 1) *
					    sizeof(*spec->copy_departures));
	spec->existences = arena_alloc(spec->arena, statements * sizeof(*spec->existences));
	spec->targets = arena_alloc(spec->arena, statements * sizeof(*spec->targets));
	spec->frozen = arena_alloc(spec->arena, statements * sizeof(*spec->frozen));
	spec->dumps = arena_alloc(spec->arena, statements * sizeof(*spec->dumps));
	spec->errata = arena_alloc(spec->arena, (errata + 1) * sizeof(*spec->errata));
}

static void resolve_each(struct spec *spec, const struct node *tree, enum node_kind kind,
			 void (*resolve)(struct spec *spec, const struct node *node))
{
	for (const struct node *node = tree->children; node; node = node->next)
		if (node->kind == kind)
			resolve(spec, node);
}

/* A revision, and the statement that declares it. */
struct declared {
	struct revision *revision;
	const struct node *node;
};

/* Aliases first: a revision may be from one that is declared below it. */
static void resolve_revisions(struct spec *spec, const struct node *tree)
{
	struct declared *all = xcalloc(node_count(tree->children) + 1, sizeof(*all));
	size_t count = 0;

	for (const struct node *node = tree->children; node; node = node->next) {
		struct revision *revision = NULL;

		if (node->kind == NODE_REVISION || node->kind == NODE_SAME)
			revision = resolve_revision(spec, node);
		if (revision && revision_enter(spec, revision))
			all[count++] = (struct declared){ revision, node };
	}
	for (size_t i = 0; i < count; i++)
		if (all[i].node->kind == NODE_SAME)
			resolve_same(spec, all[i].revision, all[i].node);
	for (size_t i = 0; i < count; i++)
		if (all[i].node->kind == NODE_REVISION)
			resolve_lines(spec, all[i].revision, all[i].node);
	free(all);
}

static void place_revisions(struct spec *spec, const struct layout *layout)
{
	for (size_t i = 0; i < layout->count; i++)
		if (!layout->revisions[i]->alias_of)
			revision_place(spec, layout->revisions[i]);
}

void spec_resolve(struct spec *spec, struct parse *parse, const struct node *tree)
{
	*spec = (struct spec){ .arena = parse->arena, .names = parse->names,
			       .messages = parse->messages, .lost = &parse->lost,
			       .lost_file = parse->lost_file };
	make_room(spec, tree);
	resolve_each(spec, tree, NODE_FIELDS, resolve_fields);
	resolve_each(spec, tree, NODE_BITS, resolve_bits);
	resolve_each(spec, tree, NODE_LAYOUT, resolve_layout);
	resolve_each(spec, tree, NODE_CONTROLS, resolve_controls);
	resolve_each(spec, tree, NODE_SDM, resolve_sdm);
	resolve_each(spec, tree, NODE_DUMP, resolve_dump);
	qsort(spec->fields, spec->field_count, sizeof(*spec->fields), compare_fields);
	qsort(spec->bits, spec->bits_count, sizeof(*spec->bits), compare_types);
	qsort(spec->layouts, spec->layout_count, sizeof(*spec->layouts), compare_layouts);
	qsort(spec->control_words, spec->control_word_count, sizeof(*spec->control_words),
	      compare_control_words);
	resolve_revisions(spec, tree);
	for (size_t i = 0; i < spec->layout_count; i++) {
		list_revisions(spec, spec->layouts[i]);
		place_revisions(spec, spec->layouts[i]);
	}
	resolve_each(spec, tree, NODE_CONTROLS, resolve_demands);
	resolve_each(spec, tree, NODE_SHADOW, resolve_shadow);
	resolve_supports(spec, tree);
	resolve_copies(spec, tree);
	resolve_each(spec, tree, NODE_EXISTENCE, resolve_existence);
	for (const struct node *node = tree->children; node; node = node->next)
		if (node->kind == NODE_FROZEN)
			resolve_frozen(spec, parse, node);
	resolve_each(spec, tree, NODE_ERRATA, resolve_errata);
	qsort(spec->supports, spec->support_count, sizeof(*spec->supports), compare_supports);
	resolve_each(spec, tree, NODE_TARGET, resolve_target);
	qsort(spec->targets, spec->target_count, sizeof(*spec->targets), compare_targets);
}

void spec_free(struct spec *spec)
{
	table_free(&spec->told);
	table_free(&spec->field_names);
	table_free(&spec->control_names);
	table_free(&spec->bits_names);
	table_free(&spec->layout_names);
	for (size_t i = 0; i < spec->existence_count; i++)
		table_free(&spec->existences[i].by_encoding);
	for (size_t i = 0; i < spec->layout_count; i++) {
		for (struct revision *revision = spec->layouts[i]->first; revision;
		     revision = revision->next) {
			table_free(&revision->by_name);
			table_free(&revision->by_encoding);
		}
		table_free(&spec->layouts[i]->names);
	}
}
