// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <string.h>

#include "compare/find_in_spec.h"

struct revision *spec_revision(const struct spec *spec, const char *path)
{
	const char *slash = strchr(path, '/');
	const struct layout *layout = slash ?
		table_name(&spec->layout_names,
			   names_intern(spec->names, path, slash - path)) : NULL;

	return layout ? layout_revision(layout, name_of(spec->names, slash + 1)) : NULL;
}

struct revision *spec_placed(const struct spec *spec, const char *path)
{
	struct revision *revision = spec_revision(spec, path);

	return revision && revision->state == PLACED ? revision : NULL;
}

const struct frozen *spec_frozen(const struct spec *spec, const struct revision *revision)
{
	for (size_t i = 0; i < spec->frozen_count; i++)
		if (spec->frozen[i].revision == revision)
			return &spec->frozen[i];
	return NULL;
}

const struct control_word *spec_control_word(const struct spec *spec, const struct field *field)
{
	for (size_t i = 0; field && i < spec->control_word_count; i++)
		if (spec->control_words[i]->field == field)
			return spec->control_words[i];
	return NULL;
}
