// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Which controls an eVMCS may carry in a kernel: derived from the revision and from what each
 * control adds, uses and needs, with the departures of the kernel.
 */
#include <stdlib.h>

#include "language/resolve.h"

/* A list, and the statement that declares it. */
struct declared_support {
	struct support *support;
	const struct node *node;
};

/*
 * Whether @support, or a list at the end of its `from` chain, is from a list that it can't be
 * from.  That has been reported; @support may lack what the list says.
 */
static bool is_from_nothing(const struct support *support)
{
	while (support->from)
		support = support->from;
	return support->from_pos.source;
}

static bool has_role(const struct support *support, const char *role)
{
	for (size_t i = 0; i < support->role_count; i++)
		if (support->roles[i] == role)
			return true;
	return false;
}

/* A line about a control: for every role, or for one of them. */
static void resolve_departure(struct spec *spec, struct support *support, const struct node *node)
{
	const struct node *name = node->children, *role = node_child(node, NODE_FOR);
	struct departure *departure = &support->departures[support->departure_count];
	const struct departure **said, *first;

	*departure = (struct departure){
		.control = resolve_control_name(spec, name), .yes = node->kind == NODE_YES,
		.role = role ? role->children->name : NULL, .pos = name->pos,
		.because = node_child(node, NODE_BECAUSE)->children->name,
	};
	if (!departure->control)
		return;
	said = &support->said[departure->control->index].departures;
	for (first = *said; first && first->role != departure->role; first = first->next)
		;
	if (first) {
		report_error(spec->messages, name->pos, role ? "'%s' is decided for '%s' already" :
			     "'%s' is decided already", name->name, departure->role);
		report_note(spec->messages, first->pos, "the first decision");
	} else if (role && !has_role(support, departure->role)) {
		if (!is_from_nothing(support))
			report_error(spec->messages, role->children->pos,
				     "'%s' is not a role of this list", departure->role);
	} else {
		departure->next = *said;
		*said = departure;
		support->departure_count++;
	}
}

static void resolve_naming(struct spec *spec, struct support *support, const struct node *name,
			   bool named)
{
	struct control_naming *naming = &support->namings[support->naming_count];
	const struct control_naming **said;

	*naming = (struct control_naming){ resolve_control_name(spec, name), named, name->pos };
	if (!naming->control)
		return;
	said = &support->said[naming->control->index].naming;
	if (*said) {
		report_error(spec->messages, name->pos,
			     "whether the kernel names '%s' is said already", name->name);
		report_note(spec->messages, (*said)->pos, "it is said here first");
		return;
	}
	*said = naming;
	support->naming_count++;
}

/* The path of a list, interned. */
static const char *list_path(struct spec *spec, const char *layout, const char *name)
{
	return name_of(spec->names, arena_printf(spec->arena, "%s/%s", layout, name));
}

/* Everything but controls: a list that is from this one needs it first. */
static struct support *resolve_support_head(struct spec *spec, const struct node *node)
{
	const struct node *path = node->children;
	struct support *support = arena_alloc(spec->arena, sizeof(*support));

	support->path = list_path(spec, path->name, path->text);
	support->name = path->text;
	support->pos = path->pos;
	support->said = arena_alloc(spec->arena,
				    (spec->control_count + 1) * sizeof(*support->said));
	support->roles = arena_alloc(spec->arena, node_count(path) * sizeof(char *));
	for (const struct node *part = path->next; part; part = part->next) {
		if (part->kind == NODE_SOURCE) {
			support->citation = part->children->name;
		} else if (part->kind == NODE_LISTS) {
			support->lists_unsupported = part->number;
			support->prefix = part->children->name;
		} else if (part->kind == NODE_ROLE) {
			support->roles[support->role_count++] = part->children->name;
		}
	}
	return support;
}

/* Find the list that @support is from, if any, among @lists, by their paths. */
static void find_support_from(struct spec *spec, struct support *support,
			      const struct node *node, const struct table *lists)
{
	const struct node *from = node_child(node, NODE_FROM), *name;
	const char *path;

	if (!from)
		return;
	name = from->children;
	path = name->kind == NODE_PATH ? list_path(spec, name->name, name->text) :
	       list_path(spec, node->children->name, name->name);
	support->from_pos = name->pos;
	support->from = table_name(lists, path);
	if (!support->from)
		report_not_known(spec, name->pos, path, lists,
				 "'%s' is not a list of supported controls", path);
}

