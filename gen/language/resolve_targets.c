// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets: the consumers of generated files, and the revisions that they take. */
#include <ctype.h>
#include <fnmatch.h>
#include <string.h>

#include "language/resolve.h"

/* One target, while its clauses are resolved. */
struct picking {
	struct spec *spec;
	struct target *target;
	struct table taken;		/* revisions, and names in C, to takings */
};

static const char *taken_path(struct spec *spec, const struct taking *taking)
{
	return arena_printf(spec->arena, "%s/%s", taking->revision->layout->name, taking->name);
}

/* A path as file names and C names distinguish it. */
static const char *distinct_name(struct spec *spec, const char *path)
{
	char *name = arena_copy(spec->arena, path, strlen(path));

	for (char *c = name; *c; c++)
		*c = isalnum((unsigned char)*c) ? (char)toupper((unsigned char)*c) : '_';
	return name_of(spec->names, name);
}

/* @first is the same revision, or has the same name in C. */
static void refuse_taking(struct spec *spec, const struct taking *taking,
			  const struct taking *first)
{
	if (first->revision == taking->revision || first->name == taking->name)
		report_error(spec->messages, taking->pos, "the target takes '%s' as '%s' already",
			     first->revision->path, first->name);
	else
		report_error(spec->messages, taking->pos, "'%s' and '%s' are one name in C",
			     taken_path(spec, first), taken_path(spec, taking));
	if (first->pos.start != taking->pos.start)
		report_note(spec->messages, first->pos, "it is taken here first");
}

static void take_revision(struct picking *picking, struct takings *takings,
			  const struct node *pick, struct revision *revision)
{
	const struct node *as = pick->children->next;
	struct taking *taking = &takings->of[takings->count], *first;
	struct table *taken = &picking->taken;

	*taking = (struct taking){ revision, as ? as->name : revision->name, pick->pos };
	first = table_add_object(taken, revision, taking);
	if (!first) {
		const char *path = taken_path(picking->spec, taking);

		first = table_add_name(taken, distinct_name(picking->spec, path), taking);
	}
	if (first)
		refuse_taking(picking->spec, taking, first);
	else
		takings->count++;
}

/*
 * All revisions that a pattern matches, aliases left out, or the newest one.  A path without stars
 * may name an alias.
 */
static void pick_revisions(struct picking *picking, struct takings *takings,
			   const struct node *pick, const struct layout *layout)
{
	const struct node *path = pick->children, *as = path->next;
	struct messages *messages = picking->spec->messages;
	bool some = picking->spec->lost_file || layout->lossy;
	struct revision *last = NULL;

	if (!strchr(path->text, '*')) {
		last = resolve_revision_name(picking->spec, layout, path);
		if (last && last->state == PLACED)
			take_revision(picking, takings, pick, last);
		return;
	}
	for (size_t i = 0; i < layout->count; i++) {
		struct revision *revision = layout->revisions[i];

		some |= revision_matches(revision, path);
		if (!revision_is_whole(revision) || !revision_matches(revision, path))
			continue;
		if (pick->kind == NODE_PICK && as && last) {
			report_error(messages, as->pos,
				     "'as' names one revision, but '%s/%s' matches more",
				     path->name, path->text);
			return;
		}
		last = revision;
		if (pick->kind == NODE_PICK)
			take_revision(picking, takings, pick, revision);
	}
	if (!last && !some)
		report_error(messages, path->pos, "no revision matches '%s/%s'", path->name,
			     path->text);
	else if (last && pick->kind == NODE_NEWEST)
		take_revision(picking, takings, pick, last);
}

/* An enlightened VMCS has clean-field groups, and what KVM keeps in memory has none. */
static bool is_fitting(struct messages *messages, const struct node *path,
		       const struct layout *layout, bool pages)
{
	if (layout->faulty)
		return false;
	if (pages && !layout->clean_word)
		report_error(messages, path->pos,
			     "'%s' has no clean-field groups: it is not a page", layout->name);
	else if (!pages && layout->clean_word)
		report_error(messages, path->pos,
			     "'%s' has clean-field groups: it is one of 'pages'", layout->name);
	else
		return true;
	return false;
}

static void resolve_takings(struct picking *picking, struct takings *takings,
			    const struct node *clause)
{
	struct spec *spec = picking->spec;
	size_t room = node_count(clause->children);

	if (takings->of)
		return;			/* refuse_repetition() tells */
	for (size_t i = 0; i < spec->layout_count; i++)
		room += spec->layouts[i]->count;
	takings->of = arena_alloc(spec->arena, room * sizeof(*takings->of));
	for (const struct node *pick = clause->children; pick; pick = pick->next) {
		const struct node *path = pick->children;
		struct layout *layout = resolve_layout_name(spec, path);

		if (layout && is_fitting(spec->messages, path, layout, clause->kind == NODE_PAGES))
			pick_revisions(picking, takings, pick, layout);
	}
}

