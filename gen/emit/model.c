// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <ctype.h>
#include <string.h>

#include "emit/forms.h"
#include "emit/model.h"
#include "emit/model_parts.h"

static const char *width_name(uint32_t encoding)
{
	static const char *const names[] = { "16", "64", "32", "natural" };

	return names[encoding_width(encoding)];
}

static const char *type_name(uint32_t encoding)
{
	static const char *const names[] = { "control", "read-only", "guest", "host" };

	return names[encoding_type(encoding)];
}

/*
 * The slot of a field, in C relative to that of the field before it: so a new field does not change
 * the lines of all fields after it.
 */
static void map_slot(struct model *model, struct value *map, const struct field *field,
		     const struct field *before)
{
	struct maker *maker = &model->maker;
	unsigned int slot = slot_of(&model->slots, field->encoding);
	unsigned int step = before ? slot - slot_of(&model->slots, before->encoding) : slot;

	map_number(maker, map, "slot", slot);
	map_number(maker, map, "slot_step", step);
	map_flag(maker, map, "slot_follows", step == (before ? 1 : 0));
	map_capitals(maker, map, "before", "BEFORE", before ? before->name : "");
}

static void add_field(struct model *model, struct value *fields, const struct field *field,
		      const struct field *before)
{
	struct maker *maker = &model->maker;
	struct value *map = value_map_for(maker, 24), *names = map_list(maker, map, "linux");

	list_add(maker, fields, map);
	map_capitals(maker, map, "name", "NAME", field->name);
	map_hex(maker, map, "encoding", field->encoding, 8);
	map_capitals(maker, map, "width", "WIDTH", width_name(field->encoding));
	map_number(maker, map, "bytes", encoding_size(field->encoding));
	map_capitals(maker, map, "kind", "KIND", type_name(field->encoding));
	map_flag(maker, map, "read_only", encoding_read_only(field->encoding));
	map_number(maker, map, "index", encoding_index(field->encoding));
	map_slot(model, map, field, before);
	map_flag(maker, map, "high", field_has_high(field));
	map_hex(maker, map, "high_encoding", field->encoding | ENCODING_HIGH, 8);
	map_text(maker, map, "sdm", field->sdm);
	map_text(maker, map, "tlfs", field->tlfs);
	for (size_t i = 0; i < field->linux_count; i++)
		list_add(maker, names, value_text(maker, field->linux_names[i]));
}

/*
 * The fields by width and type: sections, like the tables of the SDM's appendix B, and rows, which
 * map their encodings to slots.
 */
static void map_sections(struct model *model, struct value *root)
{
	struct maker *maker = &model->maker;
	struct value *sections = map_list(maker, root, "sections");
	struct value *rows = map_list(maker, root, "rows"), *fields = NULL;
	unsigned int row = SLOT_ROWS;

	for (size_t i = 0; i < model->spec->field_count; i++) {
		const struct field *field = model->spec->fields[i];
		const char *width = width_name(field->encoding);
		struct value *map;

		if (row != slot_row(field->encoding)) {
			row = slot_row(field->encoding);
			map = list_map(maker, rows);
			map_number(maker, map, "row", row);
			map_capitals(maker, map, "name", "NAME", field->name);
			map = list_map(maker, sections);
			map_text(maker, map, "title",
				 printed(maker, "%s%s %s fields", width,
					 isdigit(*width) ? "-bit" : "-width",
					 type_name(field->encoding)));
			fields = map_list(maker, map, "fields");
		}
		add_field(model, fields, field, i ? model->spec->fields[i - 1] : NULL);
	}
	map_number(maker, root, "slots", model->slots.count);
}

static void map_bits(struct model *model, struct value *members_map, const struct member *member,
		     const char *name)
{
	struct maker *maker = &model->maker;
	struct value *list = map_list(maker, members_map, "bits");
	const struct bits *bits = member->bits;
	unsigned int bit = 0;

	for (size_t i = 0; bits && i < bits->count; i++) {
		struct value *map = list_map(maker, list);
		uint64_t most = UINT64_MAX >> (64 - bits->fields[i].width);

		map_text(maker, map, "name", bits->fields[i].name);
		map_text(maker, map, "member_name", name);
		map_number(maker, map, "bit", bit);
		map_number(maker, map, "width", bits->fields[i].width);
		map_hex(maker, map, "most", most, 1);
		map_hex(maker, map, "mask", most << bit, bits->size * 2);
		bit += bits->fields[i].width;
	}
}