/* Take over from the lists that @support is from, the nearest first, what it lacks. */
static void inherit_support(struct spec *spec, struct support *support, size_t count)
{
	for (const struct support *from = support->from; from; from = from->from) {
		if (from == support) {
			report_error(spec->messages, support->from_pos, "the list is from itself");
			support->from = NULL;
		}
		/* A list in the chain may be from itself, which has been reported there. */
		if (from == support || !count--)
			return;
		if (!support->prefix) {
			support->prefix = from->prefix;
			support->lists_unsupported = from->lists_unsupported;
		}
		if (!support->role_count) {
			support->roles = from->roles;
			support->role_count = from->role_count;
		}
	}
}

/* A revision has one list for each of its names. */
static void refuse_support_again(struct spec *spec, const struct support *support,
				 const struct node *path)
{
	for (size_t i = 0; i < spec->support_count; i++)
		if (spec->supports[i]->revision == support->revision &&
		    spec->supports[i]->name == support->name) {
			report_error(spec->messages, path->pos,
				     "'%s/%s' has a list of supported controls already",
				     path->name, path->text);
			report_note(spec->messages, spec->supports[i]->pos, "the first list");
		}
}

static void resolve_support_lines(struct spec *spec, struct support *support,
				  const struct node *node)
{
	const struct node *path = node->children;
	size_t names = 0;

	support->revision = resolve_listed_revision(spec, path);
	if (!support->revision)
		return;
	refuse_support_again(spec, support, path);
	refuse_repetition(spec, path->next);
	for (const struct node *part = path->next; part; part = part->next)
		names += node_count(part->children);
	support->departures = arena_alloc(spec->arena,
					  node_count(path) * sizeof(*support->departures));
	support->namings = arena_alloc(spec->arena, (names + 1) * sizeof(*support->namings));
	for (const struct node *part = path->next; part; part = part->next)
		if (part->kind == NODE_YES || part->kind == NODE_NO)
			resolve_departure(spec, support, part);
		else if (part->kind == NODE_NAMED || part->kind == NODE_UNNAMED)
			for (const struct node *name = part->children; name; name = name->next)
				resolve_naming(spec, support, name, part->kind == NODE_NAMED);
	if (!support->prefix && !is_from_nothing(support))
		report_error(spec->messages, path->pos,
			     "the list does not say how its masks are named: "
			     "'lists supported as PREFIX'");
	spec->supports[spec->support_count++] = support;
}

bool support_names(const struct support *support, const struct control *control)
{
	while (support && !support->said[control->index].naming)
		support = support->from;
	return !support || support->said[control->index].naming->named;
}

/*
 * The line that decides @control for @role (NULL: for every role); NULL if the decision is
 * derived.  What a list says of a control replaces all that it inherits about it.
 */
static const struct departure *departure_of(const struct support *support,
					    const struct control *control, const char *role,
					    const struct departure *without)
{
	for (; support; support = support->from) {
		const struct departure *departure = support->said[control->index].departures;
		const struct departure *general = NULL;
		bool said = false;

		for (; departure; departure = departure->next) {
			if (departure == without)
				continue;
			if (role && departure->role == role)
				return departure;
			if (!departure->role)
				general = departure;
			said = true;
		}
		if (said)
			return general;
	}
	return NULL;
}

/* By its encoding.  A member with a field's name but without its encoding does not count. */
static bool revision_carries(const struct revision *revision, const struct field *field)
{
	const struct member *member = table_name(&revision->by_name, field->name);

	return table_number(&revision->by_encoding, field->encoding) ||
	       (member && !member->field && !member->pad);
}

/* @reason, which may be NULL, and the fields of @relations that have no member. */
static const char *add_missing(const struct spec *spec, const struct revision *revision,
			       const struct relations *relations, const char *reason)
{
	for (size_t i = 0; i < relations->count; i++) {
		const struct field *field = relations->of[i].field;

		if (!revision_carries(revision, field))
			reason = arena_printf(spec->arena, "%s%s%s",
					      reason ? reason : "no member for ",
					      reason ? ", " : "", field->name);
	}
	return reason;
}

