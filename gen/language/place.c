// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * From a revision's statements to members with offsets.
 *
 * Statements put members into a list or change members that are in it, found by
 * name; `at` says where a member goes, all else goes behind the last.  In the
 * end pads_settle() puts the list in order.
 */
#include <stdlib.h>
#include <string.h>

#include "language/pads.h"
#include "language/resolve.h"

struct placing {
	struct spec *spec;
	struct revision *revision;
	struct member *members;
	size_t count, room;
	uint32_t end;			/* bytes up to the end of the last member */
	struct table by_name;		/* names to index + 1: the list moves as it grows */
	struct table by_encoding;	/* encodings to index + 1 */
	bool failed;
	bool orphaned;			/* what it builds on could not be placed */
};

/* So deep may revisions build on each other; it bounds what a short spec can ask for. */
enum { DEPTH_MAX = 1000 };

/* What members inherit from the block that they stand in. */
struct defaults {
	int group;
	unsigned int copy, lookup;
};

static void fail(struct placing *placing)
{
	placing->failed = true;
}

static struct member *find(struct placing *placing, const char *name)
{
	uintptr_t index = (uintptr_t)table_name(&placing->by_name, name);

	return index ? &placing->members[index - 1] : NULL;
}

/* The member that an edit names, or NULL after a message. */
static struct member *named(struct placing *placing, const struct node *name)
{
	struct member *member = find(placing, name->name);

	if (!member) {
		report_error(placing->spec->messages, name->pos,
			     "'%s/%s' has no member '%s'", placing->revision->layout->name,
			     placing->revision->name, name->name);
		fail(placing);
	}
	return member;
}

static uint32_t aligned(const struct revision *revision, uint32_t offset, uint32_t size)
{
	return revision->natural ? (offset + size - 1) / size * size : offset;
}

/* Enter @member, whose offset is set; false after a message if it doesn't fit. */
static bool enter(struct placing *placing, const struct member *member)
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
		fail(placing);
		return false;
	}
	if (member->field)
		first = (uintptr_t)table_add_number(&placing->by_encoding,
						    member->field->encoding, index);
	if (!first)
		first = (uintptr_t)table_add_name(&placing->by_name, member->name, index);
	if (first) {
		report_error(messages, member->pos, "'%s' is in '%s/%s' already", member->name,
			     revision->layout->name, revision->name);
		report_note(messages, placing->members[first - 1].pos,
			    "as '%s', at byte %u", placing->members[first - 1].name,
			    placing->members[first - 1].offset);
		fail(placing);
		return false;
	}
	placing->members = grow(placing->members, &placing->room, placing->count + 1,
				sizeof(*member));
	placing->members[placing->count++] = *member;
	if (end > placing->end)
		placing->end = end;
	return true;
}

static bool enter_behind(struct placing *placing, struct member *member)
{
	member->offset = aligned(placing->revision, placing->end, member->size);
	return enter(placing, member);
}

/* The layout's group of that name, which may share its bit with another; or NULL. */
static struct group *find_group(struct layout *layout, const char *name)
{
	for (int bit = 0; bit < GROUPS; bit++)
		for (struct group *group = &layout->groups[bit]; group; group = group->twin)
			if (group->name == name)
				return group;
	return NULL;
}

static void set_group(struct placing *placing, int *group, const struct node *name)
{
	struct layout *layout = placing->revision->layout;
	struct group *found = find_group(layout, name->name);

	for (int i = GROUP_READONLY; i <= GROUP_ALWAYS; i++)
		if (layout->clean_word && !strcmp(group_name(layout, i), name->name)) {
			*group = i;
			return;
		}
	if (found) {
		*group = found->bit;
		found->used = true;
		return;
	}
	report_error(placing->spec->messages, name->pos, "the layout '%s' has no clean group '%s'",
		     layout->name, name->name);
	fail(placing);
}

