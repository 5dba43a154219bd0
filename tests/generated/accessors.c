// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Reads and writes every encoding through the accessors of every revision, which are
 * all here in one file, and compares with a table of the fields.
 */
#include "pages.h"

/* A field, or its high half, in one revision. */
struct field {
	u64 encoding;
	unsigned int offset, bytes;
	u16 group;
};

/* The accessors and the tables, by Perl, and then REVISION(name, groups) for each. */
#include ACCESSORS
#include TABLES

struct revision {
	const char *name;
	bool (*read)(const void *image, u64 encoding, u64 *value);
	bool (*write)(void *image, u64 encoding, u64 value);
	unsigned int (*find)(u64 encoding);
	unsigned int (*offset)(u64 encoding);
	u16 (*clean)(u64 encoding);
	const struct field *fields;
	unsigned int nr_fields;
};

static unsigned long accepted, refused;

static void fail(const struct revision *revision, u64 encoding, const char *what, u64 value)
{
	printf("%s, 0x%llx: %s 0x%llx\n", revision->name, (unsigned long long)encoding, what,
	       (unsigned long long)value);
	exit(1);
}

static const struct field *find(const struct revision *revision, u64 encoding)
{
	for (unsigned int i = 0; i < revision->nr_fields; i++)
		if (revision->fields[i].encoding == encoding)
			return &revision->fields[i];
	return NULL;
}

static void check_refused(const struct revision *revision, u64 encoding)
{
	if (revision->find(encoding))
		fail(revision, encoding, "ends at", revision->find(encoding));
	if (revision->offset(encoding))
		fail(revision, encoding, "is at", revision->offset(encoding));
	if (revision->clean(encoding))
		fail(revision, encoding, "is in group", revision->clean(encoding));
	refused++;
}

/* A read gives the bytes of the field, and a write changes these and no others. */
static void check_accepted(const struct revision *revision, const struct field *field,
			   unsigned int tagging)
{
	static struct pages pages, expected;
	const u64 written = 0xfedcba9876543210;
	u64 value = ~0ull, right = 0;

	tag(&expected, tagging);
	pages = expected;
	memcpy(&right, pages.to + field->offset, field->bytes);
	if (!revision->read(pages.to, field->encoding, &value) || value != right)
		fail(revision, field->encoding, "read as", value);
	memcpy(expected.to + field->offset, &written, field->bytes);
	if (!revision->write(pages.to, field->encoding, written) ||
	    memcmp(&pages, &expected, sizeof(pages)))
		fail(revision, field->encoding, "not written as", written);
	if (revision->offset(field->encoding) != field->offset)
		fail(revision, field->encoding, "is at", revision->offset(field->encoding));
	if (revision->clean(field->encoding) != field->group)
		fail(revision, field->encoding, "is in group", revision->clean(field->encoding));
}

static __maybe_unused u16 no_group(u64 encoding)
{
	(void)encoding;
	return 0;
}

#define REVISION(name, clean)							\
static unsigned int name##_end(u64 encoding)					\
{										\
	return (__force u16)name##_find(encoding);				\
}										\
static unsigned int name##_begin(u64 encoding)					\
{										\
	return vmcs_offset(name##_map, encoding);				\
}										\
static bool name##_read_page(const void *image, u64 encoding, u64 *value)	\
{										\
	name##_end_t end = name##_find(encoding);				\
										\
	if (end)								\
		*value = name##_read(image, encoding, end);				\
	return end;								\
}										\
static bool name##_write_page(void *image, u64 encoding, u64 value)		\
{										\
	name##_end_t end = name##_find(encoding);				\
										\
	if (end)								\
		name##_write(image, encoding, end, value);			\
	return end;								\
}
#include REVISIONS
#undef REVISION

static const struct revision revisions[] = {
#define REVISION(name, clean)							\
	{ #name, name##_read_page, name##_write_page, name##_end, name##_begin,	\
	  clean, fields_##name, nr_fields_##name },
#include REVISIONS
};

/* All of 16 bits, and each with one bit more. */
static void check(const struct revision *revision)
{
	for (u64 encoding = 0; encoding <= 0xffff; encoding++) {
		const struct field *field = find(revision, encoding);

		for (unsigned int tagging = 0; field && tagging < TAGGINGS; tagging++)
			check_accepted(revision, field, tagging);
		accepted += field != NULL;
		if (!field)
			check_refused(revision, encoding);
		for (unsigned int bit = 16; bit < 64; bit++)
			check_refused(revision, encoding | 1ull << bit);
	}
}

int main(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(revisions); i++)
		check(&revisions[i]);
	printf("%zu revisions, %lu accepted, %lu refused\n", ARRAY_SIZE(revisions), accepted,
	       refused);
	return 0;
}
