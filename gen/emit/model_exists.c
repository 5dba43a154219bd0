// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* When a field exists: by the SDM, in a kernel, and in an image. */
#include "base/text.h"
#include "emit/forms.h"
#include "emit/model_parts.h"

/* The controls that add one field. */
struct adders {
	struct value *list;
	const char *names;		/* of all of them, to find fields with the same */
};

struct existence {
	struct maker *maker;
	struct table adders;		/* encoding -> struct adders */
	struct table words;		/* encoding -> control word that was not looked at yet */
	const struct control_word **ordered; /* those that were, the last one first */
	size_t count;
};

static struct adders *adders_of(struct existence *existence, const struct field *field)
{
	struct adders *adders = table_number(&existence->adders, field->encoding);

	if (adders)
		return adders;
	adders = arena_alloc(existence->maker->arena, sizeof(*adders));
	*adders = (struct adders){ .list = value_list(existence->maker), .names = "" };
	table_add_number(&existence->adders, field->encoding, adders);
	return adders;
}

static void add_adder(struct existence *existence, const struct control *control,
		      const struct relations *adds)
{
	struct maker *maker = existence->maker;

	for (size_t i = 0; i < adds->count; i++) {
		struct adders *adders = adders_of(existence, adds->of[i].field);
		struct value *map = list_map(maker, adders->list);

		map_text(maker, map, "word", control->word->field->name);
		map_text(maker, map, "NAME", capitals(maker, control->name));
		adders->names = printed(maker, "%s %s", adders->names, control->name);
	}
}

/* Put a word before all that its controls add. */
static void order_word(struct existence *existence, const struct control_word *word)
{
	table_remove_number(&existence->words, word->field->encoding);
	for (size_t i = 0; i < word->count; i++)
		for (size_t j = 0; j < word->controls[i].adds.count; j++) {
			const struct field *field = word->controls[i].adds.of[j].field;
			const struct control_word *added =
				table_number(&existence->words, field->encoding);

			if (added)
				order_word(existence, added);
		}
	existence->ordered[existence->count++] = word;
}

static void map_added_words(struct existence *existence, struct value *root,
			    const struct spec *spec)
{
	struct maker *maker = existence->maker;
	struct value *list = map_list(maker, root, "added_words");

	for (size_t i = 0; i < spec->control_word_count; i++)
		table_add_number(&existence->words, spec->control_words[i]->field->encoding,
				 spec->control_words[i]);
	existence->ordered = arena_alloc(maker->arena, spec->control_word_count *
					 sizeof(*existence->ordered));
	for (size_t i = 0; i < spec->control_word_count; i++)
		if (table_number(&existence->words, spec->control_words[i]->field->encoding))
			order_word(existence, spec->control_words[i]);
	while (existence->count) {
		const struct field *field = existence->ordered[--existence->count]->field;
		const struct adders *adders = table_number(&existence->adders, field->encoding);
		struct value *map;

		if (!adders)
			continue;
		map = list_map(maker, list);
		map_text(maker, map, "name", field->name);
		map_value(maker, map, "adders", adders->list);
	}
}

/* The fields of @spec or, unless @revision is NULL, those that the model finds in it. */
static void map_added_fields(struct existence *existence, struct value *root,
			     const struct spec *spec, const struct revision *revision)
{
	struct maker *maker = existence->maker;
	struct value *always = map_list(maker, root, "always");
	struct value *added = map_list(maker, root, "added");
	struct table groups = { .slots = NULL };	/* names of adders -> list of fields */

	for (size_t i = 0; i < spec->field_count; i++) {
		const struct field *field = spec->fields[i];
		const struct adders *adders = table_number(&existence->adders, field->encoding);
		const char *names = adders ? name_of(maker->names, adders->names) : NULL;
		struct value *fields = adders ? table_name(&groups, names) : always, *map;
		const struct member *member = revision ?
			table_number(&revision->by_encoding, field->encoding) : NULL;

		if (revision && !(member && member_lookup(member)))
			continue;
		if (!fields) {
			map = list_map(maker, added);
			map_value(maker, map, "adders", adders->list);
			fields = map_list(maker, map, "fields");
			table_add_name(&groups, names, fields);
		}
		map = list_map(maker, fields);
		map_text(maker, map, "NAME", capitals(maker, field->name));
		map_flag(maker, map, "high", field_has_high(field));
	}
	table_free(&groups);
}

static struct existence existence_new(struct maker *maker, const struct spec *spec)
{
	struct existence existence = { .maker = maker };

	for (size_t i = 0; i < spec->control_word_count; i++)
		for (size_t j = 0; j < spec->control_words[i]->count; j++)
			add_adder(&existence, &spec->control_words[i]->controls[j],
				  &spec->control_words[i]->controls[j].adds);
	return existence;
}

static void existence_free(struct existence *existence)
{
	table_free(&existence->adders);
	table_free(&existence->words);
}

void map_existence(struct maker *maker, struct value *root, const struct spec *spec)
{
	struct existence existence = existence_new(maker, spec);

	map_added_fields(&existence, root, spec, NULL);
	map_added_words(&existence, root, spec);
	existence_free(&existence);
}

