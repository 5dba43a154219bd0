// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdlib.h>
#include <string.h>

#include "language/pads.h"

void pad_set_bytes(struct member *pad, uint64_t bytes)
{
	uint32_t size = 8;

	while (bytes % size)
		size /= 2;
	pad->size = size;
	pad->count = bytes / size;
	pad->array = pad->count > 1;
}

/*
 * By offset.  Of those that begin at one byte, a pad comes before what was put into it, and the
 * larger one comes first.
 */
static int compare_settling(const void *a, const void *b)
{
	const struct member *x = *(const struct member *const *)a;
	const struct member *y = *(const struct member *const *)b;

	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	if (x->carves != y->carves)
		return x->carves ? 1 : -1;
	if (x->pad != y->pad)
		return x->pad ? -1 : 1;
	if (member_bytes(x) != member_bytes(y))
		return member_bytes(x) > member_bytes(y) ? -1 : 1;
	return x < y ? -1 : x > y;	/* as they were declared */
}

/* A pad whose end was not reached yet. */
struct open_pad {
	const struct member *pad;
	uint32_t rest;			/* its first byte that no member has taken */
	bool named;			/* a piece of it has its name already */
};

/* The list as it becomes the revision's. */
struct settled {
	struct spec *spec;
	struct member *members;
	size_t count, room;
	uint32_t end;
	bool overlaps;
	struct open_pad *open;		/* each within the one before */
	size_t depth;
	const struct member **sorted;	/* what settles, without retired members */
	size_t sorted_count;
	struct table names;		/* all that are taken, once a name was made */
};

/* An unused name for the bytes of @of at @offset. */
static const char *made_name(struct settled *settled, const char *of, uint32_t offset)
{
	char *text = arena_printf(settled->spec->arena, "%s_%u", of, offset);
	const char *name = name_of(settled->spec->names, text);

	if (!settled->names.count)
		for (size_t i = 0; i < settled->sorted_count; i++)
			table_add_name(&settled->names, settled->sorted[i]->name, settled);

	while (table_add_name(&settled->names, name, settled))
		name = name_of(settled->spec->names,
			       text = arena_printf(settled->spec->arena, "%s_", text));
	return name;
}

static void add_settled(struct settled *settled, const struct member *member)
{
	settled->members = grow(settled->members, &settled->room, settled->count + 1,
				sizeof(*member));
	settled->members[settled->count++] = *member;
}

static void settle(struct settled *settled, const struct member *member)
{
	if (member->offset > settled->end) {
		struct member hole = { .offset = settled->end, .pad = true, .hole = true,
				       .group = GROUP_NONE, .pos = member->pos };

		pad_set_bytes(&hole, member->offset - settled->end);
		hole.name = made_name(settled, "pad", hole.offset);
		add_settled(settled, &hole);
	}
	if (member->offset < settled->end)
		settled->overlaps = true;
	add_settled(settled, member);
	if (member_end(member) > settled->end)
		settled->end = member_end(member);
}

/* Give the innermost pad its rest up to @end, in its own unit if that fits. */
static void settle_pad(struct settled *settled, uint32_t end)
{
	struct open_pad *open = &settled->open[settled->depth - 1];
	const struct member *pad = open->pad;
	struct member rest = *pad;
	uint32_t start = open->rest;

	if (start >= end)
		return;
	rest.offset = start;
	if ((start - pad->offset) % pad->size || (end - start) % pad->size) {
		pad_set_bytes(&rest, end - start);
	} else {
		rest.count = (end - start) / pad->size;
		rest.array = pad->array && (rest.count > 1 || rest.count == pad->count);
	}
	rest.piece = open->named;
	if (open->named) {		/* the page's name, too, can be had once */
		rest.name = made_name(settled, pad->name, start);
		rest.tlfs = NULL;
	}
	open->named = true;
	settle(settled, &rest);
}

/* The innermost pad ends here; the pad around it goes on after its bytes. */
static void close_pad(struct settled *settled)
{
	uint32_t end = member_end(settled->open[settled->depth - 1].pad);

	settle_pad(settled, end);
	settled->depth--;
	if (settled->depth && settled->open[settled->depth - 1].rest < end)
		settled->open[settled->depth - 1].rest = end;
}

/* Add @member; if it was put into the innermost pad, it takes its bytes from there. */
static void take(struct settled *settled, const struct member *member)
{
	struct open_pad *open = settled->open;

	while (settled->depth && (!member->carves || member->offset >=
				  member_end(open[settled->depth - 1].pad)))
		close_pad(settled);
	if (settled->depth) {
		settle_pad(settled, member->offset);
		if (open[settled->depth - 1].rest < member_end(member))
			open[settled->depth - 1].rest = member_end(member);
	}
	if (member->pad)
		open[settled->depth++] = (struct open_pad){ member, member->offset, false };
	else
		settle(settled, member);
}

/* The list in order, without retired members: nothing is between a pad and its members. */
static void sort(struct settled *settled, const struct member *members, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (members[i].count)
			settled->sorted[settled->sorted_count++] = &members[i];
	if (settled->sorted_count)	/* without one, there may be no list */
		qsort(settled->sorted, settled->sorted_count, sizeof(*settled->sorted),
		      compare_settling);
}

static void index_members(struct revision *revision)
{
	for (size_t i = 0; i < revision->count; i++) {
		struct member *member = &revision->members[i];

		table_add_name(&revision->by_name, member->name, member);
		if (member->field)
			table_add_number(&revision->by_encoding, member->field->encoding, member);
	}
}

void pads_settle(struct spec *spec, struct revision *revision, const struct member *members,
		 size_t count)
{
	struct settled settled = {
		.spec = spec, .open = xmalloc(count * sizeof(*settled.open)),
		.sorted = xmalloc(count * sizeof(*settled.sorted)),
	};

	sort(&settled, members, count);
	for (size_t i = 0; i < settled.sorted_count; i++)
		take(&settled, settled.sorted[i]);
	while (settled.depth)
		close_pad(&settled);
	revision->count = settled.count;
	revision->members = arena_alloc(spec->arena, (settled.count + 1) * sizeof(*members));
	if (settled.count)
		memcpy(revision->members, settled.members, settled.count * sizeof(*members));
	revision->size = settled.end;
	revision->overlaps = settled.overlaps;
	table_free(&settled.names);
	free(settled.members);
	free(settled.open);
	free(settled.sorted);
	index_members(revision);
}

bool hole_made_by_alignment(const struct revision *revision, const struct member *hole)
{
	const struct member *next = hole + 1;

	return hole->hole && revision->natural && next < revision->members + revision->count &&
	       member_bytes(hole) < next->size && next->offset % next->size == 0;
}
