// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <ctype.h>
#include <string.h>

#include "emit/forms.h"
#include "emit/model.h"
#include "emit/model_exists.h"
#include "emit/model_plan.h"

static const char *width_name(uint32_t encoding)
{
	static const char * const names[] = { "16", "64", "32", "natural" };

	return names[encoding_width(encoding)];
}

static const char *type_name(uint32_t encoding)
{
	static const char * const names[] = { "control", "read-only", "guest", "host" };

	return names[encoding_type(encoding)];
}

static struct value *model_field(struct model *model, const struct field *field)
{
	struct maker *maker = &model->maker;
	struct value *map = value_map(maker), *names = value_list(maker);

	map_text(maker, map, "name", field->name);
	map_text(maker, map, "NAME", capitals(maker, field->name));
	map_hex(maker, map, "encoding", field->encoding, 8);
	map_text(maker, map, "width", width_name(field->encoding));
	map_text(maker, map, "WIDTH", capitals(maker, width_name(field->encoding)));
	map_number(maker, map, "bytes", encoding_size(field->encoding));
	map_text(maker, map, "kind", type_name(field->encoding));
	map_text(maker, map, "KIND", capitals(maker, type_name(field->encoding)));
	map_flag(maker, map, "read_only", encoding_read_only(field->encoding));
	map_number(maker, map, "index", encoding_index(field->encoding));
	map_number(maker, map, "slot", slot_of(&model->slots, field->encoding));
	map_flag(maker, map, "high", field_has_high(field));
	map_hex(maker, map, "high_encoding", field->encoding | ENCODING_HIGH, 8);
	for (size_t i = 0; i < field->linux_count; i++)
		list_add(maker, names, value_text(maker, field->linux_names[i]));
	map_value(maker, map, "linux", names);
	map_text(maker, map, "tlfs", field->tlfs);
	return map;
}

/* Fields of one width and type, as the SDM's appendix B has a table for them. */
static struct value *model_section(struct model *model, const struct field *field,
				   struct value *fields)
{
	struct value *map = value_map(&model->maker);
	const char *width = width_name(field->encoding);

	map_text(&model->maker, map, "title",
		 printed(&model->maker, "%s%s %s fields", width, isdigit(*width) ? "-bit" : "-width",
			 type_name(field->encoding)));
	map_value(&model->maker, map, "fields", fields);
	return map;
}

static struct value *model_sections(struct model *model)
{
	struct value *sections = value_list(&model->maker), *fields = NULL;
	const struct spec *spec = model->spec;

	for (size_t i = 0; i < spec->field_count; i++) {
		const struct field *field = spec->fields[i];

		if (!i || (spec->fields[i - 1]->encoding ^ field->encoding) & 0x6c00) {
			fields = value_list(&model->maker);
			list_add(&model->maker, sections, model_section(model, field, fields));
		}
		list_add(&model->maker, fields, model_field(model, field));
	}
	return sections;
}

/* What takes the encodings of a width and type to their slots, where there are fields. */
static struct value *model_rows(struct model *model)
{
	struct value *rows = value_list(&model->maker);
	const struct spec *spec = model->spec;

	for (size_t i = 0; i < spec->field_count; i++) {
		uint32_t encoding = spec->fields[i]->encoding;
		struct value *map;

		if (i && slot_row(spec->fields[i - 1]->encoding) == slot_row(encoding))
			continue;
		map = value_map(&model->maker);
		map_number(&model->maker, map, "row", slot_row(encoding));
		map_number(&model->maker, map, "base", model->slots.rows[slot_row(encoding)]);
		list_add(&model->maker, rows, map);
	}
	return rows;
}

static void map_relations(struct model *model, struct value *map, const char *key,
			  const struct relations *relations, bool fields)
{
	struct value *list = value_list(&model->maker);

	for (size_t i = 0; i < relations->count; i++)
		list_add(&model->maker, list,
			 value_text(&model->maker, fields ? relations->of[i].field->name :
						   relations->of[i].control->name));
	map_value(&model->maker, map, key, list);
}

static struct value *model_control(struct model *model, const struct control *control)
{
	struct value *map = value_map(&model->maker);