/* Where a member lies; the text table's column of names has a @width. */
static void map_placement(struct model *model, struct value *map, const struct member *member,
			  const char *name, size_t width)
{
	struct maker *maker = &model->maker;

	map_text(maker, map, "name", name);
	map_text(maker, map, "name_fill", fill(name, width));
	map_text(maker, map, "tlfs", member_tlfs_name(member));
	map_column(maker, map, "offset", member->offset, "offset_fill", 6);
	map_number(maker, map, "end", member_end(member));
	map_column(maker, map, "size", member->size, "size_fill", 5);
	map_column(maker, map, "count", member->count, "count_fill", 6);
	map_number(maker, map, "bytes", member_bytes(member));
	map_flag(maker, map, "array", member->array);
	map_text(maker, map, "type", member_type(member));
	map_flag(maker, map, "pad", member->pad);
	map_flag(maker, map, "hole", member->hole);
	map_flag(maker, map, "has_bits", member->bits);
	map_bits(model, map, member, name);
}

static void map_meaning(struct maker *maker, struct value *map, const struct layout *layout,
			const struct member *member, unsigned int lookup)
{
	const struct field *field = member->field;
	const char *c_group = group_c_name(layout, member->group);

	map_flag(maker, map, "encoded", field);
	map_capitals(maker, map, "field", "FIELD", field ? field->name : "");
	map_text(maker, map, "encoding", field ? hex(maker, field->encoding, 8) : "");
	map_flag(maker, map, "in_group", c_group);
	map_text(maker, map, "group", group_name(layout, member->group));
	map_text(maker, map, "GROUP", c_group ? capitals(maker, c_group) : "");
	map_hex(maker, map, "group_mask", member->group >= 0 ? 1ULL << member->group :
		member->group == GROUP_ANY ? 0xffff : 0, 4);
	map_flag(maker, map, "any_group", member->group == GROUP_ANY);
	map_flag(maker, map, "read_only", field && encoding_read_only(field->encoding));
	map_flag(maker, map, "lookup", lookup & LOOKUP_FULL);
	map_flag(maker, map, "lookup_high", lookup & LOOKUP_HIGH);
	map_flag(maker, map, "copy_entry", member->copy & COPY_ENTRY);
	map_flag(maker, map, "copy_exit", member->copy & COPY_EXIT);
	map_text(maker, map, "loss", member->loss.drop ? "drop" : "refuse");
	map_hex(maker, map, "neutral", member->loss.neutral, 1);
}

static void map_members(struct model *model, struct value *root, const struct revision *revision)
{
	enum { MEMBER_KEYS = 32 };	/* that the two functions above enter */
	struct value *members = map_list(&model->maker, root, "members");
	size_t width = 0;

	for (size_t i = 0; i < revision->count; i++) {
		size_t len = strlen(model_member_name(model, revision, &revision->members[i]));

		width = len > width ? len : width;
	}
	for (size_t i = 0; i < revision->count; i++) {
		struct value *map = value_map_for(&model->maker, MEMBER_KEYS);
		const struct member *member = &revision->members[i];
		const char *name = model_member_name(model, revision, member);

		map_placement(model, map, member, name, width);
		map_meaning(&model->maker, map, revision->layout, member,
			    model_lookup(model, revision, member));
		list_add(&model->maker, members, map);
	}
}

static void map_aliases(struct maker *maker, struct value *map, const struct revision *revision)
{
	struct value *aliases = map_list(maker, map, "aliases");

	for (size_t i = 0; i < revision->layout->count; i++)
		if (revision->layout->revisions[i]->alias_of == revision)
			list_add(maker, aliases,
				 value_text(maker, revision->layout->revisions[i]->name));
}

/* The highest index of an encoding that a VMREAD finds, for IA32_VMX_VMCS_ENUM. */
static unsigned int highest_index(const struct model *model, const struct revision *revision)
{
	unsigned int highest = 0;

	for (size_t i = 0; i < revision->count; i++) {
		const struct member *member = &revision->members[i];
		unsigned int index;

		if (!(model_lookup(model, revision, member) & LOOKUP_FULL))
			continue;
		index = encoding_index(member->field->encoding);
		if (index > highest)
			highest = index;
	}
	return highest;
}

