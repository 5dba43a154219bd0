/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What a random spec has to make of images, by tables that tests/lib/Expectations.pm
 * writes, and calls of the generated functions that must do just that.
 */
#include <stdio.h>
#include <string.h>

/* Nothing is timed here, and calls compile ten times as fast. */
#undef __always_inline
#define __always_inline inline

#include "vmcs_types.h"

/* The low 16 bits of an encoding rotated left by six, as KVM's own tables have them. */
#define VMCS_INDEX(encoding) (((((encoding) & 0xffffu) * 0x10001u) >> 10) & 0xffff)

enum { ROOM = 16384, BEHIND = 64 };

struct expected_field {
	u64 encoding;
	unsigned int offset, bytes, group;
};

struct expected_move {
	unsigned int from, to, bytes;
};

/* A member that an image lacks, and what a load gives it. */
struct expected_gap {
	unsigned int offset, size, count;
	u64 neutral;
};

struct expected_revision {
	const char *name;
	u32 id, id_is, size, size_is;
	const struct expected_field *fields;
	unsigned int field_count;
	bool (*read)(const void *image, u64 encoding, u64 *value);
	bool (*write)(void *image, u64 encoding, u64 value);
	unsigned int (*offset)(u64 encoding);
	unsigned int (*group)(u64 encoding);
};

/* An image, compared with the revision in memory. */
struct expected_image {
	const char *name;
	const struct expected_move *moves;	/* from the image to memory */
	const struct expected_gap *gaps;
	unsigned int move_count, gap_count, image_size, memory_size;
	void (*load)(void *to, const void *from);
	void (*store)(void *to, const void *from);
};

/* A member that is copied at an entry if one of the bits @dirty is, or always. */
struct expected_copy {
	unsigned int from, to, bytes, dirty, always;
};

struct expected_copies {
	const char *name;
	const struct expected_copy *copies;
	unsigned int count;
	bool at_entry;
	void (*run)(void *to, const void *from, u32 clean);
};

static unsigned int faults;
static unsigned char from[ROOM], to[ROOM], expected[ROOM];

#define FAULT(...) (faults++, printf(__VA_ARGS__), putchar('\n'))