/* Let a field exist by the control that the kernel tests, instead of those that add it. */
static void depart_from_adders(struct existence *existence, const struct exist_departure *departure)
{
	struct relation relation = { .field = departure->field };
	struct relations one = { &relation, 1 };

	table_remove_number(&existence->adders, departure->field->encoding);
	if (departure->control)
		add_adder(existence, departure->control, &one);
}

/* The departures of one line, which have one reason. */
static size_t map_departures_of_line(struct maker *maker, struct value *list,
				     const struct kernel_existence *of, size_t first)
{
	const struct exist_departure *line = &of->departures[first];
	struct value *map = list_map(maker, list);
	struct text names = { 0 };
	size_t i = first;

	for (; i < of->count && of->departures[i].because == line->because &&
	       of->departures[i].control == line->control; i++)
		text_printf(&names, "%s%s", i > first ? ", " : "", of->departures[i].field->name);
	text_printf(&names, ", %s%s: %s", line->control ? "by " : "on any CPU",
		    line->control ? line->control->name : "", line->because);
	map_wrapped(maker, map, "lines", arena_copy(maker->arena, names.bytes, names.len));
	text_free(&names);
	return i;
}

void map_layout_existence(struct model *model, struct value *map, const struct layout *layout)
{
	struct maker *maker = &model->maker;
	struct value *list = map_list(maker, map, "existence"), *of, *departures;
	const struct revision *revision = model->target ?
					  target_default(model->target, layout) : NULL;
	const struct kernel_existence *kernel = existence_of(model->spec, revision);
	struct existence existence;

	if (!kernel)
		return;
	existence = existence_new(maker, model->spec);
	for (size_t i = 0; i < kernel->count; i++)
		depart_from_adders(&existence, &kernel->departures[i]);
	of = list_map(maker, list);
	map_wrapped(maker, of, "source_lines", kernel->citation);
	map_added_fields(&existence, of, model->spec, revision);
	departures = map_list(maker, of, "departures");
	for (size_t i = 0; i < kernel->count;)
		i = map_departures_of_line(maker, departures, kernel, i);
	existence_free(&existence);
}

/* Whether an image of @image, which is @kept in memory, has no place for a field. */
static bool is_lost(const struct revision *kept, const struct revision *image,
		    const struct field *field)
{
	return !table_number(&kept->by_encoding, field->encoding) ||
	       !table_number(&image->by_encoding, field->encoding);
}

/* Whether @control adds a lost field that an L1 finds in @whole. */
static bool loses(const struct revision *whole, const struct revision *kept,
		  const struct revision *image, const struct control *control)
{
	for (size_t i = 0; i < control->adds.count; i++) {
		const struct field *field = control->adds.of[i].field;
		const struct member *member = table_number(&whole->by_encoding, field->encoding);

		if (member && member_lookup(member) && is_lost(kept, image, field))
			return true;
	}
	return false;
}

/* Whether any field that an L1 finds in @whole is lost. */
static bool loses_fields(const struct revision *whole, const struct revision *kept,
			 const struct revision *image)
{
	for (size_t i = 0; i < whole->count; i++)
		if (member_lookup(&whole->members[i]) &&
		    is_lost(kept, image, whole->members[i].field))
			return true;
	return false;
}

static bool some_lose_fields(const struct revision *whole, const struct takings *memory,
			     const struct takings *images)
{
	for (size_t i = 0; i < memory->count; i++)
		for (size_t j = 0; j < images->count; j++)
			if (memory->of[i].revision->layout == whole->layout &&
			    images->of[j].revision->layout == whole->layout &&
			    loses_fields(whole, memory->of[i].revision, images->of[j].revision))
				return true;
	return false;
}

bool model_some_lack(const struct model *model, const struct layout *layout)
{
	const struct target *target = model->target;
	const struct revision *whole = target ? target_default(target, layout) : NULL;

	return whole && model_translates(model, layout) &&
	       (some_lose_fields(whole, &target->memory, &target->memory) ||
		some_lose_fields(whole, &target->memory, &target->images));
}

void map_lost_controls(struct model *model, struct value *map, const struct revision *kept,
		       const struct revision *image)
{
	const struct revision *whole = target_default(model->target, kept->layout);
	struct value *words = map_list(&model->maker, map, "lost_controls");
	const struct spec *spec = model->spec;
	struct maker *maker = &model->maker;

	map_flag(maker, map, "loses_fields", loses_fields(whole, kept, image));
	for (size_t i = 0; i < spec->control_word_count; i++) {
		const struct control_word *word = spec->control_words[i];
		struct value *controls = NULL, *of;

		for (size_t j = 0; j < word->count; j++) {
			if (!loses(whole, kept, image, &word->controls[j]))
				continue;
			if (!controls) {
				of = list_map(maker, words);
				map_text(maker, of, "word", word->field->name);
				controls = map_list(maker, of, "controls");
			}
			list_add(maker, controls,
				 value_text(maker, capitals(maker, word->controls[j].name)));
		}
	}
}
