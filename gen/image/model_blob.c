// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdlib.h>
#include <string.h>

#include "compare/find_in_spec.h"
#include "emit/forms.h"
#include "image/fits.h"
#include "image/meaning.h"
#include "image/model_blob.h"
#include "image/named_bits.h"

enum {
	PAD_LINE = 16,			/* bytes of a pad in a line */
	VALUE_WIDTH = 18,		/* columns of the longest number */
	ENCODING_WIDTH = 10,
	HEADER_BITS = 9,		/* that have a name, and those between them */
};

/* struct kvm_nested_state, the parts that VMX uses. */
static const struct header_field {
	const char *name;
	uint32_t offset, size;
	const char *bits[HEADER_BITS];		/* their names, from bit 0 up */
} header_fields[] = {
	{ "flags", 0, 2, { "guest_mode", "run_pending", "evmcs", "mtf_pending", [8] = "gif_set" } },
	{ "format", 2, 2, { NULL } },
	{ "size", 4, 4, { NULL } },
	{ "vmxon_pa", 8, 8, { NULL } },
	{ "vmcs12_pa", 16, 8, { NULL } },
	{ "smm.flags", 24, 2, { "guest_mode", "vmxon" } },
	{ NULL, 26, 2, { NULL } },
	{ "vmx.flags", 28, 4, { "preemption_timer_deadline" } },
	{ "preemption_timer_deadline", 32, 8, { NULL } },
	{ NULL, 40, STATE_HEADER - 40, { NULL } },
};

/* A table that is being made: of a header, or of an image. */
struct lines {
	struct maker *maker;
	const struct spec *spec;
	const struct layout *layout;	/* of an image */
	const unsigned char *bytes;
	uint32_t clean;			/* the clean-field word */
	bool tlfs_names;
	size_t width;			/* columns of the longest name */
	struct value *list;
};

/* The content of a line. */
struct image_line {
	const char *name;
	const struct member *member;	/* or NULL */
	uint32_t offset, size;
	bool pad;
	const char *value;
	struct value *set;		/* the names of bits that are set */
	uint64_t number;
};

static bool is_clean(const struct lines *lines, int group)
{
	uint32_t mask = group >= 0 ? 1u << group : group == GROUP_ANY ? 0xffff : 0;

	return mask && (lines->clean & mask) == mask;
}

static void map_member(struct lines *lines, struct value *map, const struct member *member)
{
	const struct field *field = member ? member->field : NULL;
	const char *group = member ? group_name(lines->layout, member->group) : NULL;
	const char *encoding = field ? hex(lines->maker, field->encoding, 8) : "";

	map_flag(lines->maker, map, "encoded", field);
	map_text(lines->maker, map, "encoding", encoding);
	map_text(lines->maker, map, "encoding_fill", fill(encoding, ENCODING_WIDTH));
	map_flag(lines->maker, map, "in_group", group);
	map_text(lines->maker, map, "group", group);
	map_flag(lines->maker, map, "clean", group && is_clean(lines, member->group));
}

static void add_line(struct lines *lines, const struct image_line *line)
{
	struct maker *maker = lines->maker;
	struct value *map = value_map(maker);

	map_text(maker, map, "name", line->name);
	map_text(maker, map, "name_fill", fill(line->name, lines->width));
	map_column(maker, map, "offset", line->offset, "offset_fill", 6);
	map_column(maker, map, "size", line->size, "size_fill", 5);
	map_flag(maker, map, "pad", line->pad);
	map_text(maker, map, "value", line->value);
	map_text(maker, map, "value_fill", fill(line->value, VALUE_WIDTH));
	map_value(maker, map, "set", line->set);
	map_value(maker, map, "means",
		  field_meaning(maker, line->member ? line->member->field : NULL, line->number));
	map_member(lines, map, line->member);
	list_add(maker, lines->list, map);
}

