// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdlib.h>
#include <string.h>

#include "import/foreign.h"
#include "language/pads.h"

/* Where the parts that are read lie: in which bit, and in which member. */
struct context {
	uint64_t bit;
	const char *prefix;		/* NULL: in the struct itself */
};

static void read_parts(struct foreign *foreign, const struct part *parts, size_t count,
		       struct context context);

static bool all_bit_fields(const struct compiled *compiled)
{
	for (size_t i = 0; i < compiled->count; i++)
		if (!compiled->parts[i].bit_field)
			return false;
	return compiled->count && !compiled->is_union;
}

/* The struct of nothing but bit fields that @compiled is or, as a union, may be seen as. */
static const struct compiled *bit_fields(const struct compiled *compiled)
{
	if (all_bit_fields(compiled))
		return compiled;
	for (size_t i = 0; i < compiled->count; i++) {
		const struct part *part = &compiled->parts[i];

		if (part->inner && !part->bit && part->inner->size == compiled->size &&
		    all_bit_fields(part->inner))
			return part->inner;
	}
	return NULL;
}

static const char *full_name(struct foreign *foreign, struct context context,
			     const char *name)
{
	const struct spec *spec = foreign->matcher.spec;

	if (!context.prefix || !name)
		return name ? name : context.prefix;
	return name_of(spec->names, arena_printf(spec->arena, "%s.%s", context.prefix, name));
}

/* The meaning of a name: alone or, in a member, after that member's name. */
static const struct meaning *meaning_of(struct foreign *foreign, struct context context,
					const char *name)
{
	const struct meaning *meaning =
		match_name(&foreign->matcher, full_name(foreign, context, name));

	return meaning || !context.prefix ? meaning : match_name(&foreign->matcher, name);
}

/* What bytes are by a table of the file: as many bytes as the encoding has. */
static struct encoded *encoded_at(const struct foreign *foreign, uint64_t bit, uint64_t bits)
{
	struct encoded *encoded = bit % 8 || bit / 8 > UINT32_MAX ? NULL :
				  table_number(&foreign->by_offset, bit / 8);

	return encoded && encoding_size(encoded->encoding) * 8 == bits ? encoded : NULL;
}

/* What a part means: by its encoding, if a table has it, or by its name. */
static const struct meaning *part_meaning(struct foreign *foreign, struct context context,
					  const struct part *part)
{
	struct encoded *encoded = encoded_at(foreign, context.bit + part->bit,
					     part->bits * part->count);
	const struct meaning *named = part->name ? meaning_of(foreign, context, part->name) : NULL;

	return encoded ? match_encoding(&foreign->matcher, encoded->encoding) : named;
}

static struct context within(struct foreign *foreign, struct context context,
			     const struct part *part)
{
	return (struct context){ context.bit + part->bit,
				 full_name(foreign, context, part->name) };
}

/* How many parts, nested ones too, are fields or, unless @fields, are not pads. */
static size_t count_meanings(struct foreign *foreign, const struct part *parts, size_t count,
			     struct context context, bool fields)
{
	size_t found = 0;

	for (const struct part *part = parts; part < parts + count; part++) {
		const struct meaning *meaning = part_meaning(foreign, context, part);

		if (meaning)
			found += fields ? meaning->field != NULL :
				 !meaning->member || !meaning->member->pad;
		else if (part->inner)
			found += count_meanings(foreign, part->inner->parts, part->inner->count,
						within(foreign, context, part), fields);
	}
	return found;
}

static struct foreign_member *add_foreign(struct foreign *foreign, struct context context,
					  const struct part *part)
{
	struct foreign_member *member;
	struct encoded *encoded;

	foreign->members = grow(foreign->members, &foreign->room, foreign->count + 1,
				sizeof(*foreign->members));
	member = &foreign->members[foreign->count++];
	*member = (struct foreign_member){
		.name = full_name(foreign, context, part->name),
		.bit = context.bit + part->bit, .bytes = part->bits / 8, .count = part->count,
		.array = part->array, .inner = part->inner,
	};
	member->meaning = part_meaning(foreign, context, part);
	encoded = encoded_at(foreign, member->bit, part->bits * part->count);
	member->encoded = encoded;
	if (encoded)
		encoded->met = true;
	return member;
}