	map_text(&model->maker, map, "name", control->name);
	map_text(&model->maker, map, "NAME", capitals(&model->maker, control->name));
	map_number(&model->maker, map, "bit", control->bit);
	map_relations(model, map, "adds", &control->adds, true);
	map_relations(model, map, "uses", &control->uses, true);
	map_relations(model, map, "needs", &control->needs, false);
	map_relations(model, map, "excludes", &control->excludes, false);
	return map;
}

static struct value *model_control_word(struct model *model, const struct control_word *word)
{
	struct maker *maker = &model->maker;
	struct value *map = value_map(maker), *controls = value_list(maker);
	unsigned int bits = encoding_size(word->field->encoding) * 8;

	map_text(maker, map, "name", word->field->name);
	map_text(maker, map, "NAME", capitals(maker, word->field->name));
	map_hex(maker, map, "encoding", word->field->encoding, 8);
	map_number(maker, map, "width", bits);
	map_flag(maker, map, "wide", bits == 64);
	map_text(maker, map, "mask", word->mask);
	map_flag(maker, map, "has_default1", word->default1);
	map_hex(maker, map, "default1", word->default1, bits / 4);
	for (size_t i = 0; i < word->count; i++)
		list_add(maker, controls, model_control(model, &word->controls[i]));
	map_value(maker, map, "controls", controls);
	return map;
}

static struct value *model_bits(struct model *model, const struct member *member)
{
	const struct word *word = member->word;
	struct value *list = word ? value_list(&model->maker) : value_nothing(&model->maker);
	unsigned int bit = 0;

	for (size_t i = 0; word && i < word->count; i++) {
		struct value *map = value_map(&model->maker);

		map_text(&model->maker, map, "name", word->bits[i].name);
		map_text(&model->maker, map, "member_name", member->name);
		map_number(&model->maker, map, "bit", bit);
		map_number(&model->maker, map, "width", word->bits[i].width);
		map_hex(&model->maker, map, "most", UINT64_MAX >> (64 - word->bits[i].width), 1);
		map_hex(&model->maker, map, "mask",
			(UINT64_MAX >> (64 - word->bits[i].width)) << bit, word->size * 2);
		list_add(&model->maker, list, map);
		bit += word->bits[i].width;
	}
	return list;
}

/* Columns of the text table: what each needs at the most. */
struct columns {
	size_t name;
};

static void map_placement(struct model *model, struct value *map, const struct member *member,
			  const struct columns *columns)
{
	struct maker *maker = &model->maker;
	const char *name = model->tlfs_names ? member_tlfs_name(member) : member->name;

	map_text(maker, map, "name", name);
	map_text(maker, map, "name_fill", fill(name, columns->name));
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
	map_flag(maker, map, "word", member->word);
	map_value(maker, map, "bits", model_bits(model, member));
}

static void map_meaning(struct model *model, struct value *map, const struct layout *layout,
			const struct member *member)
{
	struct maker *maker = &model->maker;
	const char *group = group_name(layout, member->group);
	const char *c_group = group_c_name(layout, member->group);
	unsigned int lookup = member_lookup(member);

	map_flag(maker, map, "encoded", member->field);
	map_text(maker, map, "field", member->field ? member->field->name : "");
	map_text(maker, map, "FIELD", member->field ? capitals(maker, member->field->name) : "");
	map_text(maker, map, "encoding",
		 member->field ? hex(maker, member->field->encoding, 8) : "");
	map_flag(maker, map, "in_group", group);
	map_text(maker, map, "group", group);
	map_text(maker, map, "GROUP", c_group ? capitals(maker, c_group) : "");
	map_hex(maker, map, "group_mask", member->group >= 0 ? 1ULL << member->group :
		member->group == GROUP_ANY ? 0xffff : 0, 4);
	map_flag(maker, map, "lookup", lookup & LOOKUP_FULL);
	map_flag(maker, map, "lookup_high", lookup & LOOKUP_HIGH);
	map_flag(maker, map, "copy_entry", member->copy & COPY_ENTRY);
	map_flag(maker, map, "copy_exit", member->copy & COPY_EXIT);
	map_text(maker, map, "loss", member->loss.drop ? "drop" : "refuse");
	map_hex(maker, map, "neutral", member->loss.neutral, 1);
	map_wrapped(maker, map, "because", member->because);
}

/* What the two above enter. */
enum { MEMBER_KEYS = 32 };

