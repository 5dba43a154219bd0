// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "language/spec.h"

struct revision *layout_revision(const struct layout *layout, const char *name)
{
	struct revision *revision = table_name(&layout->names, name);

	return revision && revision->alias_of ? revision->alias_of : revision;
}

const struct member *revision_header(const struct revision *revision)
{
	const struct member *first = revision->members;

	if (!revision->count || first->offset || first->pad || first->field || first->array ||
	    first->size != sizeof(uint32_t))
		return NULL;
	return first;
}

struct member *find_counterpart(const struct table *by_encoding, const struct table *by_name,
				const struct member *member)
{
	struct member *found = member->field ?
		table_number(by_encoding, member->field->encoding) : NULL;

	if (found)
		return found;
	found = table_name(by_name, member->name);
	return found && found->field && member->field ? NULL : found;
}

struct member *revision_counterpart(const struct revision *revision, const struct member *member)
{
	return find_counterpart(&revision->by_encoding, &revision->by_name, member);
}

size_t takings_of_layout(const struct takings *takings, const struct layout *layout)
{
	size_t count = 0;

	for (size_t i = 0; i < takings->count; i++)
		count += takings->of[i].revision->layout == layout;
	return count;
}

const struct revision *target_default(const struct target *target, const struct layout *layout)
{
	for (size_t i = 0; i < target->memory.count; i++)
		if (target->memory.of[i].revision->layout == layout)
			return target->memory.of[i].revision;
	return NULL;
}

const struct member *target_pattern(const struct target *target, const struct revision *revision,
				    const struct member *member)
{
	const struct revision *first = target ? target_default(target, revision->layout) : NULL;

	if (!first || first == revision || !member->field)
		return member;
	return table_number(&first->by_encoding, member->field->encoding);
}

const char *member_tlfs_name(const struct member *member)
{
	if (member->tlfs)
		return member->tlfs;
	if (member->field && member->field->tlfs)
		return member->field->tlfs;
	return member->name;
}

const char *group_name(const struct layout *layout, int group)
{
	switch (group) {
	case GROUP_NONE:
		return NULL;
	case GROUP_ALWAYS:
		return "always";
	case GROUP_ANY:
		return "any";
	case GROUP_READONLY:
		return "readonly";
	default:
		return layout->groups[group].name;
	}
}

const char *group_c_name(const struct layout *layout, int group)
{
	switch (group) {
	case GROUP_ALWAYS:
	case GROUP_READONLY:
		return "none";
	case GROUP_ANY:
		return "all";
	default:
		return group_name(layout, group);
	}
}
