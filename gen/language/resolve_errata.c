// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "language/resolve.h"

static bool is_same_erratum(const struct erratum *a, const struct erratum *b)
{
	return a->layout == b->layout && a->name == b->name && a->kind == b->kind;
}

static void add_erratum(struct spec *spec, struct erratum erratum, const struct node *name)
{
	erratum.name = name->name;
	erratum.pos = name->pos;
	for (size_t i = 0; i < spec->erratum_count; i++)
		if (is_same_erratum(&spec->errata[i], &erratum)) {
			report_error(spec->messages, name->pos,
				     "there is such an erratum about '%s' already", name->name);
			report_note(spec->messages, spec->errata[i].pos, "it is here");
			return;
		}
	spec->errata[spec->erratum_count++] = erratum;
}

/* What is said of each of several names. */
static void add_names(struct spec *spec, struct erratum erratum, const struct node *name)
{
	for (; name->kind == NODE_NAME; name = name->next)
		add_erratum(spec, erratum, name);
}

static void resolve_erratum(struct spec *spec, const struct layout *layout,
			    const struct node *node)
{
	const struct node *name = node->children, *second = name->next, *third = second->next;
	struct erratum erratum = {
		.layout = layout, .because = node_child(node, NODE_BECAUSE)->children->name,
	};

	switch (node->kind) {
	case NODE_ROW_ENCODING:
	case NODE_ROW_SIZE:
		erratum.kind = node->kind == NODE_ROW_SIZE ? ERRATUM_SIZE : ERRATUM_ENCODING;
		erratum.was = second->number;
		erratum.word = second->kind == NODE_STRING ? second->name : NULL;
		erratum.is = third->number;
		break;
	case NODE_ROW_CLEAN:
		erratum.kind = ERRATUM_CLEAN;
		erratum.word = second->name;
		erratum.other = third->name;
		break;
	case NODE_ROW_NAME:
		erratum.kind = ERRATUM_NAME;
		erratum.other = second->name;
		break;
	case NODE_ALIKE:
	case NODE_TWICE:
		erratum.kind = node->kind == NODE_ALIKE ? ERRATUM_ALIKE : ERRATUM_TWICE;
		erratum.other = second->name;
		break;
	default:
		erratum.kind = ERRATUM_NO_ROW;
		add_names(spec, erratum, name);
		return;
	}
	add_erratum(spec, erratum, name);
}

void resolve_errata(struct spec *spec, const struct node *node)
{
	const struct layout *layout = resolve_layout_name(spec, node->children);

	for (const struct node *erratum = node->children->next; layout && erratum;
	     erratum = erratum->next)
		resolve_erratum(spec, layout, erratum);
}
