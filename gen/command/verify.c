// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The verb verify: compares a revision with the struct that a compiler made. */
#include <stdlib.h>
#include <string.h>

#include "base/output.h"
#include "command/revisions.h"
#include "command/verbs.h"
#include "import/foreign.h"

/* Bytes or bits of one side, and their place. */
struct bit_range {
	uint64_t bit, bits;		/* of one element */
	uint64_t count;
	bool bit_field;
};

struct verification {
	struct session *session;
	const struct revision *revision;
	struct foreign foreign;
	const struct foreign_member **theirs; /* the counterpart of each of our members, or NULL */
	bool *matched;			/* of each of theirs */
	struct text text;
};

/* A part as its byte has it, and its bit in that: "8 bytes at 852", "1 bit at 3:7". */
static void put_extent(struct text *text, const struct bit_range *part)
{
	unsigned long long bits = part->bits, bit = part->bit, count = part->count;

	if (count > 1)
		text_printf(text, "%llu times ", count);
	if (part->bit_field)
		text_printf(text, "%llu %s at %llu:%llu", bits, bits == 1 ? "bit" : "bits",
			    bit / 8, bit % 8);
	else
		text_printf(text, "%llu %s at %llu", bits / 8, bits == 8 ? "byte" : "bytes",
			    bit / 8);
}

/* One line about a part that the spec or the file may lack. */
static void put_difference(struct verification *verification, const char *name,
			   const struct bit_range *ours, const struct bit_range *theirs)
{
	struct text *text = &verification->text;

	text_printf(text, "%s: ", name);
	if (ours)
		put_extent(text, ours);
	text_put(text, ours ? " in the spec, " : "none in the spec, ");
	if (theirs)
		put_extent(text, theirs);
	text_put(text, theirs ? " in the file\n" : "none in the file\n");
}

static struct bit_range our_extent(const struct member *member)
{
	return (struct bit_range){ member->offset * 8ull, member->size * 8ull, member->count,
				   false };
}

static struct bit_range their_extent(const struct foreign_member *member)
{
	return (struct bit_range){ member->bit, member->bytes * 8, member->count, false };
}

static bool same_extent(const struct bit_range *a, const struct bit_range *b)
{
	return a->bit == b->bit && a->bits == b->bits && a->count == b->count;
}

/* Whether the bytes are the same, if not their elements. */
static bool same_bytes(const struct bit_range *a, const struct bit_range *b)
{
	return a->bit == b->bit && a->bits * a->count == b->bits * b->count;
}

/*
 * Who belongs to whom
 */

static bool belongs(const struct member *member, const struct foreign_member *theirs)
{
	const struct meaning *meaning = theirs->meaning;

	return !theirs->cut && meaning && !meaning->ambiguous &&
	       (member->field ? meaning->field == member->field : meaning->member == member);
}

/* Bytes that mean nothing: the names of pads may differ, and where one ends. */
static bool is_pad(const struct foreign_member *theirs)
{
	const struct meaning *meaning = theirs->meaning;

	if (meaning)
		return meaning->member && meaning->member->pad;
	return is_pad_name(theirs->name);
}

static void pair_members(struct verification *verification)
{
	const struct revision *revision = verification->revision;
	struct foreign *foreign = &verification->foreign;
	struct table by_meaning = { 0 };

	for (size_t i = 0; i < foreign->count; i++) {
		const struct meaning *meaning = foreign->members[i].meaning;
		const void *key = !meaning ? NULL : meaning->field ? (const void *)meaning->field :
				  meaning->member;

		if (key)
			table_add_object(&by_meaning, key, &foreign->members[i]);
	}
	for (size_t i = 0; i < revision->count; i++) {
		const struct member *member = &revision->members[i];
		const void *key = member->field ? (const void *)member->field : member;
		struct foreign_member *theirs = table_object(&by_meaning, key);

		if (member->pad || !theirs || !belongs(member, theirs))
			continue;
		verification->theirs[i] = theirs;
		verification->matched[theirs - foreign->members] = true;
	}
	table_free(&by_meaning);
}

