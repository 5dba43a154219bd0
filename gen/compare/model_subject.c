// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <string.h>

#include "compare/find_in_spec.h"
#include "compare/model_subject.h"
#include "emit/forms.h"

enum { PATH_COLUMNS = 22 };

static void map_bit(struct maker *maker, struct value *map, const struct control_word *word,
		    const struct control *control, unsigned int bit)
{
	map_capitals(maker, map, "name", "NAME", control ? control->name : "");
	map_text(maker, map, "sdm", control ? control->sdm : NULL);
	map_text(maker, map, "word", word->field->name);
	map_hex(maker, map, "word_encoding", word->field->encoding, 8);
	map_number(maker, map, "bit", bit);
	map_hex(maker, map, "mask", 1ULL << bit, encoding_size(word->field->encoding) * 2);
}

static void subject_control(struct maker *maker, struct value *list, const struct control *control)
{
	map_bit(maker, list_map(maker, list), control->word, control, control->bit);
}

/* Whether one of @relations is @object, a field or a control. */
static bool relates(const struct relations *relations, const void *object)
{
	for (size_t i = 0; i < relations->count; i++)
		if (relations->of[i].field == object)
			return true;
	return false;
}

static void subject_relations(struct maker *maker, struct value *map, const char *key,
			  const struct relations *relations, bool fields)
{
	struct value *list = map_list(maker, map, key);

	for (size_t i = 0; i < relations->count; i++) {
		const struct relation *relation = &relations->of[i];
		struct value *entry;

		if (!fields) {
			subject_control(maker, list, relation->control);
			continue;
		}
		entry = list_map(maker, list);
		map_capitals(maker, entry, "name", "NAME", relation->field->name);
		map_hex(maker, entry, "encoding", relation->field->encoding, 8);
	}
}

/* A control that adds something, with those that it needs, of which some add its word. */
static void subject_adder(struct model *model, struct value *adders, const struct control *control)
{
	struct value *map = list_map(&model->maker, adders), *needs;
	const struct spec *spec = model->spec;

	map_bit(&model->maker, map, control->word, control, control->bit);
	needs = map_list(&model->maker, map, "needs");
	for (size_t i = 0; i < spec->control_count; i++)
		if (relates(&control->needs, spec->controls[i]) ||
		    relates(&spec->controls[i]->adds, control->word->field))
			subject_control(&model->maker, needs, spec->controls[i]);
}

/* The controls that add a field, and those that use it. */
static void map_relating_controls(struct model *model, struct value *map, const struct field *field)
{
	struct value *adders = map_list(&model->maker, map, "adders");
	struct value *users = map_list(&model->maker, map, "users");

	for (size_t i = 0; i < model->spec->control_count; i++) {
		const struct control *control = model->spec->controls[i];

		if (relates(&control->adds, field))
			subject_adder(model, adders, control);
		if (relates(&control->uses, field))
			subject_control(&model->maker, users, control);
	}
}

/* Who writes a field, beside the hypervisor that it is of. */
static const char *writers(struct maker *maker, const struct field *field)
{
	if (field->changed)
		return printed(maker, "L1; below it %s", field->changed);
	if (field->unchanged)
		return encoding_read_only(field->encoding) ?
			printed(maker, "nobody: %s", field->unchanged) :
			printed(maker, "L1 alone: %s", field->unchanged);
	switch (encoding_type(field->encoding)) {
	case TYPE_READ_ONLY:
		return "an exit";
	case TYPE_GUEST:
		return "L1, L2 and an exit, which saves it";
	default:
		return "L1 alone";
	}
}

static void map_names_of_field(struct maker *maker, struct value *map, const struct field *field)
{
	struct value *names = map_list(maker, map, "linux");

	map_capitals(maker, map, "name", "NAME", field->name);
	map_text(maker, map, "sdm", field->sdm);
	map_text(maker, map, "tlfs", field->tlfs);
	for (size_t i = 0; i < field->linux_count; i++)
		list_add(maker, names, value_text(maker, field->linux_names[i]));
}

/* The lines of dumps that have a field, with the headings above them. */
static void map_dumps(struct model *model, struct value *map, const struct field *field)
{
	struct maker *maker = &model->maker;
	struct value *dumps = map_list(maker, map, "dumps");

	for (size_t i = 0; i < model->spec->dump_count; i++) {
		const struct dump_form *form = &model->spec->dumps[i];
		const char *heading = NULL;

		for (size_t j = 0; j < form->count; j++) {
			const struct dump_line *line = &form->lines[j];
			struct value *entry;
			size_t at = 0;

			heading = line->heading ? line->heading : heading;
			while (at < line->count && line->values[at].field != field)
				at++;
			if (at == line->count)
				continue;
			entry = list_map(maker, dumps);
			map_text(maker, entry, "form", form->name);
			map_text(maker, entry, "line", line->text);
			map_number(maker, entry, "value", at + 1);
			map_text(maker, entry, "heading", heading);
		}
	}
}