static void set_attribute(struct placing *placing, struct member *member,
			  const struct node *node)
{
	switch (node->kind) {
	case NODE_TLFS:
		member->tlfs = node->children->name;
		break;
	case NODE_CLEAN:
		set_group(placing, &member->group, node->children);
		break;
	case NODE_COPY:
		member->copy = copy_flags(node);
		break;
	case NODE_LOOKUP:
		member->lookup = member->field ? lookup_flags(node) : 0;
		break;
	case NODE_LOSS:
		if (!resolve_loss(placing->spec, &member->loss, node, member->size))
			fail(placing);
		break;
	case NODE_BECAUSE:
		member->because = node->children->name;
		break;
	default:
		break;
	}
}

static void set_attributes(struct placing *placing, struct member *member,
			   const struct node *first)
{
	if (first && first->next)
		refuse_repetition(placing->spec, first);
	for (const struct node *node = first; node; node = node->next)
		if (member->pad && node->kind != NODE_TLFS)
			report_error(placing->spec->messages, node->pos,
				     "a pad may have a 'tlfs' name, but nothing else");
		else
			set_attribute(placing, member, node);
}

/* The size of a `u32`, or the word of bit fields that @type names. */
static bool set_type(struct placing *placing, struct member *member, const struct node *type)
{
	struct word *word = table_name(&placing->spec->word_names, type->name);

	member->size = scalar_size(type->name);
	if (member->size)
		return true;
	if (!word) {
		report_error(placing->spec->messages, type->pos,
			     "'%s' is no type: u8, u16, u32, u64 or a word", type->name);
		fail(placing);
		return false;
	}
	word->used = true;
	member->word = word;
	member->size = word->size;
	return true;
}

static bool set_field(struct placing *placing, struct member *member, const struct node *name)
{
	struct field *field = table_name(&placing->spec->field_names, name->name);

	if (!field) {
		report_error(placing->spec->messages, name->pos,
			     "'%s' is no field; a member of another kind begins with its type",
			     name->name);
		fail(placing);
		return false;
	}
	field->used = true;
	member->field = field;
	member->loss = field->loss;
	member->size = encoding_size(field->encoding);
	return true;
}

static bool set_count(struct placing *placing, struct member *member, const struct node *count)
{
	if (!count)
		return true;
	member->count = count->children->number;
	member->array = true;
	if (count->children->number < 1)
		report_error(placing->spec->messages, count->pos,
			     "an array has at least one element");
	else if (count->children->number > placing->revision->layout->size)
		report_error(placing->spec->messages, count->pos,
			     "'%s' has more elements than '%s' has bytes", member->name,
			     placing->revision->layout->name);
	else if (member->field || member->word)
		report_error(placing->spec->messages, count->pos,
			     "'%s' is one %s: only u8, u16, u32 and u64 make arrays", member->name,
			     member->field ? "field" : "word of bit fields");
	else
		return true;
	fail(placing);
	return false;
}

/* A NODE_MEMBER or NODE_PAD, its offset still open; false after a message. */
static bool declare(struct placing *placing, struct member *member, const struct node *node,
		    const struct defaults *defaults)
{
	const struct node *type = node_child(node, NODE_TYPE);
	const struct node *name = node_child(node, NODE_NAME);
	bool ok;

	*member = (struct member){ .name = name->name, .count = 1, .pos = name->pos,
				   .origin = name->pos,
				   .group = GROUP_NONE, .pad = node->kind == NODE_PAD };
	ok = type ? set_type(placing, member, type->children) : set_field(placing, member, name);
	if (!ok || !set_count(placing, member, node_child(node, NODE_COUNT)))
		return false;
	if (!member->pad) {
		member->group = defaults->group;
		member->copy = defaults->copy;
		member->lookup = member->field ? defaults->lookup : 0;
	}
	set_attributes(placing, member, name->next);
	return true;
}

