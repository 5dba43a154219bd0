// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <string.h>

#include "spec.h"

struct revision *layout_revision(const struct layout *layout, const char *name)
{
	for (struct revision *revision = layout->first; revision; revision = revision->next)
		if (!strcmp(revision->name, name))
			return revision->same ? revision->same : revision;
	return NULL;
}

struct revision *spec_revision(const struct spec *spec, const char *path)
{
	const char *slash = strchr(path, '/');

	for (size_t i = 0; slash && i < spec->layout_count; i++) {
		const struct layout *layout = spec->layouts[i];

		if (!strncmp(layout->name, path, slash - path) && !layout->name[slash - path])
			return layout_revision(layout, slash + 1);
	}
	return NULL;
}

struct member *revision_counterpart(const struct revision *revision, const struct member *member)
{
	struct member *found = member->field ?
		table_number(&revision->by_encoding, member->field->encoding) : NULL;

	if (found)
		return found;
	found = table_name(&revision->by_name, member->name);
	return found && found->field && member->field ? NULL : found;
}

const char *revision_reason(const struct revision *revision, const struct revision *ancestor)
{
	for (; revision && revision != ancestor; revision = revision->from)
		if (revision->because)
			return revision->because;
	return NULL;
}

const struct revision *revision_root(const struct revision *revision)
{
	while (revision->from)
		revision = revision->from;
	return revision;
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