/* Ignoring what @control needs. */
static struct decision decision_alone(const struct spec *spec, const struct support *support,
				      const struct control *control,
				      const struct departure *departure)
{
	static const char unnamed[] = "the kernel has no name for it";
	const struct field *word = control->word->field;
	const struct revision *revision = support->revision;
	bool named = support_names(support, control);
	const char *reason;

	if (departure)
		return (struct decision){ departure->yes, departure->because, departure };
	/* A list can't contain a control without a name. */
	if (!named && support->lists_unsupported)
		return (struct decision){ true, unnamed, NULL };
	if (!revision_carries(revision, word))
		reason = arena_printf(spec->arena, "no member for its word, %s", word->name);
	else
		reason = add_missing(spec, revision, &control->uses,
				     add_missing(spec, revision, &control->adds, NULL));
	if (!reason && !named)
		reason = unnamed;
	return (struct decision){ !reason, reason, NULL };
}

/* Whether a decision changes because @control needs a control that may not be carried. */
static bool refuse_for_needs(const struct spec *spec, const struct control *control,
			     struct decision *decisions, size_t step)
{
	struct decision *decision = &decisions[control->index * step];

	for (size_t i = 0; i < control->needs.count; i++) {
		const struct control *need = control->needs.of[i].control;

		if (decision->reason || decisions[need->index * step].yes)
			continue;
		decision->yes = false;
		decision->reason = arena_printf(spec->arena, "it needs %s, which is not supported",
						need->name);
		return true;
	}
	return false;
}

/* The decisions for one role: every @step-th from @decisions on. */
static void judge_role(const struct spec *spec, const struct support *support, const char *role,
		       const struct departure *without, struct decision *decisions, size_t step)
{
	bool changed = true;

	for (size_t i = 0; i < spec->control_count; i++)
		decisions[i * step] = decision_alone(spec, support, spec->controls[i],
						     departure_of(support, spec->controls[i], role,
								  without));
	while (changed) {
		changed = false;
		for (size_t i = 0; i < spec->control_count; i++)
			changed |= refuse_for_needs(spec, spec->controls[i], decisions, step);
	}
}

struct decision *support_judge(const struct spec *spec, const struct support *support,
			       const struct departure *without)
{
	size_t step = support->role_count + 1;
	struct decision *decisions = arena_alloc(spec->arena, (spec->control_count * step + 1) *
						 sizeof(*decisions));

	for (size_t role = 0; role < step; role++)
		judge_role(spec, support, role ? support->roles[role - 1] : NULL, without,
			   decisions + role, step);
	return decisions;
}

static void number_controls(struct spec *spec)
{
	size_t count = 0;

	for (size_t i = 0; i < spec->control_word_count; i++)
		count += spec->control_words[i]->count;
	spec->controls = arena_alloc(spec->arena, (count + 1) * sizeof(*spec->controls));
	for (size_t i = 0; i < spec->control_word_count; i++)
		for (size_t j = 0; j < spec->control_words[i]->count; j++) {
			struct control *control = &spec->control_words[i]->controls[j];

			control->index = spec->control_count;
			spec->controls[spec->control_count++] = control;
		}
}

void resolve_supports(struct spec *spec, const struct node *tree)
{
	struct declared_support *all = xcalloc(node_count(tree->children) + 1, sizeof(*all));
	struct table lists = { .slots = NULL };
	size_t count = 0;

	number_controls(spec);
	for (const struct node *node = tree->children; node; node = node->next) {
		const struct node *path = node->children;

		if (node->kind != NODE_SUPPORT)
			continue;
		all[count] = (struct declared_support){ resolve_support_head(spec, node), node };
		table_add_name(&lists, list_path(spec, path->name, path->text),
			       all[count++].support);
	}
	for (size_t i = 0; i < count; i++)
		find_support_from(spec, all[i].support, all[i].node, &lists);
	for (size_t i = 0; i < count; i++)
		inherit_support(spec, all[i].support, count);
	for (size_t i = 0; i < count; i++)
		resolve_support_lines(spec, all[i].support, all[i].node);
	for (size_t i = 0; i < spec->support_count; i++)
		spec->supports[i]->decisions = support_judge(spec, spec->supports[i], NULL);
	table_free(&lists);
	free(all);
}