/*
 * What differs
 */

/* How far a member lies elsewhere in the file, in bytes, if that is all that differs. */
static int64_t shift(const struct verification *verification, size_t i)
{
	const struct member *member = &verification->revision->members[i];
	const struct foreign_member *theirs = verification->theirs[i];
	struct bit_range our = our_extent(member), their;

	if (member->pad || !theirs)
		return 0;
	their = their_extent(theirs);
	return our.bits == their.bits && our.count == their.count && !(their.bit % 8) ?
	       (int64_t)(their.bit / 8) - member->offset : 0;
}

static bool is_missing(const struct verification *verification, size_t i)
{
	return !verification->revision->members[i].pad && !verification->theirs[i];
}

/* The last of the neighbours from @first on that are missing, or shifted, as that is. */
static size_t last_alike(const struct verification *verification, size_t first, size_t *count)
{
	const struct revision *revision = verification->revision;
	size_t last = first;

	*count = 1;
	for (size_t i = first + 1; i < revision->count; i++) {
		if (revision->members[i].pad)
			continue;
		if (is_missing(verification, i) != is_missing(verification, first) ||
		    shift(verification, i) != shift(verification, first))
			break;
		last = i;
		++*count;
	}
	return last;
}

/* "a .. f: 6 members, bytes 8 to 55 in the spec, ". */
static void put_members(struct verification *verification, size_t first, size_t last, size_t count)
{
	const struct member *members = verification->revision->members;
	int64_t by = shift(verification, first);

	text_printf(&verification->text, "%s .. %s: %zu members, bytes %u to %u in the spec, ",
		    members[first].name, members[last].name, count, members[first].offset,
		    member_end(&members[last]) - 1);
	if (by)
		text_printf(&verification->text, "%lld %s %s in the file\n",
			    (long long)(by < 0 ? -by : by), by == 1 || by == -1 ? "byte" : "bytes",
			    by < 0 ? "lower" : "higher");
	else
		text_put(&verification->text, "none in the file\n");
}

/* The bit field of theirs that @name means: the one that goes by it, or lies there. */
static const struct part *find_part(const struct compiled *compiled,
				    const struct bit_field *field, uint64_t at)
{
	const struct part *there = NULL;

	for (size_t i = 0; i < compiled->count; i++) {
		const struct part *part = &compiled->parts[i];

		if (part->name && match_same_name(part->name, field->name))
			return part;
		if (part->bit == at && part->bits == field->width)
			there = part;
	}
	return there;
}

/* The bit fields of a member, if the file does not see it as a number. */
static void compare_bits(struct verification *verification, const struct member *member,
			 const struct foreign_member *theirs)
{
	const struct compiled *compiled = foreign_bit_fields(theirs);
	struct arena *arena = &verification->session->arena;
	bool *matched;
	uint64_t at = 0;

	if (!member->bits || !compiled || foreign_same_bits(member->bits, compiled))
		return;
	matched = arena_alloc(arena, compiled->count * sizeof(*matched));
	for (size_t i = 0; i < member->bits->count; i++) {
		const struct bit_field *our = &member->bits->fields[i];
		const struct part *part = find_part(compiled, our, at);
		struct bit_range ours = { member->offset * 8ull + at, our->width, 1, true }, their;

		at += our->width;
		if (part) {
			matched[part - compiled->parts] = true;
			their = (struct bit_range){ theirs->bit + part->bit, part->bits, 1, true };
		}
		if (!part || !same_extent(&ours, &their))
			put_difference(verification, arena_printf(arena, "%s.%s", member->name,
								  our->name), &ours,
				       part ? &their : NULL);
	}
	for (size_t j = 0; j < compiled->count; j++) {
		const struct part *part = &compiled->parts[j];
		struct bit_range their = { theirs->bit + part->bit, part->bits, 1, true };

		if (!matched[j])
			put_difference(verification, arena_printf(arena, "%s.%s", member->name,
								  part->name), NULL, &their);
	}
}