static void pad_to(struct placing *placing, const struct node *node)
{
	const struct node *to = node->children, *name = to->next;
	struct member pad = { .name = name->name, .pos = name->pos, .offset = placing->end,
			      .pad = true, .group = GROUP_NONE };

	if (to->number <= placing->end) {
		report_error(placing->spec->messages, to->pos,
			     "the pad would end at byte %lld, but byte %u is reached",
			     (long long)to->number, placing->end);
		fail(placing);
		return;
	}
	pad_set_bytes(&pad, to->number - placing->end);
	set_attributes(placing, &pad, name->next);
	enter(placing, &pad);
}

static void place_item(struct placing *placing, const struct node *node,
		       const struct defaults *defaults)
{
	struct member member;

	if (node->kind == NODE_PAD_TO)
		pad_to(placing, node);
	else if (declare(placing, &member, node, defaults))
		enter_behind(placing, &member);
}

static struct defaults plain_defaults(const struct placing *placing)
{
	return (struct defaults){ .group = GROUP_NONE, .lookup = placing->revision->layout->lookup };
}

static void place_block(struct placing *placing, const struct node *node)
{
	struct defaults defaults = plain_defaults(placing);
	const struct node *body = node_child(node, NODE_BODY);

	set_group(placing, &defaults.group, node->children);
	refuse_repetition(placing->spec, node->children->next);
	for (const struct node *attribute = node->children->next; attribute;
	     attribute = attribute->next) {
		if (attribute->kind == NODE_COPY) {
			defaults.copy = copy_flags(attribute);
		} else if (attribute->kind == NODE_LOOKUP) {
			defaults.lookup = lookup_flags(attribute);
		} else if (attribute->kind != NODE_BODY) {
			report_error(placing->spec->messages, attribute->pos,
				     "a block's members share 'copy' and 'lookup' and nothing else");
			fail(placing);
		}
	}
	for (const struct node *item = body->children; item; item = item->next)
		place_item(placing, item, &defaults);
}

static void place_at(struct placing *placing, const struct node *node)
{
	const struct node *at = node->children, *item = at->next;
	struct defaults defaults = plain_defaults(placing);
	struct member member;

	if (item->kind == NODE_PAD_TO) {
		report_error(placing->spec->messages, item->pos,
			     "'pad to' has no place of its own: it begins where the last member ends");
		fail(placing);
	} else if (at->number < 0) {
		report_error(placing->spec->messages, at->pos, "a structure begins at byte 0");
		fail(placing);
	} else if (declare(placing, &member, item, &defaults)) {
		member.offset = at->number;
		member.carves = true;
		enter(placing, &member);
	}
}

static void apply_rename(struct placing *placing, const struct node *node)
{
	const struct node *old = node->children, *new = old->next;
	struct member *member = named(placing, old);
	void *first;

	if (!member)
		return;
	if (new->name != old->name) {
		first = table_add_name(&placing->by_name, new->name,
				       table_name(&placing->by_name, old->name));
		if (first) {
			report_error(placing->spec->messages, new->pos,
				     "'%s' is the name of another member", new->name);
			fail(placing);
			return;
		}
		table_remove_name(&placing->by_name, old->name);
	}
	member->name = new->name;
	member->pos = new->pos;
	set_attributes(placing, member, new->next);
}

/* The bytes from the first to the last member of @range; false after a message. */
static bool range_bytes(struct placing *placing, const struct node *range,
			uint32_t *start, uint32_t *end)
{
	const struct node *first = range->children, *last = first->next ? first->next : first;
	struct member *from = named(placing, first);
	struct member *to = last == first ? from : named(placing, last);

	if (!from || !to)
		return false;
	*start = from->offset;
	*end = member_end(to);
	if (from->offset > to->offset) {
		report_error(placing->spec->messages, range->pos,
			     "'%s' lies before '%s': a range runs in order of the bytes",
			     to->name, from->name);
		fail(placing);
		return false;
	}
	return true;
}