static struct value *model_members(struct model *model, const struct revision *revision)
{
	struct value *members = value_list(&model->maker);
	struct columns columns = { .name = 0 };

	for (size_t i = 0; i < revision->count; i++) {
		const struct member *member = &revision->members[i];
		size_t len = strlen(model->tlfs_names ? member_tlfs_name(member) : member->name);

		columns.name = len > columns.name ? len : columns.name;
	}
	for (size_t i = 0; i < revision->count; i++) {
		struct value *map = value_map_for(&model->maker, MEMBER_KEYS);

		map_placement(model, map, &revision->members[i], &columns);
		map_meaning(model, map, revision->layout, &revision->members[i]);
		list_add(&model->maker, members, map);
	}
	return members;
}

static struct value *model_aliases(struct model *model, const struct revision *revision)
{
	struct value *aliases = value_list(&model->maker);

	for (size_t i = 0; i < revision->layout->count; i++)
		if (revision->layout->revisions[i]->same == revision)
			list_add(&model->maker, aliases,
				 value_text(&model->maker, revision->layout->revisions[i]->name));
	return aliases;
}

/* The highest index of an encoding that a VMREAD finds, for IA32_VMX_VMCS_ENUM. */
static unsigned int highest_index(const struct revision *revision)
{
	unsigned int highest = 0;

	for (size_t i = 0; i < revision->count; i++) {
		const struct member *member = &revision->members[i];
		unsigned int index;

		if (!(member_lookup(member) & LOOKUP_FULL))
			continue;
		index = encoding_index(member->field->encoding);
		if (index > highest)
			highest = index;
	}
	return highest;
}

static struct value *model_layout(struct model *model, const struct layout *layout);

struct value *model_revision(struct model *model, const struct revision *revision)
{
	struct maker *maker = &model->maker;
	struct value *map = table_get(&model->made, revision, (uintptr_t)revision >> 4);
	const struct layout *layout = revision->layout;
	const char *name;

	if (map)
		return map;
	map = value_map(maker);
	table_add(&model->made, revision, (uintptr_t)revision >> 4, map);
	name = printed(maker, "%s_%s", layout->c_struct, c_name(maker, revision->name));
	map_text(maker, map, "name", revision->name);
	map_value(maker, map, "layout", model_layout(model, layout));
	map_text(maker, map, "layout_name", layout->name);
	map_text(maker, map, "path", printed(maker, "%s/%s", layout->name, revision->name));
	map_text(maker, map, "c_name", revision_c_name(maker, revision));
	map_text(maker, map, "revision_c_name", c_name(maker, revision->name));
	map_text(maker, map, "struct", name);
	map_text(maker, map, "STRUCT", capitals(maker, name));
	map_flag(maker, map, "has_id", revision->has_id);
	map_hex(maker, map, "id", revision->id, 8);
	map_number(maker, map, "highest_index", highest_index(revision));
	map_flag(maker, map, "natural", revision->natural);
	map_text(maker, map, "source", revision->citation);
	map_wrapped(maker, map, "source_lines", revision->citation);
	map_wrapped(maker, map, "because", revision->because);
	map_text(maker, map, "from", revision->from ?
		 printed(maker, "%s/%s", revision->from->layout->name, revision->from->name) : "");
	map_number(maker, map, "size", revision->size);
	map_value(maker, map, "aliases", model_aliases(model, revision));
	map_value(maker, map, "members", model_members(model, revision));
	if (model->plans)
		map_plans(maker, map, model->spec, revision, &model->plan_rows);
	return map;
}

const struct value **model_elements(struct model *model, const struct value *map,
				    const char *key)
{
	struct key name = { .name = name_of(model->maker.names, key) };
	const struct value **elements, *list;
	size_t count = 0;

	list = value_get(map, &name);
	for (struct element *element = list->list->first; element; element = element->next)
		count++;
	elements = arena_alloc(model->maker.arena, (count + 1) * sizeof(*elements));
	count = 0;
	for (struct element *element = list->list->first; element; element = element->next)
		elements[count++] = element->value;
	return elements;
}

