// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Checks of one layout and one revision by itself: groups, members and their bytes. */
#include <string.h>

#include "check/check.h"
#include "language/pads.h"

static void group_bit(struct checker *checker)
{
	const struct spec *spec = checker->spec;

	for (size_t i = 0; i < spec->layout_count; i++)
		for (int bit = 0; bit < GROUPS; bit++) {
			const struct group *first = &spec->layouts[i]->groups[bit];

			for (const struct group *twin = first->twin; twin; twin = twin->twin)
				if (check_report(checker, twin, twin->bit_pos,
						 "the groups '%s' and '%s' have one bit, %u",
						 twin->name, first->name, twin->bit))
					report_note(checker->messages, first->bit_pos,
						    "the bit of '%s'", first->name);
		}
}

const struct check check_group_bit = {
	"group-bit", SEVERITY_ERROR, "two clean-field groups with one bit",
	group_bit, { NULL },
};

static void look_at_group(struct checker *checker, const struct revision *revision)
{
	for (size_t i = 0; revision->layout->clean_word && i < revision->count; i++) {
		const struct member *member = &revision->members[i];

		if (member->field && member->group == GROUP_NONE)
			check_report(checker, srcpos_key(member->pos), member->pos,
				     "the field '%s' is in no clean group of '%s/%s'", member->name,
				     revision->layout->name, revision->name);
	}
}

static void group_missing(struct checker *checker)
{
	for_revisions(checker, look_at_group);
}

const struct check check_group_missing = {
	"group-missing", SEVERITY_ERROR, "a field in no clean group, of a layout that has groups",
	group_missing, { NULL },
};

static void look_at_readonly(struct checker *checker, const struct revision *revision)
{
	for (size_t i = 0; i < revision->count; i++) {
		const struct member *member = &revision->members[i];
		bool read_only;

		if (!member->field || member->group == GROUP_NONE)
			continue;
		read_only = encoding_read_only(member->field->encoding);
		if (read_only == (member->group == GROUP_READONLY))
			continue;
		if (check_report(checker, srcpos_key(member->pos), member->pos,
				 read_only ? "the read-only field '%s' is in the clean group '%s'" :
					     "the writable field '%s' is in the clean group '%s'",
				 member->name, group_name(revision->layout, member->group)))
			report_note(checker->messages, member->field->encoding_pos,
				    "its encoding says so");
	}
}

static void group_readonly(struct checker *checker)
{
	for_revisions(checker, look_at_readonly);
}

const struct check check_group_readonly = {
	"group-readonly", SEVERITY_ERROR,
	"a read-only field in a group of writable ones, or the reverse",
	group_readonly, { &check_group_missing },
};

static void look_at_copies(struct checker *checker, const struct revision *revision)
{
	for (size_t i = 0; i < revision->count; i++) {
		const struct member *member = &revision->members[i];

		if (member->field && member->copy & COPY_ENTRY &&
		    encoding_read_only(member->field->encoding))
			check_report(checker, srcpos_key(member->pos), member->pos,
				     "the read-only field '%s' is copied in at entry",
				     member->name);
	}
}

static void copy_readonly(struct checker *checker)
{
	for_revisions(checker, look_at_copies);
}

const struct check check_copy_readonly = {
	"copy-readonly", SEVERITY_ERROR, "a read-only field that is copied in at entry",
	copy_readonly, { NULL },
};

static void look_for_clean_word(struct checker *checker, const struct revision *revision)
{
	const struct layout *layout = revision->layout;
	const struct member *member;

	if (!layout->clean_word)
		return;
	member = table_name(&revision->by_name, layout->clean_word);
	if (member && !member->pad && !member->field && member_bytes(member) * 8 >= GROUPS)
		return;
	if (check_report(checker, revision, revision->pos,
			 "'%s/%s' has no clean-field word '%s' of at least %d bits", layout->name,
			 revision->name, layout->clean_word, GROUPS))
		report_note(checker->messages, layout->clean_pos, "the layout names it");
}

static void clean_word(struct checker *checker)
{
	for_revisions(checker, look_for_clean_word);
}

