// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Control words and the lists that pick from fields and controls. */
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

/* Sort the word's bits.  A bit twice, or one that it hasn't, is left out. */
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

static struct control *control_of(struct spec *spec, const struct node *name)
{
	struct control *control = table_name(&spec->control_names, name->name);

	if (!control)
		report_error(spec->messages, name->pos, "'%s' is no control", name->name);
	return control;
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
			relation->control = control_of(spec, name);
		relations->count += relation->field != NULL;
	}
}

static void resolve_bit_demands(struct spec *spec, const struct node *bit)
{
	const struct node *name = bit->children->next;
	struct control *control = table_name(&spec->control_names, name->name);

	/* A bit that was refused has no control, or its name is another's. */
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

	*decision = (struct decision){ .control = control_of(spec, name),
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
