// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* When a field exists. */
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

static void add_adder(struct existence *existence, const struct control *control)
{
	struct maker *maker = existence->maker;

	for (size_t i = 0; i < control->adds.count; i++) {
		struct adders *adders = adders_of(existence, control->adds.of[i].field);
		struct value *map = list_map(maker, adders->list);

		map_text(maker, map, "word", control->word->field->name);
		map_text(maker, map, "NAME", capitals(maker, control->name));
		adders->names = printed(maker, "%s %s", adders->names, control->name);
	}
}

/* Put a word in front of all that its controls add, which are there by then. */
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

static void map_added_fields(struct existence *existence, struct value *root,
			     const struct spec *spec)
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

void map_existence(struct maker *maker, struct value *root, const struct spec *spec)
{
	struct existence existence = { .maker = maker };

	for (size_t i = 0; i < spec->control_word_count; i++)
		for (size_t j = 0; j < spec->control_words[i]->count; j++)
			add_adder(&existence, &spec->control_words[i]->controls[j]);
	map_added_fields(&existence, root, spec);
	map_added_words(&existence, root, spec);
	table_free(&existence.adders);
	table_free(&existence.words);
}
