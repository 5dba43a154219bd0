// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * From the edits of a revision to members with offsets.  Edits add members to a list or change
 * members of it, which they find by name.  At the end pads_settle() sorts the list.
 */
#include <stdlib.h>

#include "language/pads.h"
#include "language/place.h"

struct placing {
	struct spec *spec;
	struct revision *revision;
	struct member *members;
	size_t count, room;
	uint32_t end;			/* bytes up to the end of the last member */
	struct table by_name;		/* names to index + 1: the list moves as it grows */
	struct table by_encoding;	/* encodings to index + 1 */
	bool orphaned;			/* what it builds on could not be placed */
};

/* How many revisions may build on each other: it bounds the work that a short spec can cause. */
enum { DEPTH_MAX = 1000 };

uint64_t neutral_value(struct messages *messages, const struct number *number, uint32_t size)
{
	unsigned int bits = size * 8;

	if (bits < 64 && (number->large || number->value >= 1LL << bits ||
			  number->value < -(1LL << (bits - 1))))
		report_error(messages, number->pos, "the number does not fit %u bits", bits);
	return (uint64_t)number->value & UINT64_MAX >> (64 - bits);
}

static void set_attribute(struct messages *messages, struct member *member,
			  const struct attribute *attribute)
{
	switch (attribute->kind) {
	case ATTRIBUTE_TLFS:
		member->tlfs = attribute->text;
		break;
	case ATTRIBUTE_BECAUSE:
		member->because = attribute->text;
		break;
	case ATTRIBUTE_GROUP:
		member->group = attribute->number.value;
		break;
	case ATTRIBUTE_LOOKUP:
		member->lookup = member->field ? attribute->number.value : 0;
		break;
	case ATTRIBUTE_DROP:
		member->loss.drop = true;
		break;
	case ATTRIBUTE_NEUTRAL:
		member->loss.neutral = neutral_value(messages, &attribute->number, member->size);
		break;
	}
}

void member_set(struct messages *messages, struct member *member,
		const struct attributes *attributes)
{
	for (size_t i = 0; i < attributes->count; i++)
		if (member->pad && attributes->of[i].kind != ATTRIBUTE_TLFS)
			report_error(messages, attributes->of[i].pos,
				     "a pad may have a 'tlfs' name, but nothing else");
		else
			set_attribute(messages, member, &attributes->of[i]);
}

static struct member *placed_member(const struct placing *placing, const char *name)
{
	uintptr_t index = (uintptr_t)table_name(&placing->by_name, name);

	return index ? &placing->members[index - 1] : NULL;
}

/* The member that an edit names, or NULL after a message. */
static struct member *edited_member(const struct placing *placing, const struct member_name *name)
{
	struct member *member = placed_member(placing, name->name);

	if (!member)
		report_not_known(placing->spec, name->pos, name->name, &placing->by_name,
			       "'%s' has no member '%s'", placing->revision->path, name->name);
	return member;
}

/* Two fields of a revision have one encoding: that is told of the field that is declared last. */
static void refuse_one_encoding(const struct placing *placing, const struct field *first,
				const struct field *last)
{
	struct messages *messages = placing->spec->messages;
	bool muted = messages->muted;

	if (first->pos.source == last->pos.source && first->pos.start > last->pos.start) {
		const struct field *other = first;

		first = last;
		last = other;
	}
	messages->muted |= table_add_name(&placing->spec->told, last->name, placing->spec) != NULL;
	report_error(messages, last->encoding_pos, "'%s' has the encoding of '%s', 0x%x: "
		     "'%s' can't have both", last->name, first->name, last->encoding,
		     placing->revision->path);
	report_note(messages, first->encoding_pos, "the encoding of '%s'", first->name);
	messages->muted = muted;
}