/* A bit field of whole bytes that means a field is a member like others. */
static bool is_byte_field(struct foreign *foreign, struct context context, const struct part *part)
{
	const struct meaning *meaning = part->name ? part_meaning(foreign, context, part) : NULL;

	return meaning && meaning->field && part->bit % 8 == 0 &&
	       part->bits == encoding_size(meaning->field->encoding) * 8;
}

/*
 * A run of bit fields is one member, of all bytes that they touch; but not if one of them is a
 * field, since a field has its bytes alone.
 */
static void read_bit_fields(struct foreign *foreign, const struct part *parts, size_t count,
			    struct context context)
{
	struct arena *arena = foreign->matcher.spec->arena;
	struct compiled *inner = arena_alloc(arena, sizeof(*inner));
	uint64_t start = parts->bit / 8 * 8, end = start;
	struct part whole = { .inner = inner, .count = 1, .bit = start };
	const char *cut = NULL;

	inner->count = count;
	inner->parts = arena_alloc(arena, count * sizeof(*parts));
	for (size_t i = 0; i < count; i++) {
		const struct part *part = &parts[i];
		const struct meaning *meaning = part->name ?
			meaning_of(foreign, context, part->name) : NULL;

		if (!whole.name)
			whole.name = part->name;
		if (meaning && meaning->field && !cut)
			cut = part->name;
		if (part->bit + part->bits > end)
			end = part->bit + part->bits;
		inner->parts[i] = *part;
		inner->parts[i].bit -= start;
	}
	inner->size = (end - start + 7) / 8;
	whole.bits = inner->size * 8;
	if (whole.name)			/* without one they only keep bits free */
		add_foreign(foreign, context, &whole)->cut = cut;
}

/* The name of a part or, if it has none, of the first within it. */
static const char *first_name(const struct part *part)
{
	while (!part->name && part->inner && part->inner->count)
		part = part->inner->parts;
	return part->name;
}

/* A union without a meaningful view has the name of its first named view. */
static void read_opaque(struct foreign *foreign, const struct part *whole, struct context context)
{
	struct part opaque = *whole;

	for (size_t i = 0; i < whole->inner->count && !opaque.name; i++)
		opaque.name = first_name(&whole->inner->parts[i]);
	if (opaque.name)		/* without one it only keeps bytes free */
		add_foreign(foreign, context, &opaque);
}

/* A union is the view that means most. */
static void read_union(struct foreign *foreign, const struct part *whole, struct context context)
{
	const struct compiled *compiled = whole->inner;
	struct context inner = within(foreign, context, whole);
	struct part *best = NULL, *rival = NULL;
	size_t most = 0, first = foreign->count;

	for (size_t i = 0; i < compiled->count; i++) {
		struct part *part = &compiled->parts[i];
		size_t count = count_meanings(foreign, part, 1, inner, false);

		if (count > most) {
			rival = best;
			best = part;
			most = count;
		} else if (count) {
			rival = part;
		}
	}
	if (!best) {
		read_opaque(foreign, whole, context);
		return;
	}
	read_parts(foreign, best, 1, inner);
	/* Members that are not fields may be seen in several ways, fields may not. */
	if (rival && first < foreign->count && count_meanings(foreign, rival, 1, inner, true))
		foreign->members[first].rival =
			full_name(foreign, inner, first_name(rival));
}

/* Whether the parts of @part are members, and not that itself. */
static bool is_entered(struct foreign *foreign, const struct part *part, struct context context)
{
	const struct compiled *inner = part->inner;

	if (!inner || part_meaning(foreign, context, part))
		return false;
	return !part->name ||
	       (!bit_fields(inner) && count_meanings(foreign, inner->parts, inner->count,
						     within(foreign, context, part), false));
}

static void read_parts(struct foreign *foreign, const struct part *parts, size_t count,
		       struct context context)
{
	const struct part *end = parts + count, *last;