/* Offset of the launch state in an image; 0 if it has none, since the first word is another. */
static uint32_t launch_state(const struct spec *spec, const struct revision *revision)
{
	const char *name = name_of(spec->names, "launch_state");
	const struct member *member = table_name(&revision->by_name, name);

	return member ? member->offset : 0;
}

static const char *with_name(struct maker *maker, const char *of, const char *name, bool own)
{
	return own ? of : printed(maker, "%s_%s", of, name);
}

const char *map_revision_names(struct model *model, struct value *map,
			       const struct revision *revision)
{
	const char *name = c_name(&model->maker, model_name(model, revision));
	const struct layout *layout = revision->layout;
	bool own = model->target && model_owns_name(model, revision);
	struct maker *maker = &model->maker;
	const char *prefix = with_name(maker, layout->name, name, own);

	map_text(maker, map, "path", revision->path);
	map_capitals(maker, map, "c_name", "C_NAME", with_name(maker, layout->name, name, false));
	map_text(maker, map, "revision_c_name", name);
	map_text(maker, map, "struct", with_name(maker, layout->c_struct, name, own));
	map_text(maker, map, "prefix", prefix);
	return prefix;
}

struct value *model_revision(struct model *model, const struct revision *revision)
{
	struct maker *maker = &model->maker;
	struct value *map = table_object(&model->made, revision);
	const struct layout *layout = revision->layout;

	if (map)
		return map;
	map = value_map_for(maker, 32);
	table_add_object(&model->made, revision, map);
	map_text(maker, map, "name", model_name(model, revision));
	map_value(maker, map, "layout", model_layout(model, layout));
	map_text(maker, map, "layout_name", layout->name);
	map_revision_names(model, map, revision);
	map_flag(maker, map, "has_struct",
		 layout->clean_word || (model->target && model_keeps(model, revision)));
	map_flag(maker, map, "has_id", revision->has_id);
	map_hex(maker, map, "id", revision->id, 8);
	map_number(maker, map, "highest_index", highest_index(model, revision));
	map_flag(maker, map, "natural", revision->natural);
	map_text(maker, map, "source", revision->citation);
	map_wrapped(maker, map, "source_lines", revision->citation);
	map_wrapped(maker, map, "because", revision->because);
	map_text(maker, map, "from", revision->from ? revision->from->path : "");
	map_number(maker, map, "size", revision->size);
	map_number(maker, map, "launch_state", launch_state(model->spec, revision));
	map_aliases(maker, map, revision);
	map_members(model, map, revision);
	if (model->target)
		map_plans(model, map, revision);
	return map;
}

static void map_clean(struct maker *maker, struct value *map, const struct layout *layout)
{
	struct value *groups = map_list(maker, map, "groups");
	unsigned int often = 0;

	map_flag(maker, map, "clean", layout->clean_word);
	map_text(maker, map, "clean_word", layout->clean_word);
	map_text(maker, map, "clean_prefix", layout->clean_prefix);
	for (int bit = 0; bit < GROUPS; bit++) {
		struct value *group;

		if (!layout->groups[bit].name)
			continue;
		group = list_map(maker, groups);
		map_number(maker, group, "bit", bit);
		map_capitals(maker, group, "name", "NAME", layout->groups[bit].name);
		often |= layout->groups[bit].often << bit;
	}
	map_hex(maker, map, "seldom_mask", 0xffff & ~often, 4);
}

static void add_names(struct maker *maker, struct value *names, const struct takings *takings,
		      const struct layout *layout)
{
	for (size_t i = 0; i < takings->count; i++) {
		struct value *of;

		if (takings->of[i].revision->layout != layout)
			continue;
		of = list_map(maker, names);
		map_text(maker, of, "name", takings->of[i].name);
		map_text(maker, of, "c_name", c_name(maker, takings->of[i].name));
	}
}

/* The names of the revisions that the target takes of the layout, the default first. */
static void map_names(struct model *model, struct value *map, const struct layout *layout)
{
	struct maker *maker = &model->maker;
	struct value *names = map_list(maker, map, "names");

	if (!model->target)
		return;
	add_names(maker, names, &model->target->memory, layout);
	add_names(maker, names, &model->target->images, layout);
	add_names(maker, names, &model->target->pages, layout);
}