/* Add @member, whose offset is set; false after a message if it doesn't fit. */
static bool enter_member(struct placing *placing, const struct member *member)
{
	struct revision *revision = placing->revision;
	struct messages *messages = placing->spec->messages;
	void *index = (void *)(placing->count + 1);
	uint64_t end = (uint64_t)member->offset + (uint64_t)member->size * member->count;
	uintptr_t first = 0;

	if (end > revision->layout->size) {
		report_error(messages, member->pos,
			     "'%s' ends at byte %llu, outside the %u bytes of '%s'", member->name,
			     (unsigned long long)end, revision->layout->size,
			     revision->layout->name);
		return false;
	}
	if (member->field)
		first = (uintptr_t)table_add_number(&placing->by_encoding,
						    member->field->encoding, index);
	if (first && placing->members[first - 1].field != member->field) {
		refuse_one_encoding(placing, placing->members[first - 1].field, member->field);
		return false;
	}
	if (!first)
		first = (uintptr_t)table_add_name(&placing->by_name, member->name, index);
	if (first) {
		report_error(messages, member->pos, "'%s' is in '%s' already", member->name,
			     revision->path);
		report_note(messages, placing->members[first - 1].pos,
			    "as '%s', at byte %u", placing->members[first - 1].name,
			    placing->members[first - 1].offset);
		return false;
	}
	placing->members = grow(placing->members, &placing->room, placing->count + 1,
				sizeof(*member));
	placing->members[placing->count++] = *member;
	if (end > placing->end)
		placing->end = end;
	return true;
}

static bool append_member(struct placing *placing, struct member member)
{
	uint32_t past = placing->revision->natural ? placing->end % member.size : 0;

	member.offset = placing->end + (past ? member.size - past : 0);
	return enter_member(placing, &member);
}

static void place_pad_to(struct placing *placing, const struct edit *edit)
{
	struct member pad = edit->member;

	if (edit->number.value <= placing->end) {
		report_error(placing->spec->messages, edit->number.pos,
			     "the pad would end at byte %lld, but byte %u is reached",
			     (long long)edit->number.value, placing->end);
		return;
	}
	pad.offset = placing->end;
	pad_set_bytes(&pad, edit->number.value - placing->end);
	enter_member(placing, &pad);
}

static void apply_rename(struct placing *placing, const struct edit *edit)
{
	const char *old = edit->range.first.name, *new = edit->member.name;
	struct member *member = edited_member(placing, &edit->range.first);

	if (!member)
		return;
	if (new != old) {
		if (table_add_name(&placing->by_name, new, table_name(&placing->by_name, old))) {
			report_error(placing->spec->messages, edit->member.pos,
				     "'%s' is the name of another member", new);
			return;
		}
		table_remove_name(&placing->by_name, old);
	}
	member->name = new;
	member->pos = edit->member.pos;
	member_set(placing->spec->messages, member, &edit->attributes);
}

/* The bytes of a range, as they are before its edit. */
struct stretch {
	uint32_t start, end;
	const struct member *alone;	/* of the range, or NULL */
};

/* False after a message. */
static bool find_stretch(const struct placing *placing, const struct range *range,
			 struct stretch *stretch)
{
	const struct member *from = edited_member(placing, &range->first);
	const struct member *to = !range->last.name ? from :
		edited_member(placing, &range->last);

	if (!from || !to)
		return false;
	*stretch = (struct stretch){ from->offset, member_end(to),
				     range->last.name ? NULL : from };
	if (from->offset <= to->offset)
		return true;
	report_error(placing->spec->messages, range->pos,
		     "'%s' lies before '%s': a range runs in order of the bytes", to->name,
		     from->name);
	return false;
}

static bool begins_in(const struct stretch *stretch, const struct member *member)
{
	return member->count && member->offset >= stretch->start &&
	       member->offset < stretch->end;
}

static bool is_in_range(const struct stretch *stretch, const struct member *member)
{
	return stretch->alone ? member == stretch->alone : begins_in(stretch, member);
}

static void apply_change(struct placing *placing, const struct edit *edit)
{
	struct stretch stretch;

	if (!find_stretch(placing, &edit->range, &stretch))
		return;
	/* Pads lie between the members of a range, but are not meant. */
	for (size_t i = 0; i < placing->count; i++)
		if (is_in_range(&stretch, &placing->members[i]) &&
		    (stretch.alone || !placing->members[i].pad))
			member_set(placing->spec->messages, &placing->members[i],
				   &edit->attributes);
}

/* Where a retired member was means nothing. */
static void update_end(struct placing *placing)
{
	placing->end = 0;
	for (size_t i = 0; i < placing->count; i++)
		if (placing->members[i].count && member_end(&placing->members[i]) > placing->end)
			placing->end = member_end(&placing->members[i]);
}

static void move_member(const struct placing *placing, struct member *member,
			const struct number *by)
{
	const struct layout *layout = placing->revision->layout;
	int64_t offset = member->offset + by->value;

	if (offset < 0 || offset + member_bytes(member) > layout->size)
		report_error(placing->spec->messages, by->pos,
			     "'%s' would leave the %u bytes of '%s'", member->name, layout->size,
			     layout->name);
	else
		member->offset = offset;
}