static void map_field(struct model *model, struct value *map, const struct field *field)
{
	static const char *const widths[] = { "16-bit", "64-bit", "32-bit", "natural-width" };
	static const char *const kinds[] = { "control", "read-only data", "guest-state",
					      "host-state" };
	const struct control_word *word = spec_control_word(model->spec, field);
	struct maker *maker = &model->maker;
	struct value *controls;

	map_names_of_field(maker, map, field);
	map_hex(maker, map, "encoding", field->encoding, 8);
	map_number(maker, map, "encoding_decimal", field->encoding);
	map_text(maker, map, "width", widths[encoding_width(field->encoding)]);
	map_text(maker, map, "kind", kinds[encoding_type(field->encoding)]);
	map_flag(maker, map, "read_only", encoding_read_only(field->encoding));
	map_number(maker, map, "index", encoding_index(field->encoding));
	map_number(maker, map, "bytes", encoding_size(field->encoding));
	map_flag(maker, map, "has_high", field_has_high(field));
	map_hex(maker, map, "high_encoding", field->encoding | ENCODING_HIGH, 8);
	map_text(maker, map, "writers", writers(maker, field));
	map_text(maker, map, "loss", field->loss.drop ? "drop" : "");
	map_text(maker, map, "neutral",
		 field->loss.neutral ? hex(maker, field->loss.neutral, 1) : "");
	map_flag(maker, map, "is_word", word);
	map_text(maker, map, "default1", word && word->default1 ?
		 hex(maker, word->default1, encoding_size(field->encoding) * 2) : "");
	map_dumps(model, map, field);
	controls = map_list(maker, map, "controls");
	for (size_t i = 0; word && i < word->count; i++)
		subject_control(maker, controls, &word->controls[i]);
	map_relating_controls(model, map, field);
}

/* What a revision has: a member with the field's encoding, or with its name and without one. */
static const struct member *member_in(const struct revision *revision,
				      const struct subject *subject)
{
	const struct field *field = subject->field;
	const struct member *member = field ?
		table_number(&revision->by_encoding, field->encoding) : NULL;

	if (member)
		return member;
	member = table_name(&revision->by_name, field ? field->name : subject->member->name);
	return member && !member->pad && !member->field ? member : NULL;
}

/* What is said of the member that a revision has. */
static void subject_member(struct model *model, struct value *map, const struct revision *revision,
		       const struct subject *subject, const struct member *member)
{
	const char *group = group_name(revision->layout, member->group);
	struct maker *maker = &model->maker;

	map_text(maker, map, "member", member_shown_name(member, model->tlfs_names));
	map_column(maker, map, "offset", member->offset, "offset_fill", 6);
	map_hex(maker, map, "offset_hex", member->offset, 3);
	map_number(maker, map, "bytes", member_bytes(member));
	map_flag(maker, map, "without_encoding", subject->field && !member->field);
	map_text(maker, map, "group", group);
	map_flag(maker, map, "in_group", member->group >= 0);
	map_number(maker, map, "group_bit", member->group >= 0 ? member->group : 0);
	map_flag(maker, map, "looked_up", member_lookup(member) & LOOKUP_FULL);
}

static void add_place(struct model *model, struct value *places, struct value *without,
		      const struct revision *revision, const struct subject *subject)
{
	const struct member *member = member_in(revision, subject);
	struct maker *maker = &model->maker;
	struct value *map = list_map(maker, places), *also = map_list(maker, map, "also");

	map_text(maker, map, "path", revision->path);
	map_text(maker, map, "path_fill", fill(revision->path, PATH_COLUMNS));
	for (const struct revision *other = revision->next_alias; other; other = other->next_alias)
		list_add(maker, also, value_text(maker, other->path));
	map_flag(maker, map, "there", member);
	if (member)
		subject_member(model, map, revision, subject, member);
	else
		list_add(maker, without, value_text(maker, revision->path));
}

/* What each revision has of it. */
static void map_places(struct model *model, struct value *map, const struct subject *subject)
{
	struct value *places = map_list(&model->maker, map, "places");
	struct value *without = map_list(&model->maker, map, "without");

	for (size_t i = 0; i < model->spec->layout_count; i++)
		for (size_t j = 0; j < model->spec->layouts[i]->count; j++)
			if (revision_is_whole(model->spec->layouts[i]->revisions[j]))
				add_place(model, places, without,
					  model->spec->layouts[i]->revisions[j], subject);
	map_flag(&model->maker, map, "held", places->list->count > without->list->count);
}