	for (const struct part *part = parts; part < end; part = last) {
		last = part;
		while (last < end && last->bit_field && !is_byte_field(foreign, context, last))
			last++;
		if (last > part) {
			read_bit_fields(foreign, part, last - part, context);
			continue;
		}
		last++;
		if (!part->bits || !part->count)
			continue;	/* it has no bytes */
		if (!is_entered(foreign, part, context))
			add_foreign(foreign, context, part);
		else if (part->inner->is_union)
			read_union(foreign, part, context);
		else
			read_parts(foreign, part->inner->parts, part->inner->count,
				   within(foreign, context, part));
	}
}

/* What --map says, for the matcher: false after a message. */
static bool take_renamings(struct foreign *foreign)
{
	const struct strings *maps = &foreign->options->maps;
	struct matcher *matcher = &foreign->matcher;
	const struct spec *spec = matcher->spec;

	matcher->renamings = arena_alloc(spec->arena, (maps->count + 1) *
					 sizeof(*matcher->renamings));
	for (size_t i = 0; i < maps->count; i++) {
		const char *theirs = maps->items[i], *equals = strchr(theirs, '=');
		struct renaming *renaming = &matcher->renamings[i];

		renaming->theirs = names_intern(spec->names, theirs, equals - theirs);
		renaming->ours = name_of(spec->names, equals + 1);
		if (match_name(matcher, renaming->ours)) {
			matcher->renaming_count = i + 1;
			continue;
		}
		report_error(spec->messages, (struct srcpos){ 0 },
			     "--map %s: '%s' is neither a field nor a member of '%s'", theirs,
			     renaming->ours, matcher->layout->name);
		return false;
	}
	return true;
}

/*
 * A table like KVM's: by the index of an encoding, the offset of the field, and maybe more in an
 * entry. 0 means none, and high halves are where their fields are.
 */
static bool take_encodings(struct foreign *foreign)
{
	const unsigned char *bytes = foreign->file.table_bytes;
	unsigned int entry = foreign->options->encodings_entry;
	const struct spec *spec = foreign->matcher.spec;
	struct srcpos nowhere = { 0 };

	for (size_t i = 0; bytes && i < foreign->file.table_len / entry && i <= UINT16_MAX; i++) {
		struct encoded *encoded = arena_alloc(spec->arena, sizeof(*encoded)), *other;

		encoded->offset = bytes[i * entry] | bytes[i * entry + 1] << 8;
		encoded->encoding = encoding_of_rol16(i);
		if (!encoded->offset || encoded->encoding & ENCODING_HIGH)
			continue;
		other = table_add_number(&foreign->by_offset, encoded->offset, encoded);
		if (!match_encoding(&foreign->matcher, encoded->encoding))
			report_error(spec->messages, nowhere,
				     "%s has 0x%04x at byte %u, which is the encoding of no field",
				     foreign->file.table, encoded->encoding, encoded->offset);
		else if (other)
			report_error(spec->messages, nowhere,
				     "%s has 0x%04x and 0x%04x at byte %u", foreign->file.table,
				     other->encoding, encoded->encoding, encoded->offset);
		else
			continue;
		return false;
	}
	return true;
}

/* Each entry of the table has to be where a member of its size is. */
static bool all_encodings_met(const struct foreign *foreign)
{
	size_t entries = foreign->by_offset.count;
	bool fine = true;

	for (uint32_t offset = 0; entries && offset <= UINT16_MAX; offset++) {
		const struct encoded *encoded = table_number(&foreign->by_offset, offset);

		if (!encoded)
			continue;
		entries--;
		if (encoded->met)
			continue;
		report_error(foreign->matcher.spec->messages, (struct srcpos){ 0 },
			     "%s has 0x%04x at byte %u, where no member of %u bytes is",
			     foreign->file.table, encoded->encoding, offset,
			     encoding_size(encoded->encoding));
		fine = false;
	}
	return fine;
}