static void apply_move(struct placing *placing, const struct edit *edit)
{
	struct stretch stretch;

	if (!find_stretch(placing, &edit->range, &stretch))
		return;
	/* Each member is judged by its own offset, before its own move. */
	for (size_t i = 0; i < placing->count; i++)
		if (is_in_range(&stretch, &placing->members[i]))
			move_member(placing, &placing->members[i], &edit->number);
	update_end(placing);
}

/*
 * The name and the field of a retired member are free again.  It stays in the list, without
 * elements, because other members are found by their index.
 */
static void forget_member(struct placing *placing, struct member *member)
{
	table_remove_name(&placing->by_name, member->name);
	if (member->field)
		table_remove_number(&placing->by_encoding, member->field->encoding);
	member->count = 0;
}

static void apply_retire(struct placing *placing, const struct edit *edit)
{
	struct member pad = edit->member;
	struct stretch stretch;

	if (!find_stretch(placing, &edit->range, &stretch))
		return;
	pad.offset = stretch.start;
	pad_set_bytes(&pad, stretch.end - stretch.start);
	pad.carves = true;		/* if all that began there did */
	for (size_t i = 0; i < placing->count; i++) {
		struct member *member = &placing->members[i];

		if (begins_in(&stretch, member))
			pad.carves &= member->carves;
		if (is_in_range(&stretch, member))
			forget_member(placing, member);
	}
	/* Without a name, the bytes are free for another member. */
	if (pad.name)
		enter_member(placing, &pad);
	/* A member of the range may have reached beyond it. */
	update_end(placing);
}

/* Replace the declaration of a member, for the same bytes. */
static void place_over(struct placing *placing, const struct edit *edit)
{
	struct member *under = edited_member(placing, &edit->range.first);
	struct member member = edit->member;

	if (!under)
		return;
	if (member_bytes(&member) != member_bytes(under)) {
		report_error(placing->spec->messages, member.pos,
			     "'%s' has %u bytes, '%s' below it %u", member.name,
			     member_bytes(&member), under->name, member_bytes(under));
		report_note(placing->spec->messages, under->pos, "'%s' is declared here",
			    under->name);
		return;
	}
	member.offset = under->offset;
	member.carves = under->carves;
	member.origin = under->origin;
	forget_member(placing, under);
	enter_member(placing, &member);
}

/* Note that the revision builds on @other, at @pos; false if it can't. */
static bool build_on(struct placing *placing, const struct revision *other, struct srcpos pos)
{
	struct revision *revision = placing->revision;

	if (!other || other->state != PLACED) {
		placing->orphaned = true;
	} else if (other->depth == DEPTH_MAX) {
		report_error(placing->spec->messages, pos,
			     "'%s' builds on %d revisions, each on the next: that is too deep",
			     revision->path, DEPTH_MAX + 1);
		placing->orphaned = true;
	} else if (revision->depth <= other->depth) {
		revision->depth = other->depth + 1;
	}
	return !placing->orphaned;
}

/*
 * Take a member over from @other.  A pad already gave its bytes there and is an ordinary pad here.
 * Groups of another layout mean nothing here.
 */
static struct member taken_from(const struct placing *placing, const struct revision *other,
				size_t i)
{
	const struct layout *layout = placing->revision->layout;
	struct member member = other->members[i];

	member.carves = false;
	member.piece = false;
	if (other->layout != layout) {
		member.group = GROUP_NONE;
		member.lookup = member.field ? layout->lookup : 0;
	}
	return member;
}

/*
 * Add the members of @other, except the pads that alignment made: alignment makes them here.  False
 * if one does not fit.
 */
static bool enter_all(struct placing *placing, const struct revision *other, uint32_t base)
{
	for (size_t i = 0; i < other->count; i++) {
		struct member member = taken_from(placing, other, i);

		member.offset += base;
		if (!member.hole && !enter_member(placing, &member))
			return false;
	}
	return true;
}

static void apply_embed(struct placing *placing, const struct edit *edit)
{
	if (!enter_all(placing, edit->other, placing->end))
		report_note(placing->spec->messages, edit->pos, "it is embedded here");
}

static void apply_rest_of(struct placing *placing, const struct edit *edit)
{
	for (size_t i = 0; i < edit->other->count; i++) {
		struct member member = taken_from(placing, edit->other, i);

		if (member.pad || placed_member(placing, member.name) ||
		    (member.field && table_number(&placing->by_encoding, member.field->encoding)))
			continue;
		if (!append_member(placing, member)) {
			report_note(placing->spec->messages, edit->pos,
				    "it is one of the rest here");
			return;
		}
	}
}