static void map_clean(struct model *model, struct value *map, const struct layout *layout)
{
	struct maker *maker = &model->maker;
	struct value *groups = value_list(maker);
	unsigned int often = 0;

	map_flag(maker, map, "clean", layout->clean_word);
	map_text(maker, map, "clean_word", layout->clean_word);
	map_text(maker, map, "clean_prefix", layout->clean_prefix);
	for (int bit = 0; bit < GROUPS; bit++) {
		struct value *group;

		if (!layout->groups[bit].name)
			continue;
		group = value_map(maker);
		map_number(maker, group, "bit", bit);
		map_text(maker, group, "name", layout->groups[bit].name);
		map_text(maker, group, "NAME", capitals(maker, layout->groups[bit].name));
		list_add(maker, groups, group);
		often |= layout->groups[bit].often << bit;
	}
	map_value(maker, map, "groups", groups);
	map_hex(maker, map, "seldom_mask", 0xffff & ~often, 4);
}

/* The revisions by name alone, for what stands beside all of them. */
static struct value *model_names(struct model *model, const struct layout *layout)
{
	struct maker *maker = &model->maker;
	struct value *names = value_list(maker);
	unsigned int number = 0;

	for (size_t i = 0; i < layout->count; i++) {
		const char *name = layout->revisions[i]->name;
		struct value *map;

		if (!revision_is_whole(layout->revisions[i]))
			continue;
		map = value_map(maker);
		map_text(maker, map, "name", name);
		map_text(maker, map, "c_name", c_name(maker, name));
		map_text(maker, map, "NAME", capitals(maker, name));
		map_number(maker, map, "number", ++number);
		list_add(maker, names, map);
	}
	return names;
}

static struct value *model_layout(struct model *model, const struct layout *layout)
{
	struct maker *maker = &model->maker;
	struct value *map = table_get(&model->made, layout, (uintptr_t)layout >> 4);

	if (map)
		return map;
	map = value_map(maker);
	table_add(&model->made, layout, (uintptr_t)layout >> 4, map);
	map_text(maker, map, "name", layout->name);
	map_text(maker, map, "NAME", capitals(maker, layout->name));
	map_text(maker, map, "struct", layout->c_struct);
	map_number(maker, map, "region", layout->size);
	map_flag(maker, map, "natural", layout->natural);
	map_flag(maker, map, "has_version", layout->has_version);
	map_number(maker, map, "version", layout->version);
	map_flag(maker, map, "has_table", layout->table);
	map_text(maker, map, "table", layout->table);
	map_text(maker, map, "table_count", layout->table_count);
	map_value(maker, map, "names", model_names(model, layout));
	map_clean(model, map, layout);
	return map;
}

/* Whether the masks of @support list @control, for one role or for all. */
static bool is_listed(const struct support *support, const struct control *control,
		      const char *role)
{
	bool yes = false;

	for (size_t i = 0; i < support->count; i++) {
		const struct decision *decision = &support->decisions[i];

		if (decision->control == control && (!decision->role || decision->role == role))
			yes = decision->yes;
	}
	return yes != support->lists_unsupported;
}

static struct value *model_role_mask(struct model *model, const struct support *support,
				     const struct control_word *word, const char *role)
{
	struct maker *maker = &model->maker;
	struct value *map = value_map(maker);
	struct value *more = value_list(maker), *fewer = value_list(maker);

	for (size_t i = 0; i < word->count; i++) {
		const struct control *control = &word->controls[i];
		bool here = is_listed(support, control, role);

		if (here != is_listed(support, control, NULL))
			list_add(maker, here ? more : fewer,
				 value_text(maker, capitals(maker, control->name)));
	}
	map_text(maker, map, "role", role);
	map_text(maker, map, "ROLE", capitals(maker, role));
	map_value(maker, map, "more", more);
	map_value(maker, map, "fewer", fewer);
	return map;
}

/* One name in the sum that a mask is. */
static void add_term(struct model *model, struct value *terms, const char *kind, const char *name)
{
	list_add(&model->maker, terms,
		 value_text(&model->maker,
			    printed(&model->maker, "VMCS_%s_%s", kind, capitals(&model->maker, name))));
}

