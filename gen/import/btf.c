// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "import/btf.h"

enum {
	NESTED_MAX = 32,		/* structs within structs, and arrays of arrays */
	CHAIN_MAX = 256,		/* typedefs and qualifiers of a type */
	PARTS_MAX = 1 << 16,		/* of a struct, with those of the structs within it */
};

struct btf_reader {
	const struct btf *btf;
	struct arena *arena;
	struct names *names;
	unsigned int depth;
	size_t parts;
	const char *fault;		/* what is wrong with the types, once that is known */
	const char *at;			/* and the member of which, if it has a name */
};

static const struct compiled *read_compound(struct btf_reader *reader, const struct btf_type *type);

static const struct btf_type *no_type(struct btf_reader *reader, const char *fault)
{
	if (!reader->fault)
		reader->fault = fault;
	return NULL;
}

/* The type itself, without typedefs and qualifiers; NULL if there is none. */
static const struct btf_type *bare_type(struct btf_reader *reader, uint32_t id)
{
	for (unsigned int i = 0; i < CHAIN_MAX; i++) {
		const struct btf_type *type = btf__type_by_id(reader->btf, id);

		if (!type)
			return no_type(reader, "a type is missing");
		switch (btf_kind(type)) {
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_CONST:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_RESTRICT:
		case BTF_KIND_TYPE_TAG:
			id = type->type;
			break;
		default:
			return type;
		}
	}
	return no_type(reader, "a typedef has no end");
}

/* The elements of @part and their size, by its type. */
static void set_part_type(struct btf_reader *reader, struct part *part, uint32_t id)
{
	const struct btf_type *type = bare_type(reader, id);

	part->count = 1;
	for (unsigned int i = 0; type && btf_is_array(type); i++) {
		const struct btf_array *array = btf_array(type);

		part->array = true;
		if (array->nelems && part->count > UINT32_MAX / array->nelems)
			type = no_type(reader, "an array is too large");
		else if (i == NESTED_MAX)
			type = no_type(reader, "arrays are nested too deep");
		else
			type = bare_type(reader, array->type);
		part->count *= array->nelems;
	}
	if (!type)
		return;
	switch (btf_kind(type)) {
	case BTF_KIND_INT:
		/* Old BTF has the width of bit fields in their types. */
		part->bit_field = btf_int_bits(type) != type->size * 8 || btf_int_offset(type);
		part->bit += btf_int_offset(type);
		part->bits = btf_int_bits(type);
		break;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		if (!part->array)
			part->inner = read_compound(reader, type);
		part->bits = type->size * 8ull;
		break;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
	case BTF_KIND_FLOAT:
		part->bits = type->size * 8ull;
		break;
	case BTF_KIND_PTR:
		part->bits = btf__pointer_size(reader->btf) * 8;
		break;
	default:
		no_type(reader, "a member is of a type without a size");
	}
}

/* The name at an offset of the strings, or NULL for none. */
static const char *name_at(struct btf_reader *reader, uint32_t offset)
{
	const char *name = btf__name_by_offset(reader->btf, offset);

	if (!name)
		no_type(reader, "a name is missing");
	return name && *name ? name_of(reader->names, name) : NULL;
}

static void read_btf_member(struct btf_reader *reader, struct part *part,
			    const struct btf_type *type, uint32_t index)
{
	const struct btf_member *member = btf_members(type) + index;
	uint32_t width = btf_member_bitfield_size(type, index);

	part->name = name_at(reader, member->name_off);
	part->bit = btf_member_bit_offset(type, index);
	set_part_type(reader, part, member->type);
	if (reader->fault && !reader->at)
		reader->at = part->name;
	if (width) {
		part->bits = width;
		part->bit_field = true;
	}
	if (!part->name && !part->inner && !part->bit_field)
		no_type(reader, "a member has no name");
	if (part->bit + part->bits * part->count > type->size * 8ull)
		no_type(reader, "a member is not within its struct");
}

static const struct compiled *read_compound(struct btf_reader *reader, const struct btf_type *type)
{
	struct compiled *compiled = arena_alloc(reader->arena, sizeof(*compiled));

	compiled->is_union = btf_is_union(type);
	compiled->size = type->size;
	reader->parts += btf_vlen(type);
	if (reader->parts > PARTS_MAX || reader->depth == NESTED_MAX) {
		no_type(reader, "structs are nested too deep, or have too many members");
		return compiled;
	}
	reader->depth++;
	compiled->parts = arena_alloc(reader->arena, (btf_vlen(type) + 1) * sizeof(struct part));
	for (uint32_t i = 0; i < btf_vlen(type) && !reader->fault; i++)
		read_btf_member(reader, &compiled->parts[compiled->count++], type, i);
	reader->depth--;
	return compiled;
}

static bool same_compound(const struct compiled *a, const struct compiled *b);

static bool same_part(const struct part *a, const struct part *b)
{
	return a->name == b->name && a->bit == b->bit && a->bits == b->bits &&
	       a->count == b->count && a->array == b->array && a->bit_field == b->bit_field &&
	       !a->inner == !b->inner && (!a->inner || same_compound(a->inner, b->inner));
}

