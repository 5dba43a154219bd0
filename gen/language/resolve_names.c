// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Shared by all parts of spec_resolve(): look-up of names, and reports of duplicates. */
#include <fnmatch.h>
#include <string.h>

#include "base/spelling.h"
#include "language/resolve.h"

void report_twice(struct spec *spec, const char *role, const struct node *name,
		  struct srcpos first)
{
	report_error(spec->messages, name->pos, "the %s '%s' is defined twice", role,
		     name->name);
	report_note(spec->messages, first, "it is defined here first");
}

void report_not_known(struct spec *spec, struct srcpos pos, const char *name,
		      const struct table *known, const char *format, ...)
{
	const char *near = spelling_near(known, name);
	struct messages *messages = spec->messages;
	bool all = known == &spec->field_names || known == &spec->control_names ||
		   known == &spec->layout_names;
	bool muted = messages->muted, none = all && !known->count;
	va_list args;
	char *text;

	/* It may have been in what was not understood; or it was told before. */
	messages->muted |= spec_lacks(spec, name) ||
			   table_add_name(&spec->told, name_of(spec->names, name), spec);
	spec->lost_file |= none;

	va_start(args, format);
	text = arena_vprintf(spec->arena, format, args);
	va_end(args);
	report_error(messages, pos, "%s%s%s%s", text, near ? "; did you mean '" : "",
		     near ? near : "", near ? "'?" : "");
	if (none)
		report_note(messages, pos, "there are none at all: an include may be missing");
	messages->muted = muted;
}

void lose_names(struct spec *spec, const struct node *node)
{
	for (; node; node = node->next) {
		if (node->name)
			table_add_name(spec->lost, node->name, spec);
		if (node->text)
			table_add_name(spec->lost, node->text, spec);
		lose_names(spec, node->children);
	}
}

bool spec_lacks(const struct spec *spec, const char *name)
{
	const char *slash = strchr(name, '/');

	return spec->lost_file || table_name(spec->lost, name_of(spec->names, name)) ||
	       (slash && table_name(spec->lost, name_of(spec->names, slash + 1)));
}

void refuse_repetition(struct spec *spec, const struct node *nodes)
{
	static const bool once[NODE_KINDS] = {
		[NODE_TLFS] = true, [NODE_DROP] = true,
		[NODE_NEUTRAL] = true, [NODE_DEFAULT1] = true, [NODE_MASK] = true,
		[NODE_STRUCT] = true, [NODE_SIZE] = true, [NODE_ALIGN] = true,
		[NODE_VERSION] = true, [NODE_TABLE] = true, [NODE_LOOKUP] = true,
		[NODE_CLEAN_WORD] = true, [NODE_ID] = true, [NODE_SOURCE] = true,
		[NODE_BECAUSE] = true, [NODE_CLEAN] = true,
		[NODE_CHANGED] = true, [NODE_UNCHANGED] = true,
		[NODE_LISTS] = true, [NODE_MEMORY] = true, [NODE_IMAGES] = true,
		[NODE_PAGES] = true, [NODE_MASKS] = true,
		[NODE_TAKEN_FIELDS] = true, [NODE_NAMES] = true,
	};
	const struct node *first[NODE_KINDS] = { NULL };

	for (; nodes; nodes = nodes->next) {
		if (once[nodes->kind] && first[nodes->kind]) {
			report_error(spec->messages, nodes->pos, "this is said twice");
			report_note(spec->messages, first[nodes->kind]->pos,
				    "it is said here first");
		} else {
			first[nodes->kind] = nodes;
		}
	}
}

struct number resolve_number(const struct node *node)
{
	return (struct number){ node->number, node->large, node->pos };
}

struct field *resolve_field_name(struct spec *spec, const struct node *name)
{
	struct field *field = table_name(&spec->field_names, name->name);

	if (!field)
		report_not_known(spec, name->pos, name->name, &spec->field_names,
				 "'%s' is not a field", name->name);
	return field;
}

struct control *resolve_control_name(struct spec *spec, const struct node *name)
{
	struct control *control = table_name(&spec->control_names, name->name);

	if (!control)
		report_not_known(spec, name->pos, name->name, &spec->control_names,
				 "'%s' is not a control", name->name);
	return control;
}

struct layout *resolve_layout_name(struct spec *spec, const struct node *path)
{
	struct layout *layout = table_name(&spec->layout_names, path->name);

	if (!layout)
		report_not_known(spec, path->pos, path->name, &spec->layout_names,
				 "'%s' is not a layout", path->name);
	return layout;
}

struct revision *resolve_revision_name(struct spec *spec, const struct layout *layout,
				       const struct node *node)
{
	const char *name = node->kind == NODE_PATH ? node->text : node->name;
	struct revision *revision;

	if (node->kind == NODE_PATH)
		layout = resolve_layout_name(spec, node);
	if (!layout)
		return NULL;
	revision = layout_revision(layout, name);
	if (!revision && !layout->lossy &&
	    !(spec_lacks(spec, "revision") && !spelling_near(&layout->names, name)))
		report_not_known(spec, node->pos, name, &layout->names,
				 "the layout '%s' has no revision '%s'", layout->name, name);
	return revision;
}

bool revision_matches(const struct revision *revision, const struct node *pattern)
{
	return !fnmatch(pattern->text, revision->name, 0);
}

unsigned int scalar_size(const char *name)
{
	static const char *const scalars[] = { "u8", "u16", "u32", "u64" };

	for (unsigned int i = 0; i < 4; i++)
		if (!strcmp(scalars[i], name))
			return 1 << i;
	return 0;
}
