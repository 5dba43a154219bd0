// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Checks of a layout and of a single revision: groups, members and their bytes. */
#include "check/check.h"
#include "language/pads.h"

static void look_at_group_bit(struct checker *checker, const struct group *first)
{
	for (const struct group *twin = first->twin; twin; twin = twin->twin) {
		check_report(checker, twin, twin->bit_pos,
			     "the groups '%s' and '%s' have one bit, %u", twin->name, first->name,
			     twin->bit);
		report_note(checker->messages, first->bit_pos, "the bit of '%s'", first->name);
	}
}

const struct check check_group_bit = {
	.name = "group-bit", .severity = SEVERITY_ERROR, .group = look_at_group_bit,
	.text = "two clean-field groups with one bit",
};

static void require_group(struct checker *checker, const struct revision *revision,
			   const struct member *member)
{
	if (revision->layout->clean_word && member->field && member->group == GROUP_NONE)
		check_report(checker, srcpos_key(member->pos), member->pos,
			     "the field '%s' is in no clean group of '%s'", member->name,
			     revision->path);
}

const struct check check_group_missing = {
	.name = "group-missing", .severity = SEVERITY_ERROR, .member = require_group,
	.text = "a field in no clean group, of a layout that has groups",
};

static void look_at_group(struct checker *checker, const struct revision *revision,
			  const struct member *member)
{
	bool read_only;

	if (!member->field || member->group == GROUP_NONE)
		return;
	read_only = encoding_read_only(member->field->encoding);
	if (read_only == (member->group == GROUP_READONLY))
		return;
	check_report(checker, srcpos_key(member->pos), member->pos,
		     read_only ? "the read-only field '%s' is in the clean group '%s'" :
				 "the writable field '%s' is in the clean group '%s'",
		     member->name, group_name(revision->layout, member->group));
	report_note(checker->messages, member->field->encoding_pos, "its encoding says so");
}

const struct check check_group_readonly = {
	.name = "group-readonly", .severity = SEVERITY_ERROR, .member = look_at_group,
	.text = "a read-only field in a group of writable ones, or the reverse",
	.needs = { &check_group_missing },
};

static void require_clean_word(struct checker *checker, const struct revision *revision)
{
	const struct layout *layout = revision->layout;
	const struct member *member;

	if (!layout->clean_word)
		return;
	member = table_name(&revision->by_name, layout->clean_word);
	if (member && !member->pad && !member->field && member_bytes(member) * 8 >= GROUPS)
		return;
	check_report(checker, revision, revision->pos,
		     "'%s' has no clean-field word '%s' of at least %d bits", revision->path,
		     layout->clean_word, GROUPS);
	report_note(checker->messages, layout->clean_pos, "the layout names it");
}

const struct check check_clean_word = {
	.name = "clean-word", .severity = SEVERITY_ERROR, .revision = require_clean_word,
	.text = "a revision without the clean-field word of its layout",
};

static void look_at_width(struct checker *checker, const struct revision *revision,
			  const struct member *member)
{
	const struct field *field = table_name(&checker->spec->field_names, member->name);

	(void)revision;
	if (!field || member->field || member->pad ||
	    member_bytes(member) == encoding_size(field->encoding))
		return;
	check_report(checker, srcpos_key(member->pos), member->pos,
		     "'%s' is declared with %u bits, but its encoding says %u", member->name,
		     member_bytes(member) * 8, encoding_size(field->encoding) * 8);
	report_note(checker->messages, field->encoding_pos, "the encoding");
}

const struct check check_field_width = {
	.name = "field-width", .severity = SEVERITY_ERROR, .member = look_at_width,
	.text = "a member with a field's name and another width",
};

/* The accessors read eight bytes, of which the field is the last. */
static void look_at_header(struct checker *checker, const struct revision *revision,
			   const struct member *member)
{
	if (member_lookup(member) && member_end(member) < 8)
		check_report(checker, srcpos_key(member->pos), member->pos,
			     "the field '%s' is in the header of '%s', bytes 0 to 7",
			     member->name, revision->path);
}

const struct check check_in_header = {
	.name = "in-header", .severity = SEVERITY_ERROR, .member = look_at_header,
	.text = "a field in the first eight bytes of an image",
};

static void refuse_overlap(struct checker *checker, const struct revision *revision)
{
	const struct member *last = NULL;

	for (size_t i = 0; i < revision->count; i++) {
		const struct member *member = &revision->members[i];

		if (last && member->offset < member_end(last)) {
			check_report(checker, srcpos_key(member->pos), member->pos,
				     "'%s' (bytes %u to %u) overlaps '%s' (bytes %u to %u) in '%s'",
				     member->name, member->offset, member_end(member) - 1,
				     last->name, last->offset, member_end(last) - 1,
				     revision->path);
			report_note(checker->messages, last->pos, "'%s' is declared here",
				    last->name);
		}
		if (!last || member_end(member) > member_end(last))
			last = member;
	}
}