static struct value *model_mask(struct model *model, const struct support *support,
				const struct control_word *word)
{
	struct maker *maker = &model->maker;
	struct value *map = value_map(maker);
	struct value *terms = value_list(maker), *roles = value_list(maker);
	uint64_t value = support->lists_unsupported ? 0 : word->default1;

	if (value)
		add_term(model, terms, "DEFAULT1", word->field->name);
	for (size_t i = 0; i < word->count; i++)
		if (is_listed(support, &word->controls[i], NULL)) {
			add_term(model, terms, "CTRL", word->controls[i].name);
			value |= 1ULL << word->controls[i].bit;
		}
	for (size_t i = 0; i < support->role_count; i++)
		list_add(maker, roles, model_role_mask(model, support, word, support->roles[i]));
	map_text(maker, map, "name", printed(maker, "%s_%s", support->prefix, word->mask));
	map_text(maker, map, "word", word->field->name);
	map_value(maker, map, "terms", terms);
	map_value(maker, map, "roles", roles);
	map_flag(maker, map, "wide", encoding_size(word->field->encoding) == 8);
	map_hex(maker, map, "value", value, encoding_size(word->field->encoding) * 2);
	return map;
}

static struct value *model_decision(struct model *model, const struct decision *decision)
{
	struct maker *maker = &model->maker;
	struct value *map = value_map(maker);

	map_text(maker, map, "name", decision->control->name);
	map_text(maker, map, "NAME", capitals(maker, decision->control->name));
	map_text(maker, map, "word", decision->control->word->field->name);
	map_text(maker, map, "role", decision->role);
	map_flag(maker, map, "supported", decision->yes);
	map_text(maker, map, "reason", decision->because);
	map_wrapped(maker, map, "because", decision->because);
	return map;
}

static struct value *model_support(struct model *model, const struct support *support)
{
	struct maker *maker = &model->maker;
	const struct spec *spec = model->spec;
	struct value *map = value_map(maker), *masks = value_list(maker);
	struct value *decisions = value_list(maker), *reasons = value_list(maker);
	const struct revision *revision = support->revision;

	map_text(maker, map, "name", support->name);
	map_text(maker, map, "path",
		 printed(maker, "%s/%s", revision->layout->name, support->name));
	map_text(maker, map, "NAME", capitals(maker, support->name));
	map_text(maker, map, "source", support->citation);
	map_wrapped(maker, map, "source_lines", support->citation);
	map_text(maker, map, "prefix", support->prefix);
	map_flag(maker, map, "lists_unsupported", support->lists_unsupported);
	for (size_t i = 0; i < spec->control_word_count; i++)
		if (spec->control_words[i]->mask)
			list_add(maker, masks,
				 model_mask(model, support, spec->control_words[i]));
	for (size_t i = 0; i < support->count; i++) {
		list_add(maker, decisions, model_decision(model, &support->decisions[i]));
		if (support->decisions[i].because)
			list_add(maker, reasons,
				 model_decision(model, &support->decisions[i]));
	}
	map_value(maker, map, "masks", masks);
	map_value(maker, map, "decisions", decisions);
	map_value(maker, map, "reasons", reasons);
	return map;
}

/* The fields of one width, if there are any: the kernel reads them in that order. */
static void add_shadow_width(struct model *model, struct value *widths,
			     const struct shadow *shadow, enum encoding_width width,
			     const char *title)
{
	struct maker *maker = &model->maker;
	struct value *map = value_map(maker), *fields = value_list(maker);
	size_t count = 0;

	for (size_t i = 0; i < shadow->count; i++) {
		const struct shadow_field *entry = &shadow->fields[i];
		struct value *field;

		if (encoding_width(entry->member->field->encoding) != width ||
		    entry->kind == SHADOW_RARE)
			continue;
		field = value_map(maker);
		map_text(maker, field, "name", entry->member->name);
		map_text(maker, field, "FIELD", capitals(maker, entry->member->field->name));
		map_flag(maker, field, "writable", entry->kind == SHADOW_RW);
		map_flag(maker, field, "high", entry->high);
		list_add(maker, fields, field);
		count++;
	}
	map_text(maker, map, "title", title);
	map_value(maker, map, "fields", fields);
	if (count)
		list_add(maker, widths, map);
}

/* What a list says about a field, and about its high half: names, or empty. */
static const char *shadow_kind(const struct shadow *shadow, const struct member *member, bool high)
{
	static const char * const names[] = { "RO", "RW", "RARE" };

	for (size_t i = 0; i < shadow->count; i++)
		if (shadow->fields[i].member == member && shadow->fields[i].high == high)
			return names[shadow->fields[i].kind];
	return "";
}

