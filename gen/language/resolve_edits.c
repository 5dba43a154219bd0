// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The lines of a revision as edits, with every word resolved. */
#include <stdlib.h>
#include <string.h>

#include "language/place.h"
#include "language/resolve.h"

/* What members inherit from their block or, outside a block, from their layout. */
struct defaults {
	int group;
	unsigned int lookup;
};

static struct group *find_group(struct layout *layout, const char *name)
{
	for (int bit = 0; bit < GROUPS; bit++)
		for (struct group *group = &layout->groups[bit]; group; group = group->twin)
			if (group->name == name)
				return group;
	return NULL;
}

static void report_no_group(struct spec *spec, const struct layout *layout,
			    const struct node *name)
{
	struct table known = { .slots = NULL };

	for (int i = GROUP_READONLY; i < GROUPS; i++)
		if (layout->clean_word && i != GROUP_NONE && group_name(layout, i))
			table_add_name(&known, name_of(spec->names, group_name(layout, i)), spec);
	report_not_known(spec, name->pos, name->name, &known,
			 "the layout '%s' has no clean group '%s'", layout->name, name->name);
	table_free(&known);
}

/* The clean-field bit or GROUP_... that @name means; GROUP_NONE after a message. */
static int resolve_group_name(struct spec *spec, struct layout *layout, const struct node *name)
{
	struct group *found = find_group(layout, name->name);

	for (int i = GROUP_READONLY; i <= GROUP_ALWAYS; i++)
		if (layout->clean_word && !strcmp(group_name(layout, i), name->name))
			return i;
	if (found) {
		found->used = true;
		return found->bit;
	}
	if (!layout->faulty)
		report_no_group(spec, layout, name);
	return GROUP_NONE;
}

static struct attribute resolve_attribute(struct spec *spec, struct layout *layout,
					  const struct node *node)
{
	struct attribute attribute = { .pos = node->pos, .number.value = node->number };

	switch (node->kind) {
	case NODE_TLFS:
	case NODE_BECAUSE:
		attribute.kind = node->kind == NODE_TLFS ? ATTRIBUTE_TLFS : ATTRIBUTE_BECAUSE;
		attribute.text = node->children->name;
		break;
	case NODE_CLEAN:
		attribute.kind = ATTRIBUTE_GROUP;
		attribute.number.value = resolve_group_name(spec, layout, node->children);
		break;
	case NODE_NEUTRAL:
		attribute.kind = ATTRIBUTE_NEUTRAL;
		attribute.number = resolve_number(node->children);
		break;
	case NODE_LOOKUP:
		attribute.kind = ATTRIBUTE_LOOKUP;
		break;
	case NODE_DROP:
		attribute.kind = ATTRIBUTE_DROP;
		break;
	default:
		abort();		/* the grammar has no other attribute */
	}
	return attribute;
}

static struct attributes resolve_attributes(struct spec *spec, struct layout *layout,
					    const struct node *first)
{
	struct attributes attributes = { 0 };

	if (!first)
		return attributes;
	attributes.of = arena_alloc(spec->arena, node_count(first) * sizeof(*attributes.of));
	refuse_repetition(spec, first);
	for (const struct node *node = first; node; node = node->next)
		attributes.of[attributes.count++] = resolve_attribute(spec, layout, node);
	return attributes;
}

/* The size of a `u32`, or the bit fields that @type names. */
static bool resolve_type(struct spec *spec, struct member *member, const struct node *type)
{
	struct bits *bits = table_name(&spec->bits_names, type->name);

	member->size = scalar_size(type->name);
	if (member->size)
		return true;
	if (!bits) {
		report_not_known(spec, type->pos, type->name, &spec->bits_names,
				 "'%s' is not a type: u8, u16, u32, u64 or bits", type->name);
		return false;
	}
	bits->used = true;
	member->bits = bits;
	member->size = bits->size;
	return true;
}

static bool resolve_member_field(struct spec *spec, struct member *member,
				 const struct node *name)
{
	struct field *field = table_name(&spec->field_names, name->name);

	if (!field) {
		report_not_known(spec, name->pos, name->name, &spec->field_names,
				 "'%s' is not a field; a member of another kind begins with its "
				 "type",
				 name->name);
		return false;
	}
	field->used = true;
	member->field = field;
	member->loss = field->loss;
	member->size = encoding_size(field->encoding);
	return true;
}