const struct check check_clean_word = {
	"clean-word", SEVERITY_ERROR, "a revision without the clean-field word of its layout",
	clean_word, { NULL },
};

static void look_at_widths(struct checker *checker, const struct revision *revision)
{
	for (size_t i = 0; i < revision->count; i++) {
		const struct member *member = &revision->members[i];
		const struct field *field = table_name(&checker->spec->field_names, member->name);

		if (!field || member->field || member->pad ||
		    member_bytes(member) == encoding_size(field->encoding))
			continue;
		if (check_report(checker, srcpos_key(member->pos), member->pos,
				 "'%s' is declared with %u bits, but its encoding says %u",
				 member->name, member_bytes(member) * 8,
				 encoding_size(field->encoding) * 8))
			report_note(checker->messages, field->encoding_pos, "the encoding");
	}
}

static void field_width(struct checker *checker)
{
	for_revisions(checker, look_at_widths);
}

const struct check check_field_width = {
	"field-width", SEVERITY_ERROR, "a member with a field's name and another width",
	field_width, { NULL },
};

/* The accessors read a field with what is before it, as the last of eight bytes. */
static void look_at_header(struct checker *checker, const struct revision *revision)
{
	for (size_t i = 0; i < revision->count; i++) {
		const struct member *member = &revision->members[i];

		if (member_lookup(member) && member_end(member) < 8)
			check_report(checker, srcpos_key(member->pos), member->pos,
				     "the field '%s' is in the header of '%s/%s', bytes 0 to 7",
				     member->name, revision->layout->name, revision->name);
	}
}

static void in_header(struct checker *checker)
{
	for_revisions(checker, look_at_header);
}

const struct check check_in_header = {
	"in-header", SEVERITY_ERROR, "a field in the first eight bytes of an image",
	in_header, { NULL },
};

static void look_for_overlap(struct checker *checker, const struct revision *revision)
{
	const struct member *last = NULL;

	for (size_t i = 0; i < revision->count; i++) {
		const struct member *member = &revision->members[i];

		if (last && member->offset < member_end(last)) {
			if (check_report(
				    checker, srcpos_key(member->pos), member->pos,
				    "'%s' (bytes %u to %u) overlaps '%s' (bytes %u to %u) in '%s/%s'",
				    member->name, member->offset, member_end(member) - 1,
				    last->name, last->offset, member_end(last) - 1,
				    revision->layout->name, revision->name))
				report_note(checker->messages, last->pos, "'%s' is declared here",
					    last->name);
		}
		if (!last || member_end(member) > member_end(last))
			last = member;
	}
}

static void overlap(struct checker *checker)
{
	for_revisions(checker, look_for_overlap);
}

const struct check check_overlap = {
	"overlap", SEVERITY_ERROR, "two members that share bytes",
	overlap, { NULL },
};

static void look_for_holes(struct checker *checker, const struct revision *revision)
{
	for (size_t i = 0; i < revision->count; i++) {
		const struct member *hole = &revision->members[i];

		if (!hole->hole || hole_made_by_alignment(revision, hole))
			continue;
		check_report(checker, srcpos_key(hole->pos), hole->pos,
			     "nothing is said of the bytes %u to %u of '%s/%s'",
			     hole->offset, member_end(hole) - 1, revision->layout->name,
			     revision->name);
	}
}

static void hole(struct checker *checker)
{
	for_revisions(checker, look_for_holes);
}

const struct check check_hole = {
	"hole", SEVERITY_ERROR, "bytes that belong to no member and no pad",
	hole, { NULL },
};

/* A translation moves the first word as a whole, and a conversion sets it. */
static void look_at_first_word(struct checker *checker, const struct revision *revision)
{
	const struct member *first = revision->members;

	if (revision_header(revision))
		return;
	if (!revision->count)
		check_report(checker, revision, revision->pos,
			     "'%s/%s' has no first word, which says what an image is",
			     revision->layout->name, revision->name);
	else if (check_sound(checker, srcpos_key(first->pos)))
		check_report(checker, srcpos_key(first->pos), first->pos,
			     "'%s' is no u32, as the first word of '%s/%s' is, which says what an image is",
			     first->name, revision->layout->name, revision->name);
}