/* What a target copies between one of its pages and memory. */
static void subject_copy(struct model *model, struct value *copies, const struct target *target,
		     const struct revision *page, const struct member *member)
{
	struct maker *maker = &model->maker;
	struct value *map = list_map(maker, copies);
	const struct copy_departure *const *departures = member ? member->departures : NULL;

	map_text(maker, map, "target", target->name);
	map_text(maker, map, "path", page->path);
	map_flag(maker, map, "has_member", member);
	map_flag(maker, map, "entry", member && member->copy & COPY_ENTRY);
	map_flag(maker, map, "exit", member && member->copy & COPY_EXIT);
	map_text(maker, map, "entry_because", departures && departures[0] ?
		 departures[0]->because : NULL);
	map_text(maker, map, "exit_because", departures && departures[1] ?
		 departures[1]->because : NULL);
}

/* Only what is kept in memory, too, is copied. */
static void map_copies(struct model *model, struct value *map, const struct subject *subject)
{
	struct value *copies = map_list(&model->maker, map, "copies");

	for (size_t i = 0; subject->field && i < model->spec->target_count; i++) {
		const struct target *target = model->spec->targets[i];

		for (size_t j = 0; target->memory.count && j < target->pages.count; j++) {
			const struct revision *page = target->pages.of[j].revision;

			subject_copy(model, copies, target, page, member_in(page, subject));
		}
	}
}

static void map_shadows(struct model *model, struct value *map, const struct subject *subject)
{
	static const char *const kinds[] = { "read-only", "read and write", "rare" };
	struct maker *maker = &model->maker;
	struct value *shadows = map_list(maker, map, "shadows");

	for (size_t i = 0; i < model->spec->shadow_count; i++) {
		const struct shadow *shadow = model->spec->shadows[i];

		for (size_t j = 0; j < shadow->count; j++) {
			const struct shadow_field *field = &shadow->fields[j];
			struct value *entry;

			if (field->member->field != subject->field)
				continue;
			entry = list_map(maker, shadows);
			map_text(maker, entry, "path", shadow->revision->path);
			map_text(maker, entry, "kind", kinds[field->kind]);
			map_flag(maker, entry, "high", field->high);
			map_flag(maker, entry, "rare", field->kind == SHADOW_RARE);
		}
	}
}

/* What kernels say of the field's existence that does not follow from the controls. */
static void map_existence_of(struct model *model, struct value *map, const struct field *field)
{
	struct maker *maker = &model->maker;
	struct value *list = map_list(maker, map, "existence");

	for (size_t i = 0; i < model->spec->existence_count; i++) {
		const struct kernel_existence *existence = &model->spec->existences[i];
		const struct exist_departure *departure =
			table_number(&existence->by_encoding, field->encoding);
		struct value *entry;

		if (!departure)
			continue;
		entry = list_map(maker, list);
		map_text(maker, entry, "path", existence->revision->path);
		map_text(maker, entry, "control",
			 departure->control ? departure->control->name : NULL);
		map_text(maker, entry, "because", departure->because);
	}
}

/* Which lists let an eVMCS carry a control, for all roles or for each. */
static void map_supports(struct model *model, struct value *map, const struct control *control)
{
	struct maker *maker = &model->maker;
	struct value *list = map_list(maker, map, "supports");

	for (size_t i = 0; i < model->spec->support_count; i++) {
		const struct support *support = model->spec->supports[i];
		const struct decision *all = decision_for(support, support->decisions, control, 0);

		for (size_t role = 0; role <= support->role_count; role++) {
			const struct decision *decision = &all[role];
			struct value *entry;

			if (role && decision->yes == all->yes)
				continue;
			entry = list_map(maker, list);
			map_text(maker, entry, "path", support->path);
			map_text(maker, entry, "role", role ? support->roles[role - 1] : "");
			map_flag(maker, entry, "supported", decision->yes);
			map_text(maker, entry, "reason", decision->reason);
		}
	}
}

static void map_control(struct model *model, struct value *map, const struct subject *subject)
{
	static const struct relations none;
	const struct control *control = subject->control;
	struct maker *maker = &model->maker;
	struct value *needed = map_list(maker, map, "needed_by");

	map_bit(maker, map, subject->word, control, subject->bit);
	map_flag(maker, map, "default1", subject->word->default1 >> subject->bit & 1);
	subject_relations(maker, map, "adds", control ? &control->adds : &none, true);
	subject_relations(maker, map, "uses", control ? &control->uses : &none, true);
	subject_relations(maker, map, "needs", control ? &control->needs : &none, false);
	subject_relations(maker, map, "excludes", control ? &control->excludes : &none, false);
	map_relating_controls(model, map, subject->word->field);
	for (size_t i = 0; control && i < model->spec->control_count; i++)
		if (relates(&model->spec->controls[i]->needs, control))
			subject_control(maker, needed, model->spec->controls[i]);
	if (control)
		map_supports(model, map, control);
	else
		map_list(maker, map, "supports");
}