static bool resolve_count(struct spec *spec, const struct layout *layout, struct member *member,
			  const struct node *count)
{
	int64_t number = count->children->number;

	member->count = number;
	member->array = true;
	if (number < 1)
		report_error(spec->messages, count->pos,
			     "an array has at least one element");
	else if (number > layout->size)
		report_error(spec->messages, count->pos,
			     "'%s' has more elements than '%s' has bytes", member->name,
			     layout->name);
	else if (member->field || member->bits)
		report_error(spec->messages, count->pos,
			     "'%s' is one %s: only u8, u16, u32 and u64 make arrays", member->name,
			     member->field ? "field" : "word of bit fields");
	else
		return true;
	return false;
}

/* The member or pad that @node declares, its offset still open; false after a message. */
static bool resolve_declaration(struct spec *spec, struct layout *layout, struct member *member,
				const struct node *node, const struct defaults *defaults)
{
	const struct defaults plain = { .group = GROUP_NONE, .lookup = layout->lookup };
	const struct node *type = node_child(node, NODE_TYPE);
	const struct node *name = node_child(node, NODE_NAME);
	const struct node *count = node_child(node, NODE_COUNT);
	const struct node *rest = count && count == name->next ? count->next : name->next;
	struct attributes attributes;

	*member = (struct member){ .name = name->name, .count = 1, .group = GROUP_NONE,
				   .pad = node->kind != NODE_MEMBER, .pos = name->pos,
				   .origin = name->pos };
	if (node->kind != NODE_PAD_TO && !(type ? resolve_type(spec, member, type->children) :
					   resolve_member_field(spec, member, name)))
		return false;
	if (count && !resolve_count(spec, layout, member, count))
		return false;
	if (!defaults)
		defaults = &plain;
	if (!member->pad) {
		member->group = defaults->group;
		member->lookup = member->field ? defaults->lookup : 0;
	}
	attributes = resolve_attributes(spec, layout, rest);
	member_set(spec->messages, member, &attributes);
	return true;
}

static struct edit *new_edit(struct revision *revision, enum edit_kind kind,
			     const struct node *node)
{
	struct edit *edit = &revision->edits[revision->edit_count++];

	*edit = (struct edit){ .kind = kind, .pos = node->pos,
			       .member = { .pad = true, .group = GROUP_NONE } };
	return edit;
}

/* An edit that adds a member; NULL, and no edit, after a message. */
static struct edit *add_member_edit(struct spec *spec, struct revision *revision,
				    enum edit_kind kind, const struct node *item,
				    const struct defaults *defaults)
{
	struct edit *edit = new_edit(revision, kind, item);

	if (item->kind == NODE_PAD_TO) {
		edit->kind = EDIT_PAD_TO;
		edit->number = resolve_number(item->children);
	}
	if (resolve_declaration(spec, revision->layout, &edit->member, item, defaults))
		return edit;
	revision->edit_count--;
	return NULL;
}

static void resolve_block(struct spec *spec, struct revision *revision, const struct node *node)
{
	const struct node *name = node->children;
	struct defaults defaults = { resolve_group_name(spec, revision->layout, name),
				     revision->layout->lookup };

	refuse_repetition(spec, name->next);
	for (const struct node *part = name->next; part; part = part->next)
		if (part->kind == NODE_LOOKUP)
			defaults.lookup = part->number;
		else if (part->kind != NODE_BODY)
			report_error(spec->messages, part->pos,
				     "a block's members share 'lookup' and nothing else");
	for (const struct node *item = node_child(node, NODE_BODY)->children; item;
	     item = item->next)
		if (item->kind == NODE_LOST)
			revision->faulty = true;
		else
			add_member_edit(spec, revision, EDIT_APPEND, item, &defaults);
}

static void resolve_at(struct spec *spec, struct revision *revision, const struct node *node)
{
	const struct node *at = node->children, *item = at->next;
	struct edit *edit = NULL;

	if (item->kind == NODE_PAD_TO)
		report_error(spec->messages, item->pos,
			     "'pad to' has no place of its own: "
			     "it begins where the last member ends");
	else if (at->number < 0)
		report_error(spec->messages, at->pos, "a structure begins at byte 0");
	else
		edit = add_member_edit(spec, revision, EDIT_AT, item, NULL);
	if (edit) {
		edit->member.offset = at->number;
		edit->member.carves = true;
	}
}

static struct member_name member_name_of(const struct node *name)
{
	return (struct member_name){ name->name, name->pos };
}

static struct range resolve_range(const struct node *node)
{
	const struct node *first = node->children, *last = first->next;
	struct range range = { .first = member_name_of(first), .pos = node->pos };

	if (last)
		range.last = member_name_of(last);
	return range;
}

static void resolve_over(struct spec *spec, struct revision *revision, const struct node *node)
{
	const struct node *old = node->children;
	struct edit *edit = add_member_edit(spec, revision, EDIT_OVER, old->next, NULL);

	if (edit)
		edit->range.first = member_name_of(old);
}

