// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Layouts, their clean-field groups and their revisions' heads. */
#include <string.h>

#include "language/resolve.h"

static void resolve_group(struct spec *spec, struct layout *layout, const struct node *node)
{
	const struct node *bit = node->children, *name = bit->next;
	struct group new = { .name = name->name, .bit = bit->number, .often = name->next,
			     .pos = name->pos, .bit_pos = bit->pos };
	struct group *group;

	if (bit->number < 0 || bit->number >= GROUPS) {
		report_error(spec->messages, bit->pos,
			     "a clean-field bit is a number from 0 to %d", GROUPS - 1);
		return;
	}
	for (int i = GROUP_READONLY; i < GROUPS; i++)
		if (i != GROUP_NONE && group_name(layout, i) &&
		    !strcmp(group_name(layout, i), name->name)) {
			report_error(spec->messages, name->pos,
				     "'%s' is the name of a group already", name->name);
			return;
		}
	group = &layout->groups[bit->number];
	if (group->name) {		/* kept, so that its members are not lost as well */
		new.twin = group->twin;
		group->twin = arena_alloc(spec->arena, sizeof(*group->twin));
		group = group->twin;
	}
	*group = new;
}

static void resolve_groups(struct spec *spec, struct layout *layout, const struct node *node)
{
	const struct node *word = node->children, *prefix = word->next;

	layout->clean_word = word->name;
	layout->clean_prefix = prefix->name;
	layout->clean_pos = word->pos;
	for (const struct node *group = prefix->next; group; group = group->next)
		resolve_group(spec, layout, group);
}

static void resolve_property(struct spec *spec, struct layout *layout, const struct node *node)
{
	const struct node *value = node->children;

	switch (node->kind) {
	case NODE_STRUCT:
		layout->c_struct = value->name;
		break;
	case NODE_SIZE:
		if (value->number < 1)
			report_error(spec->messages, value->pos,
				     "a layout has at least one byte");
		else
			layout->size = value->number;
		layout->oversized = layout->size > LAYOUT_SIZE_MAX;
		if (layout->oversized)
			report_error(spec->messages, value->pos, "a layout has at most %d bytes",
				     LAYOUT_SIZE_MAX);
		break;
	case NODE_ALIGN:
		layout->natural = node->number;
		break;
	case NODE_VERSION:
		if (value->number < 0)
			report_error(spec->messages, value->pos,
				     "a version is a number from 0 on");
		layout->has_version = true;
		layout->version = value->number;
		layout->version_pos = value->pos;
		break;
	case NODE_TABLE:
		layout->table = value->name;
		layout->table_count = value->next->name;
		break;
	case NODE_LOOKUP:
		layout->lookup = node->number;
		break;
	case NODE_CLEAN_WORD:
		resolve_groups(spec, layout, node);
		break;
	default:
		break;			/* the grammar has no other property */
	}
}

void resolve_layout(struct spec *spec, const struct node *node)
{
	struct layout *layout = arena_alloc(spec->arena, sizeof(*layout)), *first;
	const struct node *name = node->children;

	layout->name = name->name;
	layout->pos = name->pos;
	layout->end = &layout->first;
	for (const struct node *property = name->next; property; property = property->next)
		resolve_property(spec, layout, property);
	refuse_repetition(spec, name->next);
	layout->faulty = node_child(node, NODE_LOST);
	if (!layout->faulty && (!layout->c_struct || !node_child(node, NODE_SIZE)))
		report_error(spec->messages, name->pos, "the layout '%s' lacks its %s",
			     name->name, layout->c_struct ? "size" : "struct");
	if (!layout->c_struct || !layout->size) {
		layout->size = layout->size ? layout->size : LAYOUT_SIZE_MAX;
		layout->c_struct = layout->c_struct ? layout->c_struct : name->name;
	}
	first = table_add_name(&spec->layout_names, layout->name, layout);
	if (first)
		report_twice(spec, "layout", name, first->pos);
	else
		spec->layouts[spec->layout_count++] = layout;
}

static void resolve_head(struct spec *spec, struct revision *revision, const struct node *node)
{
	const struct node *value = node->children;

	switch (node->kind) {
	case NODE_ID:
		if (value->number < 0 || value->number > INT32_MAX)
			report_error(spec->messages, value->pos,
				     "a revision id has 31 bits: bit 31 marks a shadow VMCS");
		revision->id = value->number;
		revision->id_pos = value->pos;
		revision->has_id = true;
		break;
	case NODE_SOURCE:
		revision->citation = value->name;
		break;
	case NODE_LOST:
		if (!strcmp(node->name, "source"))
			revision->citation = "";
		break;
	case NODE_BECAUSE:
		revision->because = value->name;
		revision->because_pos = node->pos;
		break;
	case NODE_ALIGN:
		revision->natural = node->number;
		revision->says_align = true;
		break;
	default:
		break;			/* resolve_lines() takes the others */
	}
}

struct revision *resolve_revision(struct spec *spec, const struct node *node)
{
	const struct node *path = node->children;
	struct layout *layout = resolve_layout_name(spec, path);
	struct revision *revision;

	if (!layout) {
		lose_names(spec, node);
		return NULL;
	}
	revision = arena_alloc(spec->arena, sizeof(*revision));
	revision->layout = layout;
	revision->name = path->text;
	revision->path = arena_printf(spec->arena, "%s/%s", path->name, path->text);
	revision->pos = path->pos;
	revision->natural = layout->natural;
	revision->state = node->kind == NODE_SAME ? BROKEN : UNPLACED;
	for (const struct node *head = path->next; head; head = head->next)
		resolve_head(spec, revision, head);
	if (layout->has_version) {
		revision->id = layout->version;
		revision->has_id = true;
	}
	refuse_repetition(spec, path->next);
	return revision;
}

bool revision_enter(struct spec *spec, struct revision *revision)
{
	struct layout *layout = revision->layout;
	struct revision *first = table_add_name(&layout->names, revision->name, revision);

	if (first) {
		report_error(spec->messages, revision->pos,
			     "the revision '%s' is defined twice", revision->path);
		report_note(spec->messages, first->pos, "it is defined here first");
		layout->lossy = true;
		return false;
	}
	*layout->end = revision;
	layout->end = &revision->next;
	return true;
}

void resolve_same(struct spec *spec, struct revision *revision, const struct node *node)
{
	const struct node *name = node->children->next;
	struct revision *same = resolve_revision_name(spec, revision->layout, name);
	const char *written = name->kind == NODE_PATH ? name->text : name->name;

	if (!same)
		return;
	/* At this point only aliases have a state other than UNPLACED. */
	if (same->state != UNPLACED || same->name != written) {
		report_error(spec->messages, name->pos,
			     "'%s' is but another name itself: say which revision it stands for",
			     written);
		return;
	}
	if (same->layout != revision->layout) {
		report_error(spec->messages, name->pos,
			     "a revision is the same as one of its own layout only");
		return;
	}
	revision->state = PLACED;
	revision->alias_of = same;
}