/* Lines for bytes that belong to no member, as they are, unless they are 0. */
static void add_pad(struct lines *lines, const char *name, uint32_t offset, uint32_t end)
{
	for (uint32_t at = offset, stop; at < end; at = stop) {
		char digits[2 * PAD_LINE + 1] = "";
		struct image_line line = { .name = name, .offset = at, .pad = true,
				     .set = value_list(lines->maker) };
		bool zero = true;

		stop = at - at % PAD_LINE + PAD_LINE < end ? at - at % PAD_LINE + PAD_LINE : end;
		for (uint32_t i = at; i < stop; i++) {
			zero &= !lines->bytes[i];
			snprintf(digits + 2 * (i - at), 3, "%02x", lines->bytes[i]);
		}
		line.size = stop - at;
		line.value = arena_copy(lines->maker->arena, digits, strlen(digits));
		if (!zero)
			add_line(lines, &line);
	}
}

static void add_number(struct lines *lines, const char *name, const struct member *member,
		       uint32_t offset, uint32_t size, struct value *set)
{
	uint64_t number = number_at(lines->bytes + offset, size);
	struct image_line line = { .name = name, .member = member, .offset = offset, .size = size,
			     .value = hex(lines->maker, number, 2 * size), .set = set,
			     .number = number };

	add_line(lines, &line);
}

/* The fields of @bits that are not 0. */
static struct value *set_fields(struct maker *maker, uint64_t number, const struct bits *bits)
{
	struct value *set = value_list(maker);
	unsigned int bit = 0;

	for (size_t i = 0; i < bits->count; bit += bits->fields[i++].width) {
		uint64_t value = number >> bit & UINT64_MAX >> (64 - bits->fields[i].width);
		const char *name = bits->fields[i].name;

		if (value && bits->fields[i].width > 1)
			name = printed(maker, "%s=%s", name, hex(maker, value, 1));
		if (value)
			list_add(maker, set, value_text(maker, name));
	}
	return set;
}

/* The bits that are set in an element of @member. */
static struct value *set_in_member(struct lines *lines, const struct member *member,
				   uint64_t number)
{
	const struct layout *layout = lines->layout;
	const char *names[GROUPS];

	if (member->bits)
		return set_fields(lines->maker, number, member->bits);
	if (member->name != layout->clean_word)
		return named_controls(lines->maker, lines->spec, member->field, number);
	for (int bit = 0; bit < GROUPS; bit++)
		names[bit] = layout->groups[bit].name;
	return named_bits(lines->maker, number, names, GROUPS);
}

/* The name of an element. */
static const char *element_name(const struct lines *lines, const struct member *member, uint32_t i)
{
	const char *name = member_shown_name(member, lines->tlfs_names);

	return member->array ? printed(lines->maker, "%s[%u]", name, i) : name;
}

static void add_member(struct lines *lines, const struct member *member)
{
	if (member->pad) {
		add_pad(lines, member_shown_name(member, lines->tlfs_names), member->offset,
			member_end(member));
		return;
	}
	for (uint32_t i = 0; i < member->count; i++) {
		uint32_t offset = member->offset + i * member->size;

		add_number(lines, element_name(lines, member, i), member, offset, member->size,
			   set_in_member(lines, member,
					 number_at(lines->bytes + offset, member->size)));
	}
}

/* The clean-field word of an image. */
static uint32_t clean_bits(const struct revision *revision, const unsigned char *bytes)
{
	const char *word = revision->layout->clean_word;
	const struct member *member = word ? table_name(&revision->by_name, word) : NULL;

	return member ? number_at(bytes + member->offset, member->size) : 0;
}

static struct value *image_lines(struct lines *lines, const struct revision *revision)
{
	for (size_t i = 0; i < revision->count; i++) {
		const struct member *member = &revision->members[i];
		size_t width = strlen(element_name(lines, member, member->count - 1));

		lines->width = width > lines->width ? width : lines->width;
	}
	for (size_t i = 0; i < revision->count; i++)
		add_member(lines, &revision->members[i]);
	add_pad(lines, "", revision->size, IMAGE_SIZE);
	return lines->list;
}

static struct value *header_lines(struct lines *lines)
{
	enum { FIELDS = sizeof(header_fields) / sizeof(header_fields[0]) };

