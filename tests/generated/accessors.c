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

/* The accessors and the tables, by Perl, and then REVISION(name) for each. */
#include ACCESSORS
#include TABLES

struct revision {
	const char *name;
	bool (*read)(const void *image, u64 encoding, u64 *value);
	bool (*write)(void *image, u64 encoding, u64 value);
	bool (*write_own)(void *image, u64 encoding, u64 value);
	unsigned int (*offset)(u64 encoding);
	u16 (*group)(u64 encoding);
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

static void check_refused(const struct revision *revision, struct pages *pages, u64 encoding)
{
	const u64 untouched = 0x0123456789abcdef;
	u64 value = untouched;

	if (revision->read(pages->to, encoding, &value) || value != untouched)
		fail(revision, encoding, "read as", value);
	if (revision->write(pages->to, encoding, 0) || revision->write_own(pages->to, encoding, 0))
		fail(revision, encoding, "written as", 0);
	if (revision->offset(encoding))
		fail(revision, encoding, "is at", revision->offset(encoding));
	if (revision->group(encoding))
		fail(revision, encoding, "is in group", revision->group(encoding));
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
	memset(pages.to + field->offset, 0, field->bytes);
	if (!revision->write_own(pages.to, field->encoding, written) ||
	    memcmp(&pages, &expected, sizeof(pages)))
		fail(revision, field->encoding, "not written whole words as", written);
	if (revision->offset(field->encoding) != field->offset)
		fail(revision, field->encoding, "is at", revision->offset(field->encoding));
	if (revision->group(field->encoding) != field->group)
		fail(revision, field->encoding, "is in group", revision->group(field->encoding));
}

static __attribute__((unused)) u16 no_group(u64 encoding)
{
	(void)encoding;
	return 0;
}

#define REVISION(name, groups)							\
static bool name##_read_page(const void *image, u64 encoding, u64 *value)	\
{										\
	return name##_read(image, encoding, value);				\
}										\
static bool name##_write_page(void *image, u64 encoding, u64 value)		\
{										\
	return name##_write(image, encoding, value);				\
}										\
/* As an image's owner does, who need not take care of other writers. */	\
static bool name##_write_own(void *image, u64 encoding, u64 value)		\
{										\
	unsigned int end = vmcs_end(name##_map, encoding);			\
										\
	if (end)								\
		vmcs_write(image, encoding, end, value);			\
	return end;								\
}										\
static unsigned int name##_offset_number(u64 encoding)				\
{										\
	return (__force u16)name##_offset(encoding);				\
}
#include REVISIONS
#undef REVISION

static const struct revision revisions[] = {
#define REVISION(name, group)							\
	{ #name, name##_read_page, name##_write_page, name##_write_own,		\
	  name##_offset_number, group, fields_##name, nr_fields_##name },
#include REVISIONS
};

/* All of 16 bits, and each with one bit more. */
static void check(const struct revision *revision)
{
	static struct pages pages, tagged;

	tag(&tagged, 0);
	pages = tagged;
	for (u64 encoding = 0; encoding <= 0xffff; encoding++) {
		const struct field *field = find(revision, encoding);

		for (unsigned int tagging = 0; field && tagging < TAGGINGS; tagging++)
			check_accepted(revision, field, tagging);
		accepted += field != NULL;
		if (!field)
			check_refused(revision, &pages, encoding);
		for (unsigned int bit = 16; bit < 64; bit++)
			check_refused(revision, &pages, encoding | 1ull << bit);
	}
	if (memcmp(&pages, &tagged, sizeof(pages)))
		fail(revision, 0xffff, "some field refused, but written as", 0);
}

int main(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(revisions); i++)
		check(&revisions[i]);
	printf("%zu revisions, %lu accepted, %lu refused\n", ARRAY_SIZE(revisions), accepted,
	       refused);
	return 0;
}