static void resolve_range_edit(struct spec *spec, struct revision *revision,
			       const struct node *node)
{
	const struct node *range = node->children, *second = range->next;
	struct edit *edit = new_edit(revision, node->kind == NODE_RETIRE ? EDIT_RETIRE :
				     node->kind == NODE_MOVE ? EDIT_MOVE : EDIT_CHANGE, node);

	edit->range = resolve_range(range);
	if (node->kind == NODE_MOVE) {
		edit->number = resolve_number(second);
	} else if (node->kind == NODE_CHANGE) {
		edit->attributes = resolve_attributes(spec, revision->layout, second);
	} else if (second) {
		edit->member.name = second->name;
		edit->member.pos = second->pos;
	}
}

static void resolve_rename(struct spec *spec, struct revision *revision, const struct node *node)
{
	const struct node *old = node->children, *new = old->next;
	struct edit *edit = new_edit(revision, EDIT_RENAME, node);

	edit->range.first = member_name_of(old);
	edit->member.name = new->name;
	edit->member.pos = new->pos;
	edit->attributes = resolve_attributes(spec, revision->layout, new->next);
}

static void resolve_other(struct spec *spec, struct revision *revision, const struct node *node)
{
	struct edit *edit = new_edit(revision, node->kind == NODE_EMBED ? EDIT_EMBED :
				     node->kind == NODE_REST_OF ? EDIT_REST_OF :
				     EDIT_LOOKUP_AS, node);

	edit->other = resolve_revision_name(spec, revision->layout, node->children);
	edit->other_pos = node->children->pos;
}

/* In a revision that is from another, a member must say where it goes. */
static bool stands_bare(struct spec *spec, const struct revision *revision,
			const struct node *node)
{
	bool bare = node->kind == NODE_MEMBER || node->kind == NODE_PAD ||
		    node->kind == NODE_PAD_TO || node->kind == NODE_CLEAN_BLOCK;

	if (!bare || !revision->from)
		return false;
	report_error(spec->messages, node->pos,
		     "'%s' is from another revision: say 'at' or 'append'", revision->path);
	return true;
}

static void resolve_edit(struct spec *spec, struct revision *revision, const struct node *node)
{
	switch (node->kind) {
	case NODE_MEMBER:
	case NODE_PAD:
	case NODE_PAD_TO:
		add_member_edit(spec, revision, EDIT_APPEND, node, NULL);
		break;
	case NODE_APPEND:
		add_member_edit(spec, revision, EDIT_APPEND, node->children, NULL);
		break;
	case NODE_CLEAN_BLOCK:
		resolve_block(spec, revision, node);
		break;
	case NODE_AT:
		resolve_at(spec, revision, node);
		break;
	case NODE_RENAME:
		resolve_rename(spec, revision, node);
		break;
	case NODE_RETIRE:
	case NODE_MOVE:
	case NODE_CHANGE:
		resolve_range_edit(spec, revision, node);
		break;
	case NODE_OVER:
		resolve_over(spec, revision, node);
		break;
	case NODE_LOOKUP_AS:
	case NODE_EMBED:
	case NODE_REST_OF:
		resolve_other(spec, revision, node);
		break;
	case NODE_LOST:			/* without its source it can be placed */
		revision->faulty |= strcmp(node->name, "source") != 0;
		break;
	default:
		break;			/* the head, which is resolved already */
	}
}

/* The revision that @revision is from; false after a message. */
static bool resolve_from(struct spec *spec, struct revision *revision, const struct node *node)
{
	const struct node *from = node_child(node, NODE_FROM);

	if (!from)
		return true;
	revision->from_pos = from->children->pos;
	revision->from = resolve_revision_name(spec, revision->layout, from->children);
	if (revision->from && revision->from->layout != revision->layout) {
		report_error(spec->messages, revision->from_pos,
			     "a revision is from one of its own layout: "
			     "'embed' takes the members of another");
		revision->from = NULL;
	}
	if (!revision->from)
		revision->state = BROKEN;
	return revision->from;
}

void resolve_lines(struct spec *spec, struct revision *revision, const struct node *node)
{
	const struct node *lines = node->children->next;
	unsigned int errors = spec->messages->errors;
	size_t count = 0;

	if (!resolve_from(spec, revision, node))
		return;
	for (const struct node *line = lines; line; line = line->next)
		count += line->kind != NODE_CLEAN_BLOCK ? 1 :
			 node_count(node_child(line, NODE_BODY)->children);
	revision->edits = arena_alloc(spec->arena, (count + 1) * sizeof(*revision->edits));
	for (const struct node *line = lines; line; line = line->next)
		if (!stands_bare(spec, revision, line))
			resolve_edit(spec, revision, line);
	revision->faulty |= spec->messages->errors > errors;
}
