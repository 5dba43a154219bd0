// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Fields of the VMCS, and types made of bit fields. */
#include "language/resolve.h"

static struct bits *new_bits(struct spec *spec, const struct node *node)
{
	const struct node *name = node->children, *type = name->next;
	struct bits *bits = arena_alloc(spec->arena, sizeof(*bits));

	if (scalar_size(name->name))
		report_error(spec->messages, name->pos,
			     "'%s' is the name of a type already", name->name);
	bits->name = name->name;
	bits->pos = name->pos;
	bits->size = scalar_size(type->name);
	if (!bits->size) {
		report_error(spec->messages, type->pos,
			     "'%s' is not a type for bits: u8, u16, u32 or u64", type->name);
		bits->size = sizeof(uint32_t);
	}
	bits->fields = arena_alloc(spec->arena,
				   (node_count(type->next) + 1) * sizeof(*bits->fields));
	return bits;
}

/* The next field of @bits; false after a message about its width. */
static bool add_bit_field(struct spec *spec, struct bits *bits, const struct node *node)
{
	const struct node *name = node->children, *width = name->next;
	struct bit_field *field = &bits->fields[bits->count++];
	unsigned int most = bits->size * 8;

	*field = (struct bit_field){ name->name, width->number, name->pos };
	for (const struct bit_field *other = bits->fields; other < field; other++)
		if (other->name == field->name) {
			report_twice(spec, "bit field", name, other->pos);
			break;
		}
	if (width->number >= 1 && width->number <= most)
		return true;
	report_error(spec->messages, width->pos, "a bit field of a u%u has 1 to %u bits", most,
		     most);
	return false;
}

void resolve_bits(struct spec *spec, const struct node *node)
{
	const struct node *type = node->children->next;
	struct bits *bits = new_bits(spec, node), *first;
	unsigned int total = 0, all = bits->size * 8;
	bool fit = scalar_size(type->name);

	for (const struct node *field = type->next; field; field = field->next) {
		fit &= add_bit_field(spec, bits, field);
		total += bits->fields[bits->count - 1].width;
	}
	if (fit && total != all)
		report_error(spec->messages, bits->pos,
			     "the bits of '%s' add up to %u, not to the %u of its u%u",
			     bits->name, total, all, all);
	first = table_add_name(&spec->bits_names, bits->name, bits);
	if (first)
		report_twice(spec, "type", node->children, first->pos);
	else
		spec->bits[spec->bits_count++] = bits;
}

/* A field is found by its name and by every other name that Linux has for it. */
static bool enter_field_name(struct spec *spec, struct field *field, const struct node *name)
{
	struct field *first = table_add_name(&spec->field_names, name->name, field);

	if (first)
		report_twice(spec, "field", name, first->pos);
	return !first;
}

static void resolve_field_clause(struct spec *spec, struct field *field, const struct node *node)
{
	struct number number;

	switch (node->kind) {
	case NODE_NO_HIGH:
		field->no_high = true;
		field->no_high_pos = node->pos;
		break;
	case NODE_TLFS:
		field->tlfs = node->children->name;
		break;
	case NODE_CHANGED:
		field->changed = node->children->name;
		field->change_pos = node->pos;
		break;
	case NODE_UNCHANGED:
		field->unchanged = node->children->children->name;
		field->change_pos = node->pos;
		break;
	case NODE_DROP:
		field->loss.drop = true;
		break;
	case NODE_NEUTRAL:
		number = resolve_number(node->children);
		field->loss.neutral = neutral_value(spec->messages, &number,
						    encoding_size(field->encoding));
		break;
	case NODE_LINUX:
		field->linux_names[field->linux_count++] = node->children->name;
		enter_field_name(spec, field, node->children);
		break;
	default:
		break;			/* the grammar has no other clause */
	}
}

static void resolve_field(struct spec *spec, const struct node *node)
{
	const struct node *encoding = node->children, *name = encoding->next;
	struct field *field = arena_alloc(spec->arena, sizeof(*field));

	field->encoding = encoding->number;
	field->encoding_pos = encoding->pos;
	field->name = name->name;
	field->pos = name->pos;
	field->linux_names = arena_alloc(spec->arena, node_count(name) * sizeof(char *));
	if (!enter_field_name(spec, field, name))
		return;
	refuse_repetition(spec, name->next);
	for (const struct node *clause = name->next; clause; clause = clause->next)
		resolve_field_clause(spec, field, clause);
	spec->fields[spec->field_count++] = field;
}

void resolve_fields(struct spec *spec, const struct node *node)
{
	for (const struct node *field = node->children; field; field = field->next)
		resolve_field(spec, field);
}