static void apply_lookup_as(struct placing *placing, const struct edit *edit)
{
	for (size_t i = 0; i < placing->count; i++) {
		struct member *member = &placing->members[i], *there;

		if (!member->field)
			continue;
		there = table_number(&edit->other->by_encoding, member->field->encoding);
		member->lookup = there ? there->lookup : 0;
	}
}

static bool takes_from_other(const struct edit *edit)
{
	return edit->kind == EDIT_EMBED || edit->kind == EDIT_REST_OF ||
	       edit->kind == EDIT_LOOKUP_AS;
}

static void apply_edit(struct placing *placing, const struct edit *edit)
{
	static void (*const appliers[])(struct placing *, const struct edit *) = {
		[EDIT_OVER] = place_over, [EDIT_PAD_TO] = place_pad_to,
		[EDIT_RENAME] = apply_rename, [EDIT_RETIRE] = apply_retire,
		[EDIT_MOVE] = apply_move, [EDIT_CHANGE] = apply_change,
		[EDIT_EMBED] = apply_embed, [EDIT_REST_OF] = apply_rest_of,
		[EDIT_LOOKUP_AS] = apply_lookup_as,
	};

	if (takes_from_other(edit) && !build_on(placing, edit->other, edit->other_pos))
		return;
	if (edit->kind == EDIT_APPEND)
		append_member(placing, edit->member);
	else if (edit->kind == EDIT_AT)
		enter_member(placing, &edit->member);
	else
		appliers[edit->kind](placing, edit);
}

static void inherit(struct placing *placing)
{
	struct revision *revision = placing->revision;
	const struct revision *from = revision->from;

	if (!build_on(placing, from, revision->from_pos))
		return;
	enter_all(placing, from, 0);
	if (!revision->has_id) {
		revision->id = from->id;
		revision->has_id = from->has_id;
	}
	if (!revision->says_align)
		revision->natural = from->natural;
	revision->root = revision_root(from);
	if (!revision->because)
		revision->reasoned = from->reasoned;
}

static bool place_anew(struct spec *spec, struct revision *revision)
{
	struct placing placing = { .spec = spec, .revision = revision,
				   .orphaned = revision->layout->oversized ||
					       revision->layout->faulty };
	unsigned int errors = spec->messages->errors;
	bool placed;

	revision->reasoned = revision->because ? revision : NULL;
	if (revision->from && !placing.orphaned)
		inherit(&placing);
	for (size_t i = 0; i < revision->edit_count && !placing.orphaned; i++)
		apply_edit(&placing, &revision->edits[i]);
	placed = !revision->faulty && !placing.orphaned && spec->messages->errors == errors;
	if (placed)
		pads_settle(spec, revision, placing.members, placing.count);
	table_free(&placing.by_name);
	table_free(&placing.by_encoding);
	free(placing.members);
	return placed;
}

/* A revision that waits for the revisions that it builds on. */
struct waiting {
	struct revision *revision;
	size_t next;			/* 0: look at its `from` next, else at that edit */
};

/* The next revision that must be placed before the waiting one, or NULL. */
static struct revision *needed_by(struct spec *spec, struct waiting *waiting)
{
	const struct revision *revision = waiting->revision;

	while (revision->state == PLACING && waiting->next <= revision->edit_count) {
		size_t i = waiting->next++;
		struct revision *other = i ? revision->edits[i - 1].other : revision->from;

		if (other && other->state == UNPLACED)
			return other;
		if (!other || other->state != PLACING)
			continue;
		report_error(spec->messages, other->pos,
			     "the revision '%s' builds on itself", other->path);
		other->state = BROKEN;
	}
	return NULL;
}

bool revision_place(struct spec *spec, struct revision *revision)
{
	struct waiting *stack = NULL, *top;
	struct revision *next = revision->state == UNPLACED ? revision : NULL;
	size_t count = 0, room = 0;

	while (next || count) {
		if (next) {
			stack = grow(stack, &room, count + 1, sizeof(*stack));
			stack[count++] = (struct waiting){ next, 0 };
			next->state = PLACING;
		}
		top = &stack[count - 1];
		next = needed_by(spec, top);
		if (next)
			continue;
		if (top->revision->state == PLACING)
			top->revision->state = place_anew(spec, top->revision) ? PLACED :
					       BROKEN;
		count--;
	}
	free(stack);
	return revision->state == PLACED;
}