	for (size_t i = 0; i < FIELDS; i++)
		if (header_fields[i].name && strlen(header_fields[i].name) > lines->width)
			lines->width = strlen(header_fields[i].name);
	for (size_t i = 0; i < FIELDS; i++) {
		const struct header_field *field = &header_fields[i];
		uint64_t number = number_at(lines->bytes + field->offset, field->size);

		if (!field->name)
			add_pad(lines, "", field->offset, field->offset + field->size);
		else
			add_number(lines, field->name, NULL, field->offset, field->size,
				   field->bits[0] ?
				   named_bits(lines->maker, number, field->bits, HEADER_BITS) :
				   value_list(lines->maker));
	}
	return lines->list;
}

static void list_remarks(struct maker *maker, struct value *list, const struct remarks *remarks)
{
	for (size_t i = 0; i < remarks->count; i++)
		list_add(maker, list, value_text(maker, remarks->of[i]));
}

/* The revisions with its id that an image may be of, best first, and why it may be one. */
static void map_fits(struct lines *lines, struct value *map, const struct image *image)
{
	struct maker *maker = lines->maker;
	struct value *list = map_list(maker, map, "fits");
	struct remarks signs = image_signs(lines->spec, image->revision, image->bytes);
	struct fits fits;

	fits_rank(&fits, maker->arena, lines->spec, image->revision, image->bytes);
	for (size_t i = 0; i < fits.count; i++) {
		struct value *fit = list_map(maker, list);

		map_text(maker, fit, "path", fits.of[i].revision->path);
		map_number(maker, fit, "count", fits.of[i].misfits.count);
		map_text(maker, fit, "first_misfit", fits.of[i].misfits.count ?
			 fits.of[i].misfits.of[0] : NULL);
		list_remarks(maker, map_list(maker, fit, "misfits"), &fits.of[i].misfits);
	}
	list_remarks(maker, map_list(maker, map, "signs"), &signs);
	fits_free(&fits);
	free(signs.of);
}

/* What the partial `identity` tells: the version of the layout or, without one, the id. */
static void map_identity(struct maker *maker, struct value *map, const struct revision *revision)
{
	struct value *layout = value_map(maker);

	map_flag(maker, layout, "has_version", revision->layout->has_version);
	map_number(maker, layout, "version", revision->layout->version);
	map_value(maker, map, "layout", layout);
	map_flag(maker, map, "has_id", revision->has_id);
	map_hex(maker, map, "id", revision->id, 8);
}

static struct value *model_image(struct lines *lines, const struct image *image,
				 unsigned int number)
{
	const struct revision *revision = image->revision;
	struct maker *maker = lines->maker;
	struct value *map = value_map(maker);

	lines->layout = revision->layout;
	lines->bytes = image->bytes;
	lines->clean = clean_bits(revision, image->bytes);
	lines->width = 0;
	lines->list = value_list(maker);
	map_number(maker, map, "image", number);
	map_number(maker, map, "at", image->offset);
	map_text(maker, map, "path", revision->path);
	map_identity(maker, map, revision);
	map_flag(maker, map, "shadow", number_at(image->bytes, 4) & IMAGE_SHADOW);
	map_value(maker, map, "members", image_lines(lines, revision));
	map_fits(lines, map, image);
	return map;
}

struct value *model_blob(struct maker *maker, const struct spec *spec, const struct blob *blob,
			 bool tlfs_names)
{
	struct lines lines = { .maker = maker, .spec = spec, .bytes = blob->bytes,
			       .tlfs_names = tlfs_names, .list = value_list(maker) };
	struct value *map = value_map(maker), *images = value_list(maker);

	map_number(maker, map, "number", blob->number);
	map_number(maker, map, "begin", blob->at);
	map_number(maker, map, "bytes", blob->size);
	map_flag(maker, map, "page", blob->bare);
	map_value(maker, map, "header", blob->bare ? lines.list : header_lines(&lines));
	for (unsigned int i = 0; i < blob->count; i++)
		list_add(maker, images, model_image(&lines, &blob->images[i], i + 1));
	map_value(maker, map, "images", images);
	return map;
}

void map_scan(struct maker *maker, struct value *map, uint64_t at, const char *reason, bool told)
{
	map_hex(maker, map, "begin_hex", at, 8);
	map_flag(maker, map, "likely", !reason);
	map_text(maker, map, "reason", reason);
	map_flag(maker, map, "told", told);
}
