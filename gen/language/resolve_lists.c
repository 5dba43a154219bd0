// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Lists about one revision: shadowed fields, supported controls, what is frozen. */
#include "language/resolve.h"

/* The revision that a list is about; NULL, perhaps after a message, if it isn't there. */
static struct revision *listed_revision(struct spec *spec, const struct node *path)
{
	struct revision *revision = resolve_revision_name(spec, NULL, path);

	return revision && revision->state == PLACED ? revision : NULL;
}

void resolve_shadow(struct spec *spec, const struct node *node)
{
	const struct node *path = node->children;
	struct revision *revision = listed_revision(spec, path);
	struct shadow *shadow = arena_alloc(spec->arena, sizeof(*shadow));

	if (!revision)
		return;
	/* There is one VMREAD bitmap for all that KVM emulates. */
	if (spec->shadow_count) {
		report_error(spec->messages, path->pos, "the spec has a shadow list already");
		report_note(spec->messages, spec->shadows[0]->pos, "the first list");
	}
	shadow->revision = revision;
	shadow->pos = path->pos;
	shadow->fields = arena_alloc(spec->arena, node_count(path) * sizeof(*shadow->fields));
	for (const struct node *line = path->next; line; line = line->next) {
		const struct node *name = line->children;
		struct field *field = resolve_field_name(spec, name);
		struct shadow_field *entry = &shadow->fields[shadow->count];

		if (!field)
			continue;
		entry->member = table_number(&revision->by_encoding, field->encoding);
		entry->kind = line->kind == NODE_RO ? SHADOW_RO :
			      line->kind == NODE_RW ? SHADOW_RW : SHADOW_RARE;
		entry->high = name->next;
		entry->pos = name->pos;
		if (entry->member)
			shadow->count++;
		else
			report_error(spec->messages, name->pos, "'%s/%s' has no member for '%s'",
				     path->name, path->text, name->name);
	}
	spec->shadows[spec->shadow_count++] = shadow;
}

/* One exception for a control and a role is enough. */
static void refuse_exception_again(struct spec *spec, const struct support *support,
				   const struct decision *decision)
{
	for (const struct decision *first = support->decisions; first < decision; first++)
		if (first->control == decision->control && first->role == decision->role) {
			report_error(spec->messages, decision->pos,
				     "'%s' is decided for '%s' already", decision->control->name,
				     decision->role);
			report_note(spec->messages, first->pos, "the first decision");
			return;
		}
}

/* A decision for all roles, or an exception for one of them. */
static void resolve_decision(struct spec *spec, struct support *support,
			     const struct node *node)
{
	const struct node *name = node->children, *role = node_child(node, NODE_FOR);
	const struct node *because = node_child(node, NODE_BECAUSE);
	struct decision *decision = &support->decisions[support->count], *first;
	size_t i = 0;

	*decision = (struct decision){ .control = resolve_control_name(spec, name),
				       .yes = node->kind == NODE_YES, .pos = name->pos,
				       .because = because ? because->children->name : NULL };
	if (!decision->control)
		return;
	support->count++;
	if (!role) {
		first = table_add(&support->general, decision->control,
				  name_hash(name->name), decision);
		if (first) {
			report_error(spec->messages, name->pos, "'%s' is decided already",
				     name->name);
			report_note(spec->messages, first->pos, "the first decision");
		}
		return;
	}
	decision->role = role->children->name;
	refuse_exception_again(spec, support, decision);
	while (i < support->role_count && support->roles[i] != decision->role)
		i++;
	if (i == support->role_count)
		report_error(spec->messages, role->children->pos,
			     "'%s' is no role of this list", decision->role);
}

static void resolve_support_part(struct support *support, const struct node *node)
{
	const struct node *value = node->children;

	if (node->kind == NODE_SOURCE) {
		support->citation = value->name;
	} else if (node->kind == NODE_LISTS) {
		support->lists_unsupported = node->number;
		support->prefix = value->name;
	} else if (node->kind == NODE_ROLE) {
		support->roles[support->role_count++] = value->name;
	}
}

void resolve_support(struct spec *spec, const struct node *node)
{
	const struct node *path = node->children;
	struct support *support = arena_alloc(spec->arena, sizeof(*support));

	support->revision = listed_revision(spec, path);
	if (!support->revision)
		return;
	for (size_t i = 0; i < spec->support_count; i++)
		if (spec->supports[i]->revision == support->revision &&
		    spec->supports[i]->name == path->text) {
			report_error(spec->messages, path->pos,
				     "'%s/%s' has a list of supported controls already",
				     path->name, path->text);
			report_note(spec->messages, spec->supports[i]->pos, "the first list");
		}
	support->name = path->text;
	refuse_repetition(spec, path->next);
	support->pos = path->pos;
	support->roles = arena_alloc(spec->arena, node_count(path) * sizeof(char *));
	support->decisions = arena_alloc(spec->arena,
					 node_count(path) * sizeof(*support->decisions));
	for (const struct node *part = path->next; part; part = part->next)
		resolve_support_part(support, part);
	for (const struct node *part = path->next; part; part = part->next)
		if (part->kind == NODE_YES || part->kind == NODE_NO)
			resolve_decision(spec, support, part);
	if (!support->prefix)
		report_error(spec->messages, path->pos,
			     "the list does not say how its masks are named: "
			     "'lists supported as PREFIX'");
	spec->supports[spec->support_count++] = support;
}

void resolve_frozen(struct spec *spec, const struct node *node)
{
	const struct node *path = node->children;
	struct revision *revision = listed_revision(spec, path);

	if (!revision)
		return;
	for (size_t i = 0; i < spec->frozen_count; i++)
		if (spec->frozen[i].revision == revision) {
			report_error(spec->messages, path->pos, "'%s/%s' is frozen already",
				     path->name, path->text);
			report_note(spec->messages, spec->frozen[i].pos, "it is frozen here");
			return;
		}
	spec->frozen[spec->frozen_count++] = (struct frozen){ revision, path->next->name,
							      path->pos };
}
