// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Which fields a kernel lets an L1 find on a CPU: derived from the controls that add them, with the
 * departures of the kernel.
 */
#include "language/resolve.h"

/* The list about @revision itself, or NULL. */
static const struct kernel_existence *own_existence(const struct spec *spec,
						    const struct revision *revision)
{
	for (size_t i = 0; i < spec->existence_count; i++)
		if (spec->existences[i].revision == revision)
			return &spec->existences[i];
	return NULL;
}

const struct kernel_existence *existence_of(const struct spec *spec,
					    const struct revision *revision)
{
	const struct kernel_existence *found = NULL;

	for (; revision && !found; revision = revision->from)
		found = own_existence(spec, revision);
	return found;
}

static void resolve_departure_of(struct spec *spec, struct kernel_existence *existence,
				 const struct exist_departure *line, const struct node *name)
{
	struct exist_departure *departure = &existence->departures[existence->count], *first;
	const struct field *field = resolve_field_name(spec, name);
	const struct member *member;

	if (!field)
		return;
	*departure = *line;
	departure->field = field;
	departure->pos = name->pos;
	member = table_number(&existence->revision->by_encoding, field->encoding);
	if (!member || !member_lookup(member)) {
		report_error(spec->messages, name->pos, "'%s' does not look up '%s'",
			     existence->revision->path, name->name);
		return;
	}
	first = table_add_number(&existence->by_encoding, field->encoding, departure);
	if (first) {
		report_error(spec->messages, name->pos, "'%s' is decided already", name->name);
		report_note(spec->messages, first->pos, "the first decision");
		return;
	}
	existence->count++;
}

static void resolve_existence_line(struct spec *spec, struct kernel_existence *existence,
				   const struct node *node)
{
	const struct node *by = node_child(node, NODE_BY);
	struct exist_departure line = {
		.control = by ? resolve_control_name(spec, by->children) : NULL,
		.because = node_child(node, NODE_BECAUSE)->children->name,
	};

	if (by && !line.control)
		return;
	for (const struct node *name = node->children->children; name; name = name->next)
		resolve_departure_of(spec, existence, &line, name);
}

void resolve_existence(struct spec *spec, const struct node *node)
{
	struct kernel_existence *existence = &spec->existences[spec->existence_count];
	const struct node *path = node->children;
	struct revision *revision = resolve_listed_revision(spec, path);
	const struct kernel_existence *first;
	size_t names = 0;

	if (!revision)
		return;
	first = own_existence(spec, revision);
	if (first) {
		report_error(spec->messages, path->pos,
			     "which fields of '%s' exist is said already", revision->path);
		report_note(spec->messages, first->pos, "it is said here first");
		return;
	}
	if (revision->layout->clean_word) {
		report_error(spec->messages, path->pos,
			     "'%s' has clean-field groups: no CPU decides what exists in a page",
			     revision->layout->name);
		return;
	}
	*existence = (struct kernel_existence){ .revision = revision, .pos = path->pos };
	spec->existence_count++;
	refuse_repetition(spec, path->next);
	for (const struct node *line = path->next; line; line = line->next)
		names += line->kind == NODE_YES ? node_count(line->children->children) : 0;
	existence->departures = arena_alloc(spec->arena,
					    (names + 1) * sizeof(*existence->departures));
	for (const struct node *line = path->next; line; line = line->next)
		if (line->kind == NODE_SOURCE)
			existence->citation = line->children->name;
		else
			resolve_existence_line(spec, existence, line);
}
