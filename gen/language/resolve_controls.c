// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Control words: their bits, and what these add and need. */
#include "language/resolve.h"

static unsigned int word_bits(const struct control_word *word)
{
	return encoding_size(word->field->encoding) * 8;
}

static void resolve_control(struct spec *spec, struct control_word *word,
			    const struct node *node)
{
	const struct node *bit = node->children, *name = bit->next;
	struct control *control = &word->controls[word->count++], *first;

	*control = (struct control){ .name = name->name, .word = word, .bit = bit->number,
				     .pos = name->pos, .bit_pos = bit->pos };
	first = table_add_name(&spec->control_names, name->name, control);
	if (first)
		report_twice(spec, "control", name, first->pos);
}

static void resolve_word_part(struct spec *spec, struct control_word *word,
			      const struct node *node)
{
	const struct node *value = node->children;

	if (node->kind == NODE_DEFAULT1 && value->number < 0)
		report_error(spec->messages, value->pos, "a mask is a number from 0 on");
	else if (node->kind == NODE_DEFAULT1)
		word->default1 = value->number;
	else if (node->kind == NODE_MASK)
		word->mask = value->name;
}

/* Sort the word's bits.  Leave out a bit that is defined twice or that the word lacks. */
static void sort_bits(struct spec *spec, const struct node *node, const struct control_word *word,
		      const struct node *bits[64])
{
	for (const struct node *bit = node->children; bit; bit = bit->next) {
		const struct node *number = bit->children;

		if (bit->kind != NODE_BIT)
			continue;
		if (number->number < 0 || number->number >= word_bits(word)) {
			report_error(spec->messages, number->pos,
				     "'%s' has bits 0 to %u", word->field->name,
				     word_bits(word) - 1);
		} else if (bits[number->number]) {
			report_error(spec->messages, number->pos,
				     "bit %d has a control already", (int)number->number);
			number = bits[number->number]->children;
			report_note(spec->messages, number->pos, "the control '%s'",
				    number->next->name);
		} else {
			bits[number->number] = bit;
		}
	}
}

void resolve_controls(struct spec *spec, const struct node *node)
{
	const struct node *name = node->children;
	struct field *field = resolve_field_name(spec, name);
	const struct node *bits[64] = { NULL };
	struct control_word *word;

	if (!field)
		return;
	for (size_t i = 0; i < spec->control_word_count; i++)
		if (spec->control_words[i]->field == field) {
			report_twice(spec, "control word", name, spec->control_words[i]->pos);
			return;
		}
	word = arena_alloc(spec->arena, sizeof(*word));
	word->field = field;
	word->pos = name->pos;
	sort_bits(spec, node, word, bits);
	refuse_repetition(spec, name->next);
	word->controls = arena_alloc(spec->arena,
				     node_count(name) * sizeof(*word->controls));
	for (const struct node *part = name->next; part; part = part->next)
		resolve_word_part(spec, word, part);
	for (size_t i = 0; i < 64; i++)
		if (bits[i])
			resolve_control(spec, word, bits[i]);
	spec->control_words[spec->control_word_count++] = word;
}

static void relate(struct spec *spec, struct relations *relations, const struct node *clause)
{
	relations->of = arena_alloc(spec->arena,
				    node_count(clause->children) * sizeof(*relations->of));
	for (const struct node *name = clause->children; name; name = name->next) {
		struct relation *relation = &relations->of[relations->count];

		relation->pos = name->pos;
		if (clause->kind == NODE_ADDS || clause->kind == NODE_USES)
			relation->field = resolve_field_name(spec, name);
		else
			relation->control = resolve_control_name(spec, name);
		relations->count += relation->field != NULL;
	}
}

static void resolve_bit_demands(struct spec *spec, const struct node *bit)
{
	const struct node *name = bit->children->next;
	struct control *control = table_name(&spec->control_names, name->name);

	/* A refused bit has no control, or its name belongs to another one. */
	if (!control || control->pos.source != name->pos.source ||
	    control->pos.start != name->pos.start)
		return;
	for (const struct node *clause = name->next; clause;
	     clause = clause->next) {
		struct relations *relations = clause->kind == NODE_ADDS ? &control->adds :
					      clause->kind == NODE_USES ? &control->uses :
					      clause->kind == NODE_NEEDS ? &control->needs :
					      &control->excludes;

		if (relations->of)
			report_error(spec->messages, clause->pos,
				     "'%s' has this clause already: separate names with commas",
				     name->name);
		else
			relate(spec, relations, clause);
	}
}

void resolve_demands(struct spec *spec, const struct node *node)
{
	for (const struct node *bit = node->children; bit; bit = bit->next)
		if (bit->kind == NODE_BIT)
			resolve_bit_demands(spec, bit);
}
