// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Which members of an eVMCS a kernel copies to the vmcs12 at an entry, and back at an exit: derived
 * from who may write each field, with the departures of the kernel.
 */
#include <string.h>

#include "language/resolve.h"

/* The list of controls under the revision's own name, or NULL. */
static const struct support *own_support(const struct spec *spec, const struct revision *revision)
{
	for (size_t i = 0; i < spec->support_count; i++)
		if (spec->supports[i]->revision == revision &&
		    spec->supports[i]->name == revision->name)
			return spec->supports[i];
	return NULL;
}

/* Add the fields of @control to @fields, or remove them if the control is @named. */
static void set_added(struct table *fields, const struct control *control, bool named)
{
	for (size_t i = 0; i < control->adds.count; i++) {
		const struct field *field = control->adds.of[i].field;

		if (named)
			table_remove_number(fields, field->encoding);
		else
			table_add_number(fields, field->encoding, (void *)field);
	}
}

/*
 * An L1 can't set a control for which the kernel has no name.  So a field is missing if only such
 * controls add it: enter the fields of those first, then remove the fields of all others.
 */
static void find_missing_fields(const struct spec *spec, const struct revision *revision,
				struct table *missing)
{
	const struct support *support = own_support(spec, revision);

	for (int named = 0; support && named < 2; named++)
		for (size_t i = 0; i < spec->control_count; i++)
			if (support_names(support, spec->controls[i]) == named)
				set_added(missing, spec->controls[i], named);
}

static void derive_copies(const struct spec *spec, struct revision *revision)
{
	struct table missing = { .slots = NULL };

	find_missing_fields(spec, revision, &missing);
	for (size_t i = 0; i < revision->count; i++) {
		struct member *member = &revision->members[i];

		if (!member->field || table_number(&missing, member->field->encoding))
			continue;
		if (!encoding_read_only(member->field->encoding))
			member->copy |= COPY_ENTRY;
		if (field_changes(member->field))
			member->copy |= COPY_EXIT;
	}
	table_free(&missing);
}

/* False after a message. */
static bool depart(struct spec *spec, struct copy_departure *departure, struct member *member)
{
	const struct copy_departure **said = &member->departures[departure->when - 1];

	if (*said) {
		report_error(spec->messages, departure->pos, "'%s' is decided already",
			     departure->field->name);
		report_note(spec->messages, (*said)->pos, "the first decision");
		departure->changes = true;	/* so that no check asks */
		return false;
	}
	*said = departure;
	if (departure->yes != !!(member->copy & departure->when)) {
		departure->changes = true;
		member->copy ^= departure->when;
	}
	return true;
}

/* Revisions that a statement is about. */
struct pages {
	struct revision **of;
	size_t count;
	bool partial;			/* one was not placed: it may have what these lack */
};

static void resolve_copy_departure(struct spec *spec, const struct pages *pages,
				   const struct node *path, const struct node *node)
{
	struct copy_departure *departure = &spec->copy_departures[spec->copy_departure_count];
	const struct node *name = node->children;
	const struct field *field = resolve_field_name(spec, name);
	bool met = false;

	if (!field)
		return;
	*departure = (struct copy_departure){
		.field = field, .when = node_child(node, NODE_WHEN)->number,
		.yes = node->kind == NODE_YES,
		.because = node_child(node, NODE_BECAUSE)->children->name,
		.changes = pages->partial, .pos = name->pos,
	};
	spec->copy_departure_count++;
	for (size_t i = 0; i < pages->count; i++) {
		struct member *member = table_number(&pages->of[i]->by_encoding, field->encoding);

		met |= !!member;
		if (member && !depart(spec, departure, member))
			return;
	}
	if (met || pages->partial)
		return;
	report_error(spec->messages, name->pos, "'%s/%s' has no member for '%s'", path->name,
		     path->text, name->name);
	spec->copy_departure_count--;
}

/* The revisions that @path names or matches; none after a message, or if not placed. */
static struct pages find_pages(struct spec *spec, const struct node *path)
{
	const struct layout *layout = resolve_layout_name(spec, path);
	const struct revision *named = NULL;
	bool pattern = strchr(path->text, '*');
	struct pages pages = { .of = NULL };

	if (!layout || layout->faulty)
		return pages;
	if (!layout->clean_word) {
		report_error(spec->messages, path->pos,
			     "'%s' has no clean-field groups: it is not a page", layout->name);
		return pages;
	}
	if (!pattern)
		named = resolve_listed_revision(spec, path);
	pages.of = arena_alloc(spec->arena, (layout->count + 1) * sizeof(*pages.of));
	for (size_t i = 0; i < layout->count; i++) {
		struct revision *revision = layout->revisions[i];

		if (!(pattern ? revision_matches(revision, path) : revision == named))
			continue;
		pages.partial |= revision->state != PLACED;
		if (revision_is_whole(revision))
			pages.of[pages.count++] = revision;
	}
	if (pattern && !pages.count && !pages.partial)
		report_error(spec->messages, path->pos, "no revision matches '%s/%s'", path->name,
			     path->text);
	return pages;
}

static void resolve_departures(struct spec *spec, const struct node *node)
{
	const struct node *path = node->children;
	struct pages pages = find_pages(spec, path);

	refuse_repetition(spec, path->next);
	for (const struct node *line = path->next; line && pages.count; line = line->next)
		if (line->kind != NODE_SOURCE)
			resolve_copy_departure(spec, &pages, path, line);
}

void resolve_copies(struct spec *spec, const struct node *tree)
{
	for (size_t i = 0; i < spec->layout_count; i++) {
		const struct layout *layout = spec->layouts[i];

		for (size_t j = 0; layout->clean_word && j < layout->count; j++)
			if (revision_is_whole(layout->revisions[j]))
				derive_copies(spec, layout->revisions[j]);
	}
	for (const struct node *node = tree->children; node; node = node->next)
		if (node->kind == NODE_COPIES)
			resolve_departures(spec, node);
}