/* A faulty statement may have been the first member's. */
static void first_word(struct checker *checker)
{
	if (checker->messages->status != EXIT_BAD_INPUT)
		for_revisions(checker, look_at_first_word);
}

const struct check check_first_word = {
	"first-word", SEVERITY_ERROR, "a revision whose first word is none that says what an image is",
	first_word, { &check_hole },
};

/* The pads of a revision in which there is more room for elements of a size than ahead. */
struct rooms {
	struct room {
		const struct member *pad;
		uint32_t bytes;
	} *of;
	size_t count;
};

/* Note the pads with room for elements of @size bytes at addresses that suit them. */
static void find_rooms(struct rooms *rooms, const struct revision *revision, uint32_t size)
{
	rooms->count = 0;
	for (size_t i = 0; i < revision->count; i++) {
		const struct member *pad = &revision->members[i];
		uint32_t start = (pad->offset + size - 1) / size * size;
		uint32_t most = rooms->count ? rooms->of[rooms->count - 1].bytes : 0;

		if (pad->pad && start + most < member_end(pad))
			rooms->of[rooms->count++] = (struct room){ pad, member_end(pad) - start };
	}
}

/* The first pad with room for so many bytes, or NULL. */
static const struct member *free_place(const struct rooms *rooms, uint32_t bytes)
{
	size_t low = 0, high = rooms->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (rooms->of[middle].bytes < bytes)
			low = middle + 1;
		else
			high = middle;
	}
	return low < rooms->count ? rooms->of[low].pad : NULL;
}

/* Whether @revision has put @member where it is, and not one that it is from. */
static bool is_put_here(const struct revision *revision, const struct member *member)
{
	const struct member *before = revision->from ?
		revision_counterpart(revision->from, member) : NULL;

	return !before || before->offset != member->offset;
}

static void look_at_member(struct checker *checker, const struct revision *revision,
			   const struct member *member, const struct rooms *rooms)
{
	const struct member *pad;

	if (member->pad || member->because || member->offset % member->size == 0 ||
	    !is_put_here(revision, member) || !check_sound(checker, srcpos_key(member->pos)))
		return;
	pad = free_place(rooms, member_bytes(member));
	if (!pad)
		return;
	if (check_report(
		    checker, srcpos_key(member->pos), member->pos,
		    "'%s' lies at byte %u of '%s/%s', which %u does not divide, while '%s' has room",
		    member->name, member->offset, revision->layout->name, revision->name,
		    member->size, pad->name))
		report_note(checker->messages, pad->pos, "%u bytes are free from byte %u on",
			    member_bytes(pad), pad->offset);
}

static void look_at_alignment(struct checker *checker, const struct revision *revision)
{
	struct rooms rooms[4];

	if (revision->because)
		return;
	for (unsigned int i = 0; i < 4; i++) {
		rooms[i].of = arena_alloc(checker->spec->arena,
					  (revision->count + 1) * sizeof(*rooms[i].of));
		find_rooms(&rooms[i], revision, 1u << i);
	}
	for (size_t i = 0; i < revision->count; i++)
		look_at_member(checker, revision, &revision->members[i],
			       &rooms[__builtin_ctz(revision->members[i].size)]);
}

static void misaligned(struct checker *checker)
{
	for_revisions(checker, look_at_alignment);
}

const struct check check_misaligned = {
	"misaligned", SEVERITY_ERROR,
	"a member at an address that its size does not divide, while a fitting hole is free",
	misaligned, { &check_overlap },
};

static void look_at_source(struct checker *checker, const struct revision *revision)
{
	if (!revision->citation)
		check_report(checker, revision, revision->pos, "'%s/%s' does not cite its source",
			     revision->layout->name, revision->name);
}

static void source(struct checker *checker)
{
	for_revisions(checker, look_at_source);
}

const struct check check_source = {
	"source", SEVERITY_WARNING, "a revision that does not cite its source",
	source, { NULL },
};