/* What the other revisions of its layout have at a place that means nothing in this one. */
static void map_others_there(struct model *model, struct value *map, const struct subject *place)
{
	struct maker *maker = &model->maker;
	struct value *others = map_list(maker, map, "others");
	const struct layout *layout = place->revision->layout;

	for (size_t i = 0; i < layout->count; i++) {
		const struct revision *revision = layout->revisions[i];

		if (revision == place->revision || !revision_is_whole(revision))
			continue;
		for (size_t j = 0; j < revision->count; j++) {
			const struct member *member = &revision->members[j];
			struct value *entry;

			if (member->pad || place->offset < member->offset ||
			    place->offset >= member_end(member))
				continue;
			entry = list_map(maker, others);
			map_text(maker, entry, "path", revision->path);
			map_text(maker, entry, "name", member->name);
		}
	}
}

/* The place that was asked for. */
static void map_place(struct model *model, struct value *map, const struct subject *place)
{
	const struct member *member = place->member;
	struct maker *maker = &model->maker;
	uint32_t begin = member ? member->offset : place->revision->size;
	uint32_t end = member ? member_end(member) : place->revision->layout->size;

	map_text(maker, map, "path", place->revision->path);
	map_number(maker, map, "offset", place->offset);
	map_hex(maker, map, "offset_hex", place->offset, 3);
	map_text(maker, map, "name", member ? member_shown_name(member, model->tlfs_names) : "");
	map_flag(maker, map, "free", !member || member->pad);
	map_number(maker, map, "byte", place->offset - begin);
	map_number(maker, map, "begin", begin);
	map_number(maker, map, "last", end - 1);
	map_number(maker, map, "bytes", end - begin);
	map_others_there(model, map, place);
}

/* What a member that is not a field is. */
static void map_plain_member(struct model *model, struct value *map, const struct member *member)
{
	struct maker *maker = &model->maker;
	struct value *bits = map_list(maker, map, "bits");
	unsigned int bit = 0;

	map_text(maker, map, "name", member->name);
	map_text(maker, map, "tlfs", member->tlfs);
	map_text(maker, map, "type", member->bits ? member->bits->name : member_type(member));
	map_text(maker, map, "count", member->array ? number_text(maker, member->count) : "");
	for (size_t i = 0; member->bits && i < member->bits->count; i++) {
		struct value *entry = list_map(maker, bits);

		map_text(maker, entry, "name", member->bits->fields[i].name);
		map_number(maker, entry, "bit", bit);
		map_number(maker, entry, "width", member->bits->fields[i].width);
		bit += member->bits->fields[i].width;
	}
}

/* A map of what is said under @key, or a flag that is false. */
static struct value *part_of(struct maker *maker, struct value *map, const char *key, bool there)
{
	struct value *of;

	if (!there) {
		map_flag(maker, map, key, false);
		return NULL;
	}
	of = value_map_for(maker, 32);
	map_value(maker, map, key, of);
	return of;
}

struct value *model_subject(struct model *model, const struct subject *subject, const char *asked,
			    const char *taken_for)
{
	bool is_control = subject->word, is_field = subject->field && !is_control;
	bool is_member = !is_field && !is_control && subject->member && !subject->member->pad;
	struct maker *maker = &model->maker;
	struct value *map = value_map_for(maker, 16), *of;

	map_text(maker, map, "asked", asked);
	map_text(maker, map, "taken_for", taken_for);
	map_flag(maker, map, "high", subject->high);
	of = part_of(maker, map, "place", subject->revision);
	if (of)
		map_place(model, of, subject);
	of = part_of(maker, map, "control", is_control);
	if (of)
		map_control(model, of, subject);
	of = part_of(maker, map, "member", is_member);
	if (of)
		map_plain_member(model, of, subject->member);
	of = part_of(maker, map, "field", is_field);
	if (of) {
		map_field(model, of, subject->field);
		map_shadows(model, of, subject);
		map_existence_of(model, of, subject->field);
	}
	map_flag(maker, map, "placed", is_field || is_member);
	if (is_field || is_member) {
		map_places(model, map, subject);
		map_copies(model, map, subject);
	}
	return map;
}