/* Both, for each field of which it says something. */
static struct value *model_kept(struct model *model, const struct shadow *shadow)
{
	struct maker *maker = &model->maker;
	struct value *kept = value_list(maker);
	const struct revision *revision = shadow->revision;

	for (size_t i = 0; i < revision->count; i++) {
		const struct member *member = &revision->members[i];
		const char *full = shadow_kind(shadow, member, false);
		const char *high = shadow_kind(shadow, member, true);
		struct value *field;

		if (!*full && !*high)
			continue;
		field = value_map(maker);
		map_text(maker, field, "FIELD", capitals(maker, member->field->name));
		map_text(maker, field, "full", full);
		map_text(maker, field, "high", high);
		map_flag(maker, field, "both", *full && *high);
		list_add(maker, kept, field);
	}
	return kept;
}

static struct value *model_shadow(struct model *model, const struct shadow *shadow)
{
	struct maker *maker = &model->maker;
	struct value *map = value_map(maker), *widths = value_list(maker), *rare = value_list(maker);
	const struct revision *revision = shadow->revision;

	for (size_t i = 0; i < shadow->count; i++)
		if (shadow->fields[i].kind == SHADOW_RARE)
			list_add(maker, rare, value_text(maker, shadow->fields[i].member->name));
	map_text(maker, map, "path",
		 printed(maker, "%s/%s", revision->layout->name, revision->name));
	add_shadow_width(model, widths, shadow, WIDTH_16, "16 bits");
	add_shadow_width(model, widths, shadow, WIDTH_32, "32 bits");
	add_shadow_width(model, widths, shadow, WIDTH_NATURAL, "natural width");
	add_shadow_width(model, widths, shadow, WIDTH_64, "64 bits");
	map_value(maker, map, "widths", widths);
	map_value(maker, map, "rare", rare);
	map_value(maker, map, "kept", model_kept(model, shadow));
	return map;
}

static void add_layouts(struct model *model, struct value *root)
{
	struct value *layouts = value_list(&model->maker);
	const struct spec *spec = model->spec;

	for (size_t i = 0; i < spec->layout_count; i++) {
		const struct layout *layout = spec->layouts[i];
		struct value *map = model_layout(model, layout);
		struct value *revisions = value_list(&model->maker);

		map_value(&model->maker, map, "revisions", revisions);
		for (size_t j = 0; j < layout->count; j++)
			if (revision_is_whole(layout->revisions[j]))
				list_add(&model->maker, revisions,
					 model_revision(model, layout->revisions[j]));
		list_add(&model->maker, layouts, map);
	}
	map_value(&model->maker, root, "layouts", layouts);
}

struct value *model_spec(struct model *model)
{
	struct maker *maker = &model->maker;
	const struct spec *spec = model->spec;
	struct value *words = value_list(maker), *shadows = value_list(maker);
	struct value *supports = value_list(maker);

	if (model->root)
		return model->root;
	model->root = value_map(maker);
	for (size_t i = 0; i < spec->control_word_count; i++)
		list_add(maker, words, model_control_word(model, spec->control_words[i]));
	for (size_t i = 0; i < spec->shadow_count; i++)
		list_add(maker, shadows, model_shadow(model, spec->shadows[i]));
	for (size_t i = 0; i < spec->support_count; i++)
		list_add(maker, supports, model_support(model, spec->supports[i]));
	map_value(maker, model->root, "sections", model_sections(model));
	map_value(maker, model->root, "rows", model_rows(model));
	map_number(maker, model->root, "slots", model->slots.count);
	map_value(maker, model->root, "control_words", words);
	map_existence(maker, model->root, spec);
	add_layouts(model, model->root);
	map_value(maker, model->root, "shadows", shadows);
	map_value(maker, model->root, "supports", supports);
	return model->root;
}

struct value *model_of_layout(struct model *model, const struct layout *layout)
{
	struct value *map = value_map(&model->maker);

	map_value(&model->maker, map, "layout", model_layout(model, layout));
	return map;
}

struct value *model_of_revision(struct model *model, const struct revision *revision)
{
	struct value *map = model_of_layout(model, revision->layout);

	map_value(&model->maker, map, "revision", model_revision(model, revision));
	return map;
}

struct value *model_of_support(struct model *model, const struct support *support)
{
	struct value *map = model_of_layout(model, support->revision->layout);

	map_value(&model->maker, map, "support", model_support(model, support));
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
}
