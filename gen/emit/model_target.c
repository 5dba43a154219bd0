// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* A target's view of a spec: its own revisions, their fields, and its lists. */
#include <string.h>

#include "emit/model_parts.h"

static const struct taking *find_taken(const struct model *model, const struct revision *revision)
{
	return table_object(&model->taken, revision);
}

static bool is_among(const struct takings *takings, const struct taking *taking)
{
	return takings->count && taking >= takings->of && taking < takings->of + takings->count;
}

bool model_takes(const struct model *model, const struct revision *revision)
{
	return revision_is_whole(revision) && (!model->target || find_taken(model, revision));
}

bool model_has_layout(const struct model *model, const struct layout *layout)
{
	for (size_t i = 0; i < layout->count; i++)
		if (model_takes(model, layout->revisions[i]))
			return true;
	return !model->target;
}

bool model_keeps(const struct model *model, const struct revision *revision)
{
	return is_among(&model->target->memory, find_taken(model, revision));
}

bool model_translates(const struct model *model, const struct layout *layout)
{
	size_t kept = takings_of_layout(&model->target->memory, layout);

	return kept && kept + takings_of_layout(&model->target->images, layout) > 1;
}

bool model_owns_name(const struct model *model, const struct revision *revision)
{
	return model_keeps(model, revision) ||
	       (is_among(&model->target->pages, find_taken(model, revision)) &&
		takings_of_layout(&model->target->pages, revision->layout) == 1);
}

const char *model_name(const struct model *model, const struct revision *revision)
{
	return model->target ? find_taken(model, revision)->name : revision->name;
}

const char *model_member_name(const struct model *model, const struct revision *revision,
			      const struct member *member)
{
	const struct member *pattern = target_pattern(model->target, revision, member);

	return member_shown_name(pattern ? pattern : member, model->tlfs_names);
}

unsigned int model_lookup(const struct model *model, const struct revision *revision,
			  const struct member *member)
{
	const struct member *pattern = target_pattern(model->target, revision, member);

	return pattern ? member_lookup(pattern) : 0;
}

/* Note the revisions that are taken, and their fields. */
static void note_takings(struct model *model, struct table *fields, const struct takings *takings)
{
	for (size_t i = 0; i < takings->count; i++) {
		const struct taking *taking = &takings->of[i];
		const struct revision *revision = taking->revision;

		table_add_object(&model->taken, revision, (void *)taking);
		for (size_t j = 0; j < revision->count; j++) {
			const struct field *field = revision->members[j].field;

			if (field)
				table_add_number(fields, field->encoding, (void *)field);
		}
	}
}

/* Whether a list about @revision concerns the target: it takes that, or a revision from it. */
static bool concerns(const struct model *model, const struct revision *revision)
{
	for (size_t i = 0; i < revision->layout->count; i++)
		if (model_takes(model, revision->layout->revisions[i]) &&
		    revision_is_from(revision->layout->revisions[i], revision))
			return true;
	return false;
}

/*
 * The spec without lists of revisions that the target does not take and, unless the target wants
 * all fields, without fields that none of its revisions has.
 */
static const struct spec *narrow(const struct model *model, const struct spec *spec,
				 const struct table *fields)
{
	struct spec *narrowed = arena_alloc(spec->arena, sizeof(*narrowed));

	*narrowed = *spec;
	narrowed->fields = arena_alloc(spec->arena,
				       (spec->field_count + 1) * sizeof(*spec->fields));
	narrowed->shadows = arena_alloc(spec->arena,
					(spec->shadow_count + 1) * sizeof(*spec->shadows));
	narrowed->field_count = narrowed->shadow_count = 0;
	for (size_t i = 0; i < spec->field_count; i++)
		if (model->target->all_fields ||
		    table_number(fields, spec->fields[i]->encoding))
			narrowed->fields[narrowed->field_count++] = spec->fields[i];
	for (size_t i = 0; i < spec->shadow_count; i++)
		if (concerns(model, spec->shadows[i]->revision))
			narrowed->shadows[narrowed->shadow_count++] = spec->shadows[i];
	narrowed->supports = model->target->masks;
	narrowed->support_count = model->target->mask_count;
	return narrowed;
}

void model_init_target(struct model *model, const struct spec *spec, const struct target *target)
{
	struct table fields = { 0 };

	*model = (struct model){ .target = target, .tlfs_names = target->tlfs_names };
	note_takings(model, &fields, &target->memory);
	note_takings(model, &fields, &target->images);
	note_takings(model, &fields, &target->pages);
	model->maker = (struct maker){ .arena = spec->arena, .names = spec->names };
	model->spec = narrow(model, spec, &fields);
	slots_place(&model->slots, model->spec);
	table_free(&fields);
}

static void add_pick(struct maker *maker, struct value *picks, const char *path, const char *name)
{
	struct value *pick = list_map(maker, picks);

	map_text(maker, pick, "path", path);
	map_text(maker, pick, "name", name);
}

static void map_takings(struct maker *maker, struct value *map, const char *key,
			const struct takings *takings)
{
	struct value *picks = map_list(maker, map, key);

	for (size_t i = 0; i < takings->count; i++)
		add_pick(maker, picks, takings->of[i].revision->path, takings->of[i].name);
}

void map_targets(struct maker *maker, struct value *root, const struct spec *spec)
{
	struct value *targets = map_list(maker, root, "targets");

	for (size_t i = 0; i < spec->target_count; i++) {
		const struct target *target = spec->targets[i];
		struct value *map = list_map(maker, targets), *picks;

		map_text(maker, map, "name", target->name);
		map_text(maker, map, "source", target->citation);
		map_takings(maker, map, "memory", &target->memory);
		map_takings(maker, map, "images", &target->images);
		map_takings(maker, map, "pages", &target->pages);
		picks = map_list(maker, map, "masks");
		for (size_t j = 0; j < target->mask_count; j++)
			add_pick(maker, picks, target->masks[j]->path, target->masks[j]->name);
	}
}
