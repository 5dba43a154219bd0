// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The verb verify: a revision against the struct that a compiler made. */
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "pads.h"
#include "pahole.h"
#include "run.h"

/* What both sides have, gathered into lines about what they do not share. */
struct verification {
	struct run *run;
	const struct revision *revision;
	struct compiled ours, theirs;
	struct table by_name;		/* their parts */
	bool *matched;			/* of each of them */
	struct text text;
};

/* A part as its byte has it, and its bit in that: "8 bytes at 852", "1 bit at 3:7". */
static void put_part(struct text *text, const struct part *part)
{
	unsigned long long bits = part->bits, bit = part->bit, count = part->count;

	if (count > 1)
		text_printf(text, "%llu times ", count);
	if (part->is_bits)
		text_printf(text, "%llu %s at %llu:%llu", bits, bits == 1 ? "bit" : "bits",
			    bit / 8, bit % 8);
	else
		text_printf(text, "%llu %s at %llu", bits / 8, bits == 8 ? "byte" : "bytes",
			    bit / 8);
}

/* One line about a part that the spec or the file may lack. */
static void put_difference(struct verification *verification, const struct part *ours,
			   const struct part *theirs)
{
	struct text *text = &verification->text;

	text_printf(text, "%s: ", ours ? ours->name : theirs->name);
	if (ours)
		put_part(text, ours);
	text_put(text, ours ? " in the spec, " : "none in the spec, ");
	if (theirs)
		put_part(text, theirs);
	text_put(text, theirs ? " in the file\n" : "none in the file\n");
}

static struct part member_part(const struct member *member)
{
	return (struct part){ .name = member->name, .bit = member->offset * 8ull,
			      .bits = member->size * 8ull, .count = member->count };
}

/* The members of the revision, and behind each word its bit fields. */
static void gather_ours(struct verification *verification)
{
	const struct revision *revision = verification->revision;
	struct run *run = verification->run;

	for (size_t i = 0; i < revision->count; i++) {
		const struct member *member = &revision->members[i];
		struct part part = member_part(member);

		if (member->pad)
			continue;
		compiled_add(&verification->ours, &part);
		for (size_t j = 0; member->word && j < member->word->count; j++) {
			const struct bits *bits = &member->word->bits[j];

			part.name = name_of(&run->names, arena_printf(&run->arena, "%s.%s",
								      member->name, bits->name));
			part.bits = bits->width;
			part.is_bits = true;
			compiled_add(&verification->ours, &part);
			part.bit += bits->width;
		}
	}
}

static struct part *find_theirs(struct verification *verification, const char *name)
{
	return table_name(&verification->by_name, name);
}

/* Their part for one of ours: by its name, or by another name of its field. */
static struct part *counterpart(struct verification *verification, const struct part *ours)
{
	const struct member *member = table_name(&verification->revision->by_name, ours->name);
	const struct field *field = member ? member->field : NULL;
	struct part *theirs = find_theirs(verification, ours->name);

	if (!theirs && field)
		theirs = find_theirs(verification, field->name);
	for (size_t i = 0; !theirs && field && i < field->linux_count; i++)
		theirs = find_theirs(verification, field->linux_names[i]);
	return theirs;
}

static bool same_part(const struct part *ours, const struct part *theirs)
{
	return ours->bit == theirs->bit && ours->bits == theirs->bits &&
	       ours->count == theirs->count && ours->is_bits == theirs->is_bits;
}

/* Bytes that mean nothing: the names of pads may differ, and where one ends. */
static bool is_pad(const struct verification *verification, const struct part *theirs)
{
	const struct member *member = table_name(&verification->revision->by_name, theirs->name);

	return member ? member->pad : is_pad_name(theirs->name);
}

/* Whether a struct of so many bytes is the revision's; a compiler may have filled it up. */
static bool fits(const struct revision *revision, uint64_t bytes)
{
	uint32_t align = 1;

	for (size_t i = 0; revision->natural && i < revision->count; i++)
		if (revision->members[i].size > align)
			align = revision->members[i].size;
	return bytes == revision->size || bytes == (revision->size + align - 1) / align * align;
}

static void compare(struct verification *verification, const char *name)
{
	struct compiled *ours = &verification->ours, *theirs = &verification->theirs;

	if (!fits(verification->revision, theirs->size))
		text_printf(&verification->text,
			    "struct %s: %u bytes in the spec, %llu bytes in the file\n", name,
			    verification->revision->size, (unsigned long long)theirs->size);
	for (size_t i = 0; i < theirs->count; i++)
		table_add_name(&verification->by_name, theirs->parts[i].name, &theirs->parts[i]);
	for (size_t i = 0; i < ours->count; i++) {
		struct part *part = counterpart(verification, &ours->parts[i]);

		if (part)
			verification->matched[part - theirs->parts] = true;
		if (!part || !same_part(&ours->parts[i], part))
			put_difference(verification, &ours->parts[i], part);
	}
	for (size_t i = 0; i < theirs->count; i++)
		if (!verification->matched[i] && !is_pad(verification, &theirs->parts[i]))
			put_difference(verification, NULL, &theirs->parts[i]);
}

static void verify(struct run *run, const struct revision *revision, const char *path)
{
	struct verification verification = { .run = run, .revision = revision };
	const char *name = run->options->c_struct;

	if (!name)
		name = revision->layout->c_struct;
	if (pahole_read(&verification.theirs, &run->names, &run->messages, path,
			run->options->btf_base, name)) {
		verification.matched = xcalloc(verification.theirs.count + 1,
					       sizeof(*verification.matched));
		gather_ours(&verification);
		compare(&verification, name);
		if (verification.text.len && output_print(&run->messages, &verification.text))
			run->messages.status = EXIT_CHECK_FAILED;
	}
	compiled_free(&verification.ours);
	compiled_free(&verification.theirs);
	table_free(&verification.by_name);
	free(verification.matched);
	text_free(&verification.text);
}

enum exit_status verb_verify(const struct options *options)
{
	struct revision *revision;
	struct run run;

	run_begin(&run, options);
	revision = run_load(&run) ? run_revision(&run, &run.spec, options->arguments[0]) : NULL;
	if (revision)
		verify(&run, revision, options->arguments[1]);
	return run_end(&run);
}