static void compare_member(struct verification *verification, size_t i)
{
	const struct member *member = &verification->revision->members[i];
	const struct foreign_member *theirs = verification->theirs[i];
	struct bit_range our = our_extent(member), their;

	if (!theirs) {
		put_difference(verification, member->name, &our, NULL);
		return;
	}
	their = their_extent(theirs);
	/* A member that is not a number has bytes, and no elements. */
	if (theirs->inner || theirs->bytes > 8 ? !same_bytes(&our, &their) :
						 !same_extent(&our, &their))
		put_difference(verification, member->name, &our, &their);
	compare_bits(verification, member, theirs);
}

static void compare_ours(struct verification *verification)
{
	const struct revision *revision = verification->revision;

	for (size_t i = 0; i < revision->count; i++) {
		size_t count, last;

		if (revision->members[i].pad)
			continue;
		last = is_missing(verification, i) || shift(verification, i) ?
		       last_alike(verification, i, &count) : i;
		if (last == i)
			compare_member(verification, i);
		else
			put_members(verification, i, last, count);
		i = last;
	}
}

/* Members of the file that the spec lacks. */
static void compare_theirs(struct verification *verification)
{
	struct foreign *foreign = &verification->foreign;

	for (size_t i = 0; i < foreign->count; i++) {
		struct bit_range their = their_extent(&foreign->members[i]);

		if (!verification->matched[i] && !is_pad(&foreign->members[i]))
			put_difference(verification, foreign->members[i].name, NULL, &their);
	}
}

/* Whether a struct of so many bytes is the revision's; a compiler may have filled it up. */
static bool has_size(const struct revision *revision, uint64_t bytes)
{
	uint32_t align = 1;

	for (size_t i = 0; revision->natural && i < revision->count; i++)
		if (revision->members[i].size > align)
			align = revision->members[i].size;
	return bytes == revision->size || bytes == (revision->size + align - 1) / align * align;
}

static void compare_all(struct verification *verification)
{
	const struct revision *revision = verification->revision;
	const struct foreign *foreign = &verification->foreign;

	verification->theirs = xcalloc(revision->count + 1, sizeof(*verification->theirs));
	verification->matched = xcalloc(foreign->count + 1, sizeof(*verification->matched));
	pair_members(verification);
	if (!has_size(revision, foreign->compiled->size))
		text_printf(&verification->text,
			    "struct %s: %u bytes in the spec, %llu bytes in the file\n",
			    foreign->c_struct, revision->size,
			    (unsigned long long)foreign->compiled->size);
	compare_ours(verification);
	compare_theirs(verification);
}

static void verify(struct session *session, const struct revision *revision, const char *path)
{
	struct verification verification = { .session = session, .revision = revision };
	const char *name = session->options->c_struct;
	struct messages *messages = &session->messages;

	if (foreign_read(&verification.foreign, session->options->foreign, &session->spec,
			 revision->layout, revision, path, NULL,
			 name ? name : revision->layout->c_struct) &&
	    foreign_all_renamed(&verification.foreign)) {
		compare_all(&verification);
		if (verification.text.len && output_print(messages, &verification.text))
			messages_worsen(messages, EXIT_CHECK_FAILED);
	}
	foreign_free(&verification.foreign);
	free(verification.theirs);
	free(verification.matched);
	text_free(&verification.text);
}

enum exit_status verb_verify(const struct options *options)
{
	const struct revision *revision = NULL;
	struct session session;

	session_begin(&session, options);
	if (session_read_checked(&session))
		revision = session_revision(&session, options->arguments[0]);
	if (revision)
		verify(&session, revision, options->arguments[1]);
	return session_end(&session);
}
