// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <string.h>

#include "emit/forms.h"
#include "image/meaning.h"
#include "image/model_transcript.h"
#include "image/named_bits.h"

enum { TOLD_VALUE_WIDTH = 18, TOLD_ENCODING_WIDTH = 10 };

static const char *field_shown_name(const struct field *field, bool tlfs_names)
{
	return tlfs_names && field->tlfs ? field->tlfs : field->name;
}

static const char *told_name(const struct told_value *value, bool tlfs_names)
{
	return value->field ? field_shown_name(value->field, tlfs_names) : value->label;
}

static struct value *model_told(struct maker *maker, const struct spec *spec,
				const struct told_value *value, const char *name, size_t width)
{
	const char *encoding = value->field ? hex(maker, value->field->encoding, 8) : "";
	const char *text = value->empty ? "" : value->text ? value->text :
			   hex(maker, value->number, value->digits);
	struct value *map = value_map(maker);

	map_text(maker, map, "name", name);
	map_text(maker, map, "name_fill", fill(name, width));
	map_flag(maker, map, "encoded", value->field);
	map_text(maker, map, "encoding", encoding);
	map_text(maker, map, "encoding_fill", fill(encoding, TOLD_ENCODING_WIDTH));
	map_flag(maker, map, "empty", value->empty);
	map_text(maker, map, "value", text);
	map_text(maker, map, "value_fill", fill(text, TOLD_VALUE_WIDTH));
	map_value(maker, map, "set", named_controls(maker, spec, value->field, value->number));
	map_value(maker, map, "means", field_meaning(maker, value->field, value->number));
	return map;
}

struct value *model_transcript(struct maker *maker, const struct spec *spec,
			       const struct transcript *transcript, size_t number, bool tlfs_names)
{
	struct value *map = value_map(maker), *values, *missing;
	size_t width = 0, line = 1, column;

	for (size_t i = 0; i < transcript->count; i++) {
		size_t len = strlen(told_name(&transcript->values[i], tlfs_names));

		width = len > width && !transcript->values[i].empty ? len : width;
	}
	if (transcript->pos.source)
		srcpos_locate(transcript->pos, &line, &column);
	map_number(maker, map, "number", number);
	map_number(maker, map, "line", line);
	values = map_list(maker, map, "values");
	for (size_t i = 0; i < transcript->count; i++)
		list_add(maker, values,
			 model_told(maker, spec, &transcript->values[i],
				    told_name(&transcript->values[i], tlfs_names), width));
	missing = map_list(maker, map, "missing");
	for (size_t i = 0; i < transcript->missing_count; i++)
		list_add(maker, missing, value_text(maker, field_shown_name(transcript->missing[i],
									   tlfs_names)));
	return map;
}