const struct check check_overlap = {
	.name = "overlap", .severity = SEVERITY_ERROR, .revision = refuse_overlap,
	.text = "two members that share bytes",
};

static void refuse_hole(struct checker *checker, const struct revision *revision,
			  const struct member *hole)
{
	if (hole->hole && !hole_made_by_alignment(revision, hole))
		check_report(checker, srcpos_key(hole->pos), hole->pos,
			     "nothing is said of the bytes %u to %u of '%s'", hole->offset,
			     member_end(hole) - 1, revision->path);
}

const struct check check_hole = {
	.name = "hole", .severity = SEVERITY_ERROR, .member = refuse_hole,
	.text = "bytes that belong to no member and no pad",
};

/* A translation moves the first word as a whole, and a conversion sets it. */
static void look_at_first_word(struct checker *checker, const struct revision *revision)
{
	const struct member *first = revision->members;

	/* A faulty statement may have been the first member's. */
	if (checker->messages->status == EXIT_BAD_INPUT || revision_header(revision))
		return;
	if (!revision->count)
		check_report(checker, revision, revision->pos,
			     "'%s' has no first word, which says what an image is",
			     revision->path);
	else if (check_sound(checker, srcpos_key(first->pos)))
		check_report(checker, srcpos_key(first->pos), first->pos,
			     "'%s' is not a u32, as the first word of '%s' is, "
			     "which says what an image is", first->name, revision->path);
}

const struct check check_first_word = {
	.name = "first-word", .severity = SEVERITY_ERROR, .revision = look_at_first_word,
	.text = "a revision whose first word is none that says what an image is",
	.needs = { &check_hole },
};

/* Pads of a revision, each with room for more elements than those before it. */
struct rooms {
	struct room {
		const struct member *pad;
		uint32_t bytes;
	} *of;
	size_t count;
};

/* Note the pads with room for aligned elements of @size bytes. */
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

/*
 * The first pad with room for so many bytes, or NULL.  Each of @rooms is larger than the one
 * before, so a layout has at most some fourteen hundred.
 */
static const struct member *free_place(const struct rooms *rooms, uint32_t bytes)
{
	for (size_t i = 0; i < rooms->count; i++)
		if (rooms->of[i].bytes >= bytes)
			return rooms->of[i].pad;
	return NULL;
}

/* Whether @revision is from one with a counterpart of @member, of any size, at its offset. */
static bool has_inherited_offset(const struct revision *revision, const struct member *member)
{
	const struct member *before = revision->from ?
		revision_counterpart(revision->from, member) : NULL;

	return before && before->offset == member->offset;
}

static bool is_misaligned(const struct revision *revision, const struct member *member)
{
	return !member->pad && !member->because && member->offset % member->size &&
	       !has_inherited_offset(revision, member);
}

/* Bytes ahead of @member that would align it: all that follows would move by them, and may. */
static void suggest_padding(struct checker *checker, const struct revision *revision,
			    const struct member *member)
{
	const struct member *end = revision->members + revision->count;
	uint32_t bytes = member->size - member->offset % member->size;

	for (const struct member *next = member; next < end; next++)
		if (has_inherited_offset(revision, next) ||
		    (!next->pad && (next->offset + bytes) % next->size))
			return;
	if (revision->size + bytes <= revision->layout->size)
		report_note(checker->messages, member->pos,
			    "'pad u8[%u] NAME' ahead of it aligns it and what follows", bytes);
}

static void look_at_place(struct checker *checker, const struct revision *revision,
			  const struct member *member, const struct rooms *rooms)
{
	const struct member *pad, *last = member == revision->members ? NULL : member - 1;

	/* What moved one that is misaligned moved those that follow it, too. */
	if (!is_misaligned(revision, member) || (last && is_misaligned(revision, last)) ||
	    !check_sound(checker, srcpos_key(member->pos)))
		return;
	pad = free_place(rooms, member_bytes(member));
	if (!pad)
		return;
	check_report(checker, srcpos_key(member->pos), member->pos,
		     "'%s' lies at byte %u of '%s', which %u does not divide, while '%s' has room",
		     member->name, member->offset, revision->path, member->size, pad->name);
	report_note(checker->messages, pad->pos, "%u bytes are free from byte %u on",
		    member_bytes(pad), pad->offset);
	suggest_padding(checker, revision, member);
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
		look_at_place(checker, revision, &revision->members[i],
			      &rooms[__builtin_ctz(revision->members[i].size)]);
}

const struct check check_misaligned = {
	.name = "misaligned", .severity = SEVERITY_ERROR, .revision = look_at_alignment,
	.text = "a member at an address that its size does not divide, "
		"while a fitting hole is free",
	.needs = { &check_overlap },
};

static void require_source(struct checker *checker, const struct revision *revision)
{
	if (!revision->citation)
		check_report(checker, revision, revision->pos, "'%s' does not cite its source",
			     revision->path);
}

const struct check check_source = {
	.name = "source", .severity = SEVERITY_WARNING, .revision = require_source,
	.text = "a revision that does not cite its source",
};