/* Call @apply for every member of @range. */
static void for_range(struct placing *placing, const struct node *range,
		      void (*apply)(struct placing *, struct member *, const struct node *),
		      const struct node *node)
{
	uint32_t start, end;

	if (!range_bytes(placing, range, &start, &end))
		return;
	if (!range->children->next) {
		apply(placing, named(placing, range->children), node);
		return;
	}
	/* Each member is judged by its own offset, before its own change. */
	for (size_t i = 0; i < placing->count; i++)
		if (placing->members[i].count && placing->members[i].offset >= start &&
		    placing->members[i].offset < end)
			apply(placing, &placing->members[i], node);
}

static void apply_change(struct placing *placing, struct member *member, const struct node *node)
{
	bool range = node->children->children->next;

	/* Pads lie between members, but are not meant. */
	if (!range || !member->pad)
		set_attributes(placing, member, node->children->next);
}

static void apply_move(struct placing *placing, struct member *member, const struct node *node)
{
	const struct node *by = node->children->next;
	int64_t offset = member->offset + by->number;

	if (offset < 0 || offset + member_bytes(member) > placing->revision->layout->size) {
		report_error(placing->spec->messages, by->pos,
			     "'%s' would leave the %u bytes of '%s'", member->name,
			     placing->revision->layout->size, placing->revision->layout->name);
		fail(placing);
		return;
	}
	member->offset = offset;
}

/* Where a retired member was means nothing. */
static void update_end(struct placing *placing)
{
	placing->end = 0;
	for (size_t i = 0; i < placing->count; i++)
		if (placing->members[i].count && member_end(&placing->members[i]) > placing->end)
			placing->end = member_end(&placing->members[i]);
}

/*
 * The name and the field of a retired member are free for others.  It stays in the list,
 * without an element, since the others are found there by their place.
 */
static void forget(struct placing *placing, struct member *member)
{
	table_remove_name(&placing->by_name, member->name);
	if (member->field)
		table_remove_number(&placing->by_encoding, member->field->encoding);
	member->count = 0;
}

static void apply_retire(struct placing *placing, struct member *member, const struct node *node)
{
	(void)node;
	forget(placing, member);
}

/* Whether all members that begin in these bytes are in a pad that `at` took them out of. */
static bool all_carve(const struct placing *placing, uint32_t start, uint32_t end)
{
	for (size_t i = 0; i < placing->count; i++) {
		const struct member *member = &placing->members[i];

		if (member->count && member->offset >= start && member->offset < end &&
		    !member->carves)
			return false;
	}
	return true;
}

static void retire(struct placing *placing, const struct node *node)
{
	const struct node *range = node->children, *name = range->next;
	struct member pad = { .pad = true, .group = GROUP_NONE };
	uint32_t start, end;

	if (!range_bytes(placing, range, &start, &end))
		return;
	pad.offset = start;
	pad_set_bytes(&pad, end - start);
	pad.carves = all_carve(placing, start, end);
	for_range(placing, range, apply_retire, node);
	/* Without a name, the bytes are given up: something else is to have them, or none. */
	if (name) {
		pad.name = name->name;
		pad.pos = name->pos;
		enter(placing, &pad);
	}
	/* A member of the range may have reached beyond it. */
	update_end(placing);
}

/* Another declaration for the bytes of a member. */
static void place_over(struct placing *placing, const struct node *node)
{
	const struct node *old = node->children;
	struct defaults defaults = plain_defaults(placing);
	struct member *under = named(placing, old), member;

	if (!under)
		return;
	if (!declare(placing, &member, old->next, &defaults))
		return;
	if (member_bytes(&member) != member_bytes(under)) {
		report_error(placing->spec->messages, member.pos,
			     "'%s' has %u bytes, '%s' below it %u", member.name,
			     member_bytes(&member), under->name, member_bytes(under));
		report_note(placing->spec->messages, under->pos, "'%s' is declared here",
			    under->name);
		fail(placing);
		return;
	}
	member.offset = under->offset;
	member.carves = under->carves;
	member.origin = under->origin;
	forget(placing, under);
	enter(placing, &member);
}