bool foreign_read(struct foreign *foreign, const struct foreign_options *options,
		  struct spec *spec, const struct layout *layout, const struct revision *base,
		  const char *path, struct source *source, const char *name)
{
	struct compiled_file *file = &foreign->file;

	*foreign = (struct foreign){ .options = options, .c_struct = name_of(spec->names, name) };
	*file = (struct compiled_file){ .path = path, .source = source, .flags = options->flags };
	if (source) {
		file->prelude = arena_printf(spec->arena, "%s%s", kernel_prelude, tlfs_prelude);
	} else {
		file->btf_base = options->btf_base;
		file->table = options->encodings;
		file->prelude = options->kernel_types ? kernel_prelude : NULL;
	}
	match_init(&foreign->matcher, spec, layout, base);
	if (!take_renamings(foreign))
		return false;
	foreign->compiled = compiled_read(file, spec->arena, spec->names, spec->messages, name);
	if (!foreign->compiled || !take_encodings(foreign))
		return false;
	read_parts(foreign, foreign->compiled->parts, foreign->compiled->count,
		   (struct context){ 0 });
	return all_encodings_met(foreign);
}

void foreign_free(struct foreign *foreign)
{
	match_free(&foreign->matcher);
	table_free(&foreign->by_offset);
	free(foreign->members);
}

struct srcpos foreign_pos(const struct foreign *foreign, const char *name)
{
	const char *last = strrchr(name, '.');

	return compiled_pos(&foreign->file, foreign->c_struct, last ? last + 1 : name);
}

bool foreign_all_renamed(const struct foreign *foreign)
{
	bool fine = true;

	for (size_t i = 0; i < foreign->matcher.renaming_count; i++) {
		const struct renaming *renaming = &foreign->matcher.renamings[i];

		if (renaming->met)
			continue;
		report_error(foreign->matcher.spec->messages, (struct srcpos){ 0 },
			     "--map %s=%s: the struct has no member '%s'", renaming->theirs,
			     renaming->ours, renaming->theirs);
		fine = false;
	}
	return fine;
}

const struct compiled *foreign_bit_fields(const struct foreign_member *member)
{
	return member->inner ? bit_fields(member->inner) : NULL;
}

/* The bit field of @bits that goes by @name, or NULL. */
static const struct bit_field *bits_named(const struct bits *bits, const char *name)
{
	for (size_t i = 0; i < bits->count; i++)
		if (match_same_name(bits->fields[i].name, name))
			return &bits->fields[i];
	return NULL;
}

/* Bit fields without a name only keep bits free: a struct skips them, a spec names them. */
bool foreign_same_bits(const struct bits *bits, const struct compiled *compiled)
{
	size_t met = 0;
	uint64_t bit = 0;

	for (size_t i = 0; i < bits->count && met < compiled->count; i++) {
		const struct part *part = &compiled->parts[met];
		const struct bit_field *named = part->name ? bits_named(bits, part->name) : NULL;

		if (part->bit == bit && part->bits == bits->fields[i].width &&
		    (!named || named == &bits->fields[i]))
			met++;
		bit += bits->fields[i].width;
	}
	return bits->size == compiled->size && met == compiled->count;
}

const struct bits *foreign_bits(const struct spec *spec, const struct foreign_member *member)
{
	const struct compiled *compiled = foreign_bit_fields(member);

	for (size_t i = 0; compiled && i < spec->bits_count; i++)
		if (foreign_same_bits(spec->bits[i], compiled))
			return spec->bits[i];
	return NULL;
}

/* Bytes without further structure, in the widest unit that is aligned. */
void foreign_set_bytes(struct member *member, const struct foreign_member *foreign)
{
	uint64_t bytes = foreign->bytes * foreign->count;

	if (!foreign->inner && foreign->bytes <= 8 && !(foreign->bytes & (foreign->bytes - 1))) {
		member->size = foreign->bytes;
		member->count = foreign->count;
		member->array = foreign->array;
		return;
	}
	member->size = 8;
	while (bytes % member->size || member->offset % member->size)
		member->size /= 2;
	member->count = bytes / member->size;
	member->array = member->count > 1;
}
