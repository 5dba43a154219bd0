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

static void resolve_erratum(struct spec *spec, const struct layout *layout,
			    const struct node *node)
{
	const struct node *because = node->children, *name = because->next;
	const struct node *was = name->next, *is = was && was->next ? was->next : was;
	struct erratum erratum = { .kind = node->number, .layout = layout,
				   .because = because->children->name };

	if (erratum.kind == ERRATUM_NO_ROW) {
		for (; name; name = name->next)
			add_erratum(spec, erratum, name);
		return;
	}
	erratum.was = was->number;
	erratum.word = was->name;
	erratum.is = is->number;
	erratum.other = is->name;
	add_erratum(spec, erratum, name);
}

void resolve_errata(struct spec *spec, const struct node *node)
{
	const struct layout *layout = resolve_layout_name(spec, node->children);

	for (const struct node *erratum = node->children->next; layout && erratum;
	     erratum = erratum->next)
		resolve_erratum(spec, layout, erratum);
}