static u64 chance(void)
{
	static u64 state = 88172645463325252ULL;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static void fill(unsigned char *bytes, size_t count)
{
	for (u64 value; count >= sizeof(value); bytes += sizeof(value), count -= sizeof(value)) {
		value = chance();
		memcpy(bytes, &value, sizeof(value));
	}
}

static u64 value_at(const unsigned char *bytes, unsigned int count)
{
	u64 value = 0;

	memcpy(&value, bytes, count);
	return value;
}

/* Whether @to is as expected; else where it is not. */
static bool as_expected(const char *what, unsigned long long which, size_t size)
{
	if (!memcmp(to, expected, size))
		return true;
	for (size_t i = 0; i < size; i++)
		if (to[i] != expected[i]) {
			FAULT("%s (%llx): byte %zu is %02x, expected %02x", what, which, i, to[i],
			      expected[i]);
			break;
		}
	return false;
}

static void look_up(const struct expected_revision *revision, u64 encoding)
{
	const u64 untouched = 0x1122334455667788;
	const struct expected_field *field = NULL;
	u64 value = untouched, new = chance();
	bool found = revision->read(to, encoding, &value);

	for (unsigned int i = 0; i < revision->field_count; i++)
		if (revision->fields[i].encoding == encoding)
			field = &revision->fields[i];
	if (found != !!field ||
	    value != (field ? value_at(to + field->offset, field->bytes) : untouched))
		FAULT("%s: read %llx", revision->name, (unsigned long long)encoding);
	if (revision->offset(encoding) != (field ? field->offset : 0))
		FAULT("%s: offset %llx", revision->name, (unsigned long long)encoding);
	if (revision->group && revision->group(encoding) != (field ? field->group : 0))
		FAULT("%s: group %llx", revision->name, (unsigned long long)encoding);
	memcpy(expected, to, sizeof(to));
	if (field)
		memcpy(expected + field->offset, &new, field->bytes);
	if (revision->write(to, encoding, new) != !!field)
		FAULT("%s: write %llx", revision->name, (unsigned long long)encoding);
	as_expected(revision->name, encoding, sizeof(to));
}

static void try_revision(const struct expected_revision *revision, const u64 *encodings,
			 unsigned int count)
{
	if (revision->id != revision->id_is)
		FAULT("%s: id %x", revision->name, revision->id_is);
	if (revision->size != revision->size_is)
		FAULT("%s: size %u", revision->name, revision->size_is);
	fill(to, sizeof(to));
	for (unsigned int i = 0; i < count; i++) {
		const u64 encoding = encodings[i];
		const u64 near[] = { encoding, encoding ^ 1, encoding ^ 1 << 12, encoding ^ 1 << 15,
				     encoding ^ 1 << 16, encoding ^ 1ULL << 32, encoding ^ 1ULL << 63,
				     encoding ^ 1 << (chance() & 15), chance() & 0x7ffe };

		for (unsigned int j = 0; j < sizeof(near) / sizeof(*near); j++)
			look_up(revision, near[j]);
	}
}

static bool try_load(const struct expected_image *image)
{
	fill(from, sizeof(from));
	fill(to, sizeof(to));
	memcpy(expected, to, sizeof(to));
	for (unsigned int i = 0; i < image->move_count; i++)
		memcpy(expected + image->moves[i].to, from + image->moves[i].from,
		       image->moves[i].bytes);
	for (unsigned int i = 0; i < image->gap_count; i++)
		for (unsigned int j = 0; j < image->gaps[i].count; j++)
			memcpy(expected + image->gaps[i].offset + j * image->gaps[i].size,
			       &image->gaps[i].neutral, image->gaps[i].size);
	image->load(to, from);
	return as_expected(image->name, 0, image->memory_size + BEHIND);
}

static bool try_store(const struct expected_image *image)
{
	fill(from, sizeof(from));
	fill(to, sizeof(to));
	memcpy(expected, to, sizeof(to));
	for (unsigned int i = 0; i < image->move_count; i++)
		memcpy(expected + image->moves[i].from, from + image->moves[i].to,
		       image->moves[i].bytes);
	image->store(to, from);
	return as_expected(image->name, 1, image->image_size + BEHIND);
}

static void try_image(const struct expected_image *image)
{
	for (unsigned int round = 0; round < 2; round++)
		if (!try_load(image) || !try_store(image))
			break;
}

/* No clean bit, all, each alone, each alone dirty, and some. */
static unsigned int clean_bits(unsigned int round)
{
	if (round < 2)
		return round ? 0xffff : 0;
	if (round < 18)
		return 1 << (round - 2);
	if (round < 34)
		return 0xffff & ~(1 << (round - 18));
	return chance() & 0xffff;
}

static void try_copies(const struct expected_copies *copies)
{
	for (unsigned int round = 0; round < (copies->at_entry ? 40 : 1); round++) {
		unsigned int clean = clean_bits(round);

		fill(from, sizeof(from));
		fill(to, sizeof(to));
		memcpy(expected, to, sizeof(to));
		for (unsigned int i = 0; i < copies->count; i++)
			if (copies->copies[i].always || copies->copies[i].dirty & ~clean)
				memcpy(expected + copies->copies[i].to,
				       from + copies->copies[i].from, copies->copies[i].bytes);
		copies->run(to, from, clean);
		if (!as_expected(copies->name, clean, sizeof(to)))
			break;
	}
}

static void try_existence(const char *what, bool as_expected, u64 encoding)
{
	if (!as_expected)
		FAULT("%s: whether %llx exists", what, (unsigned long long)encoding);
}

/* A look-up table of the kernel's kind: offsets, or pairs of offset and group. */
static void try_table(const struct expected_revision *revision, const u16 *table,
		      unsigned int rows, unsigned int columns)
{
	unsigned int used = 0;

	for (unsigned int row = 0; row < rows; row++)
		used += !!table[row * columns];
	if (used != revision->field_count)
		FAULT("%s: the table has %u fields, expected %u", revision->name, used,
		      revision->field_count);
	for (unsigned int i = 0; i < revision->field_count; i++) {
		const struct expected_field *field = &revision->fields[i];
		unsigned int row = VMCS_INDEX(field->encoding);

		if (row >= rows || table[row * columns] != field->offset ||
		    (columns > 1 && table[row * columns + 1] != field->group))
			FAULT("%s: the table's row of %llx", revision->name,
			      (unsigned long long)field->encoding);
	}
}