/* Note that the revision builds on @other, as @node says; false if it can't. */
static bool build_on(struct placing *placing, const struct revision *other,
		     const struct node *node)
{
	struct revision *revision = placing->revision;

	if (!other || other->state != PLACED) {
		placing->orphaned = true;
	} else if (other->depth == DEPTH_MAX) {
		report_error(placing->spec->messages, node->pos,
			     "'%s/%s' builds on %d revisions, each on the next: that is too deep",
			     revision->layout->name, revision->name, DEPTH_MAX + 1);
		placing->orphaned = true;
	} else if (revision->depth <= other->depth) {
		revision->depth = other->depth + 1;
	}
	placing->failed |= placing->orphaned;
	return !placing->orphaned;
}

/* Another revision to take members from; it is placed by now. */
static struct revision *other_revision(struct placing *placing, const struct node *name)
{
	struct revision *other = resolve_revision_name(placing->spec, placing->revision->layout,
						       name);

	return build_on(placing, other, name) ? other : NULL;
}

/*
 * A member of @other as it is taken over.  A pad has given its bytes there, and has them
 * here as any other.  Another layout's groups and copies are not this one's.
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
		member.copy = 0;
		member.lookup = member.field ? layout->lookup : 0;
	}
	return member;
}

static void embed(struct placing *placing, const struct node *node)
{
	struct revision *other = other_revision(placing, node->children);
	uint32_t base = placing->end;

	for (size_t i = 0; other && i < other->count; i++) {
		struct member member = taken_from(placing, other, i);

		if (member.hole)
			continue;
		member.offset += base;
		if (!enter(placing, &member)) {
			report_note(placing->spec->messages, node->pos, "it is embedded here");
			return;
		}
	}
}

static void place_rest(struct placing *placing, const struct node *node)
{
	struct revision *other = other_revision(placing, node->children);

	for (size_t i = 0; other && i < other->count; i++) {
		struct member member = taken_from(placing, other, i);

		if (member.pad || find(placing, member.name) ||
		    (member.field && table_number(&placing->by_encoding, member.field->encoding)))
			continue;
		if (!enter_behind(placing, &member)) {
			report_note(placing->spec->messages, node->pos,
				    "it is one of the rest here");
			return;
		}
	}
}

static void lookup_as(struct placing *placing, const struct node *node)
{
	struct revision *other = other_revision(placing, node->children);

	for (size_t i = 0; other && i < placing->count; i++) {
		struct member *member = &placing->members[i], *there;

		if (!member->field)
			continue;
		there = table_number(&other->by_encoding, member->field->encoding);
		member->lookup = there ? there->lookup : 0;
	}
}

/* In a revision that is from another, a member must say where it goes. */
static bool stands_bare(struct placing *placing, const struct node *node)
{
	bool bare = node->kind == NODE_MEMBER || node->kind == NODE_PAD ||
		    node->kind == NODE_PAD_TO || node->kind == NODE_CLEAN_BLOCK;

	if (!bare || !placing->revision->from)
		return false;
	report_error(placing->spec->messages, node->pos,
		     "'%s/%s' is from another revision: say 'at' or 'append'",
		     placing->revision->layout->name, placing->revision->name);
	fail(placing);
	return true;
}

static void apply(struct placing *placing, const struct node *node)
{
	struct defaults defaults = plain_defaults(placing);

	if (stands_bare(placing, node))
		return;
	switch (node->kind) {
	case NODE_MEMBER:
	case NODE_PAD:
	case NODE_PAD_TO:
		place_item(placing, node, &defaults);
		break;
	case NODE_CLEAN_BLOCK:
		place_block(placing, node);
		break;
	case NODE_AT:
		place_at(placing, node);
		break;
	case NODE_APPEND:
		place_item(placing, node->children, &defaults);
		break;
	case NODE_RENAME:
		apply_rename(placing, node);
		break;
	case NODE_RETIRE:
		retire(placing, node);
		break;
	case NODE_MOVE:
		for_range(placing, node->children, apply_move, node);
		update_end(placing);
		break;
	case NODE_OVER:
		place_over(placing, node);
		break;
	case NODE_CHANGE:
		for_range(placing, node->children, apply_change, node);
		break;
	case NODE_LOOKUP_AS:
		lookup_as(placing, node);
		break;
	case NODE_EMBED:
		embed(placing, node);
		break;
	case NODE_REST_OF:
		place_rest(placing, node);
		break;
	default:
		break;			/* the head, which is resolved already */
	}
}