struct value *model_layout(struct model *model, const struct layout *layout)
{
	struct maker *maker = &model->maker;
	struct value *map = table_object(&model->made, layout);

	if (map)
		return map;
	map = value_map_for(maker, 16);
	table_add_object(&model->made, layout, map);
	map_capitals(maker, map, "name", "NAME", layout->name);
	map_text(maker, map, "struct", layout->c_struct);
	map_flag(maker, map, "translates", model->target && model_translates(model, layout));
	map_flag(maker, map, "some_lack", model_some_lack(model, layout));
	map_layout_existence(model, map, layout);
	map_number(maker, map, "region", layout->size);
	map_flag(maker, map, "has_version", layout->has_version);
	map_number(maker, map, "version", layout->version);
	map_flag(maker, map, "has_table", layout->table);
	map_text(maker, map, "table", layout->table);
	map_text(maker, map, "table_count", layout->table_count);
	map_names(model, map, layout);
	map_clean(maker, map, layout);
	return map;
}

static void map_layouts(struct model *model, struct value *root)
{
	struct maker *maker = &model->maker;
	struct value *layouts = map_list(maker, root, "layouts");

	for (size_t i = 0; i < model->spec->layout_count; i++) {
		const struct layout *layout = model->spec->layouts[i];
		struct value *map, *revisions;

		if (!model_has_layout(model, layout))
			continue;
		map = model_layout(model, layout);
		revisions = map_list(maker, map, "revisions");
		list_add(maker, layouts, map);
		for (size_t j = 0; j < layout->count; j++)
			if (model_takes(model, layout->revisions[j]))
				list_add(maker, revisions,
					 model_revision(model, layout->revisions[j]));
	}
}

/* Whether the other files of a target need the files that these flags guard. */
static void map_needs(struct model *model, struct value *root)
{
	const struct target *target = model->target;
	struct maker *maker = &model->maker;
	bool names = target && (target->all_fields || target->mask_count);

	for (size_t i = 0; target && i < target->memory.count; i++) {
		const struct revision *revision = target->memory.of[i].revision;

		names |= existence_of(model->spec, target_default(target, revision->layout)) ||
			 model_some_lack(model, revision->layout);
	}
	map_flag(maker, root, "all_fields", target && target->all_fields);
	map_flag(maker, root, "names_controls", names);
}

struct value *model_spec(struct model *model)
{
	struct maker *maker = &model->maker;
	const struct spec *spec = model->spec;
	struct value *root = model->root, *list;

	if (root)
		return root;
	root = model->root = value_map_for(maker, 16);
	map_needs(model, root);
	map_sections(model, root);
	map_control_words(maker, root, spec);
	map_existence(maker, root, spec);
	map_layouts(model, root);
	list = map_list(maker, root, "shadows");
	for (size_t i = 0; i < spec->shadow_count; i++)
		list_add(maker, list, model_shadow(model, spec->shadows[i]));
	list = map_list(maker, root, "supports");
	for (size_t i = 0; i < spec->support_count; i++)
		list_add(maker, list, model_support(maker, spec, spec->supports[i]));
	map_targets(maker, root, spec);
	return root;
}

struct value *root_of_layout(struct model *model, const struct layout *layout)
{
	struct value *map = value_map(&model->maker);

	map_value(&model->maker, map, "layout", model_layout(model, layout));
	return map;
}

struct value *root_of_revision(struct model *model, const struct revision *revision)
{
	struct value *map = root_of_layout(model, revision->layout);

	map_value(&model->maker, map, "revision", model_revision(model, revision));
	return map;
}

struct value *root_of_support(struct model *model, const struct support *support)
{
	struct value *map = root_of_layout(model, support->revision->layout);

	map_value(&model->maker, map, "support",
		  model_support(&model->maker, model->spec, support));
	return map;
}

void model_init(struct model *model, const struct spec *spec, bool tlfs_names)
{
	*model = (struct model){ .spec = spec, .tlfs_names = tlfs_names };
	model->maker = (struct maker){ .arena = spec->arena, .names = spec->names };
	slots_place(&model->slots, spec);
}

void model_free(struct model *model)
{
	table_free(&model->made);
	table_free(&model->taken);
}