/* A list is taken once, and each under a name of its own. */
static void take_masks(struct spec *spec, struct target *target, const struct node *pick,
		       const struct support *support)
{
	const struct node *as = pick->children->next;
	struct support *taken = arena_alloc(spec->arena, sizeof(*taken));

	*taken = *support;
	if (as)
		taken->name = as->name;
	for (size_t i = 0; i < target->mask_count; i++) {
		const struct support *before = target->masks[i];

		if (before->path == taken->path && !as)
			return;
		if (before->path == taken->path ||
		    (before->revision->layout == taken->revision->layout &&
		     distinct_name(spec, before->name) == distinct_name(spec, taken->name))) {
			report_error(spec->messages, pick->pos,
				     "the target takes '%s' as '%s' already", before->path,
				     before->name);
			return;
		}
	}
	target->masks[target->mask_count++] = taken;
}

/* Nothing is said if the revision that the list is about was refused. */
static void refuse_list(struct spec *spec, const struct node *path)
{
	const struct layout *layout = table_name(&spec->layout_names, path->name);
	const struct revision *revision = layout ? layout_revision(layout, path->text) : NULL;
	const char *name = arena_printf(spec->arena, "%s/%s", path->name, path->text);
	struct table known = { .slots = NULL };

	if (!layout || layout->faulty || (revision && revision->state != PLACED))
		return;
	for (size_t i = 0; i < spec->support_count; i++)
		table_add_name(&known, spec->supports[i]->path, spec);
	report_not_known(spec, path->pos, name, &known, "'%s' is not a list of supported controls",
			 name);
	spec->lost_file |= !known.count;
	table_free(&known);
}

static void pick_masks(struct spec *spec, struct target *target, const struct node *pick)
{
	const struct node *path = pick->children;
	struct support *last = NULL;

	for (size_t i = 0; i < spec->support_count; i++) {
		struct support *support = spec->supports[i];

		if (support->revision->layout->name != path->name ||
		    fnmatch(path->text, support->name, 0))
			continue;
		last = support;
		if (pick->kind == NODE_PICK)
			take_masks(spec, target, pick, support);
	}
	if (!last)
		refuse_list(spec, path);
	else if (pick->kind == NODE_NEWEST)
		take_masks(spec, target, pick, last);
}

static void resolve_masks(struct spec *spec, struct target *target, const struct node *clause)
{
	if (target->masks)
		return;
	target->masks = arena_alloc(spec->arena,
				    (spec->support_count + 1) * sizeof(*target->masks));
	for (const struct node *pick = clause->children; pick; pick = pick->next)
		pick_masks(spec, target, pick);
}

/* A target that asks a CPU for its fields wants all fields, not only those of revisions. */
static void resolve_taken_fields(struct spec *spec, struct target *target, const struct node *word)
{
	target->all_fields = !strcmp(word->name, "all");
	if (!target->all_fields)
		report_error(spec->messages, word->pos,
			     "'fields' can be 'all'; without it, they are those of the revisions");
}

/* Images are translated from and to memory, so memory must have their layout. */
static void refuse_strangers(struct messages *messages, const struct target *target)
{
	for (size_t i = 0; i < target->images.count; i++) {
		const struct taking *image = &target->images.of[i];
		size_t j = 0;

		while (j < target->memory.count &&
		       target->memory.of[j].revision->layout != image->revision->layout)
			j++;
		if (j == target->memory.count)
			report_error(messages, image->pos, "nothing of '%s' is kept in memory",
				     image->revision->layout->name);
	}
}

static void resolve_clause(struct picking *picking, const struct node *clause)
{
	struct target *target = picking->target;

	switch (clause->kind) {
	case NODE_SOURCE:
		target->citation = clause->children->name;
		break;
	case NODE_MEMORY:
		resolve_takings(picking, &target->memory, clause);
		break;
	case NODE_IMAGES:
		resolve_takings(picking, &target->images, clause);
		break;
	case NODE_PAGES:
		resolve_takings(picking, &target->pages, clause);
		break;
	case NODE_MASKS:
		resolve_masks(picking->spec, target, clause);
		break;
	case NODE_TAKEN_FIELDS:
		resolve_taken_fields(picking->spec, target, clause->children);
		break;
	case NODE_NAMES:
		target->tlfs_names = clause->number;
		break;
	default:
		break;			/* the grammar has no other clause */
	}
}

void resolve_target(struct spec *spec, const struct node *node)
{
	struct target *target = arena_alloc(spec->arena, sizeof(*target));
	struct picking picking = { .spec = spec, .target = target };
	const struct node *name = node->children;

	target->name = name->name;
	target->pos = name->pos;
	for (size_t i = 0; i < spec->target_count; i++)
		if (spec->targets[i]->name == target->name) {
			report_twice(spec, "target", name, spec->targets[i]->pos);
			return;
		}
	for (const struct node *clause = name->next; clause; clause = clause->next)
		resolve_clause(&picking, clause);
	refuse_repetition(spec, name->next);
	refuse_strangers(spec->messages, target);
	/* A clause with an error may be the one that it lacks. */
	if (!spec->messages->errors && !target->memory.count && !target->pages.count)
		report_error(spec->messages, target->pos, "the target takes no revision");
	spec->targets[spec->target_count++] = target;
	table_free(&picking.taken);
}