/* The base's members, but for the pads that alignment made: they are made anew. */
static void inherit(struct placing *placing)
{
	const struct revision *from = placing->revision->from;

	if (!build_on(placing, from, node_child(placing->revision->node, NODE_FROM)->children))
		return;
	for (size_t i = 0; i < from->count; i++) {
		struct member member = taken_from(placing, from, i);

		if (!member.hole)
			enter(placing, &member);
	}
	if (!placing->revision->has_id) {
		placing->revision->id = from->id;
		placing->revision->has_id = from->has_id;
	}
	if (!node_child(placing->revision->node, NODE_ALIGN))
		placing->revision->natural = from->natural;
	placing->revision->root = revision_root(from);
	if (!placing->revision->because)
		placing->revision->reasoned = from->reasoned;
}

static bool place_anew(struct spec *spec, struct revision *revision)
{
	struct placing placing = { .spec = spec, .revision = revision };

	if (revision->layout->has_version) {
		revision->id = revision->layout->version;
		revision->has_id = true;
	}
	placing.orphaned = placing.failed = revision->layout->oversized;
	revision->reasoned = revision->because ? revision : NULL;
	if (revision->from && !placing.orphaned)
		inherit(&placing);
	for (const struct node *node = revision->node->children->next;
	     node && !placing.orphaned; node = node->next)
		apply(&placing, node);
	if (!placing.failed)
		pads_settle(spec, revision, placing.members, placing.count);
	table_free(&placing.by_name);
	table_free(&placing.by_encoding);
	free(placing.members);
	return !placing.failed;
}

/* A revision that waits for those that it builds on. */
struct waiting {
	struct revision *revision;
	const struct node *next;	/* of its statements, the first that was not looked at */
};

/* The revision that a statement takes members from, if it does and there is one. */
static struct revision *taken_by(const struct spec *spec, const struct revision *revision,
				 const struct node *node)
{
	const struct node *name = node->children;
	const struct layout *layout = revision->layout;

	switch (node->kind) {
	case NODE_FROM:
		return revision->from;
	case NODE_EMBED:
	case NODE_REST_OF:
	case NODE_LOOKUP_AS:
		if (name->kind == NODE_PATH)
			layout = table_name(&spec->layout_names, name->name);
		return layout ? layout_revision(layout, name->kind == NODE_PATH ? name->text :
						name->name) : NULL;
	default:
		return NULL;
	}
}

/* The next that has to be placed before the one that waits, or NULL. */
static struct revision *needed_by(struct spec *spec, struct waiting *waiting)
{
	const struct node *node;

	while (waiting->revision->state == PLACING && (node = waiting->next)) {
		struct revision *other = taken_by(spec, waiting->revision, node);

		waiting->next = node->next;
		if (other && other->state == UNPLACED)
			return other;
		if (!other || other->state != PLACING)
			continue;
		report_error(spec->messages, other->pos,
			     "the revision '%s/%s' builds on itself", other->layout->name,
			     other->name);
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
			stack[count++] = (struct waiting){ next, next->node->children->next };
			next->state = PLACING;
		}
		top = &stack[count - 1];
		next = needed_by(spec, top);
		if (next)
			continue;
		if (top->revision->state == PLACING)
			top->revision->state = place_anew(spec, top->revision) ? PLACED : BROKEN;
		count--;
	}
	free(stack);
	return revision->state == PLACED;
}
