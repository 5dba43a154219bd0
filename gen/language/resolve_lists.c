// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Lists of what the SDM calls fields and controls, and of which fields are shadowed. */
#include "language/resolve.h"

void resolve_sdm(struct spec *spec, const struct node *node)
{
	for (const struct node *line = node->children; line; line = line->next) {
		const struct node *name = line->children;
		struct control *control = table_name(&spec->control_names, name->name);
		struct field *field = table_name(&spec->field_names, name->name);
		const char **sdm = control ? &control->sdm : field ? &field->sdm : NULL;

		if (!sdm)
			report_not_known(spec, name->pos, name->name, spec->control_names.count ?
					 &spec->field_names : &spec->control_names,
					 "'%s' is not a field and no control", name->name);
		else if (*sdm)
			report_error(spec->messages, name->pos,
				     "what the SDM calls '%s' is said already", name->name);
		else
			*sdm = name->next->name;
	}
}

struct revision *resolve_listed_revision(struct spec *spec, const struct node *path)
{
	struct revision *revision = resolve_revision_name(spec, NULL, path);

	return revision && revision->state == PLACED ? revision : NULL;
}

void resolve_shadow(struct spec *spec, const struct node *node)
{
	const struct node *path = node->children;
	struct revision *revision = resolve_listed_revision(spec, path);
	struct shadow *shadow = arena_alloc(spec->arena, sizeof(*shadow));

	if (!revision)
		return;
	/* One VMREAD bitmap serves all that KVM emulates. */
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