static bool same_compound(const struct compiled *a, const struct compiled *b)
{
	if (a->is_union != b->is_union || a->size != b->size || a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!same_part(&a->parts[i], &b->parts[i]))
			return false;
	return true;
}

/* Type @id if @name means it: a struct or a typedef, as @kind says; else NULL. */
static const struct btf_type *named_type(struct btf_reader *reader, uint32_t id, unsigned int kind,
					 const char *name)
{
	const struct btf_type *type = btf__type_by_id(reader->btf, id);
	const char *its = type && btf_kind(type) == kind ?
			  btf__name_by_offset(reader->btf, type->name_off) : NULL;

	if (!its || strcmp(its, name))
		return NULL;
	if (kind == BTF_KIND_TYPEDEF)
		type = bare_type(reader, id);
	return type && btf_is_struct(type) ? type : NULL;
}

/* The struct among the types from @first to @end; a second one has to be the same. */
static const struct compiled *find_struct(struct btf_reader *reader, uint32_t first, uint32_t end,
					  unsigned int kind, const char *name)
{
	const struct compiled *found = NULL;

	for (uint32_t id = first; id < end && !reader->fault; id++) {
		const struct btf_type *type = named_type(reader, id, kind, name);
		const struct compiled *compiled;

		if (!type)
			continue;
		reader->parts = 0;
		compiled = read_compound(reader, type);
		if (found && !reader->fault && !same_compound(found, compiled))
			no_type(reader, "there are several, which differ");
		found = compiled;
	}
	return found;
}

/* A struct's own name goes before that of a typedef, a module's types before the kernel's. */
static const struct compiled *find_named(struct btf_reader *reader, uint32_t own, const char *name)
{
	const uint32_t ends[] = { btf__type_cnt(reader->btf), own }, firsts[] = { own, 1 };
	static const unsigned int kinds[] = { BTF_KIND_STRUCT, BTF_KIND_TYPEDEF };
	const struct compiled *found = NULL;

	for (unsigned int i = 0; i < 4 && !found && !reader->fault; i++)
		found = find_struct(reader, firsts[i / 2], ends[i / 2], kinds[i % 2], name);
	return found;
}

static enum btf_result read_named_struct(const struct compiled **compiled,
					 struct btf_reader *reader, struct messages *messages,
					 const char *path, uint32_t own, const char *name)
{
	*compiled = find_named(reader, own, name);
	if (reader->fault)
		report_error(messages, (struct srcpos){ 0 }, "struct %s of '%s': %s%s%s", name,
			     path, reader->fault, reader->at ? ": " : "",
			     reader->at ? reader->at : "");
	else if (!*compiled)
		report_error(messages, (struct srcpos){ 0 }, "'%s' has no struct %s", path, name);
	return *compiled && !reader->fault ? BTF_FOUND : BTF_FAILED;
}

/* The BTF of a file; NULL after a message, or with *@absent set if it has none. */
static struct btf *open_btf(struct messages *messages, const char *path, const char *file,
			    struct btf *base, bool *absent)
{
	struct btf *btf = base ? btf__parse_split(file, base) : btf__parse(file, NULL);
	int error = errno;
	char text[128];

	*absent = !btf && (error == ENOENT || error == ENODATA);
	if (btf || *absent)
		return btf;
	libbpf_strerror(error, text, sizeof(text));
	report_error(messages, (struct srcpos){ 0 }, "the BTF of '%s' can't be read: %s", path,
		     text);
	if (error == EINVAL && !base)
		report_note(messages, (struct srcpos){ 0 },
			    "if it is a module, --btf-base names its kernel");
	return btf;
}

enum btf_result btf_read(const struct compiled **compiled, struct arena *arena,
			 struct names *names, struct messages *messages, const char *path,
			 const char *file, const char *base_path, unsigned int pointer,
			 const char *name)
{
	struct btf_reader reader = { .arena = arena, .names = names };
	enum btf_result result = BTF_FAILED;
	struct btf *base = NULL, *btf;
	bool absent = false;

	libbpf_set_print(NULL);
	if (base_path && access(base_path, R_OK)) {
		report_error(messages, (struct srcpos){ 0 }, "cannot open '%s': %s", base_path,
			     strerror(errno));
		return BTF_FAILED;
	}
	if (base_path) {
		base = open_btf(messages, base_path, base_path, NULL, &absent);
		if (absent)
			report_error(messages, (struct srcpos){ 0 }, "'%s' has no BTF", base_path);
		if (!base)
			return BTF_FAILED;
	}
	btf = open_btf(messages, path, file, base, &absent);
	if (btf) {
		btf__set_pointer_size(btf, pointer);
		reader.btf = btf;
		result = read_named_struct(compiled, &reader, messages, path,
				     base ? btf__type_cnt(base) : 1, name);
	}
	btf__free(btf);
	btf__free(base);
	return absent ? BTF_ABSENT : result;
}
