// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdlib.h>
#include <string.h>

#include "pads.h"

bool is_pad_name(const char *name)
{
	static const char * const beginnings[] = { "pad", "reserved", "rsvd", "dead_space" };

	for (size_t i = 0; i < sizeof(beginnings) / sizeof(*beginnings); i++)
		if (!strncasecmp(name, beginnings[i], strlen(beginnings[i])))
			return true;
	return strcasestr(name, "padding");
}

void pad_set_bytes(struct member *pad, uint64_t bytes)
{
	uint32_t size = 8;

	while (bytes % size)
		size /= 2;
	pad->size = size;
	pad->count = bytes / size;
	pad->array = pad->count > 1;
}

static int compare_offsets(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	if (x->pad != y->pad)
		return x->pad ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* The list as it becomes the revision's. */
struct settled {
	struct spec *spec;
	struct member *members;
	size_t count;
	uint64_t end;
	bool overlaps;
};

static void settle(struct settled *settled, const struct member *member)
{
	struct member *hole = &settled->members[settled->count];

	if (member->offset > settled->end) {
		*hole = (struct member){ .offset = settled->end, .pad = true, .hole = true,
					 .group = GROUP_NONE, .place = member->place };
		pad_set_bytes(hole, member->offset - settled->end);
		hole->name = name_of(settled->spec->names,
				     arena_printf(settled->spec->arena, "pad_%u", hole->offset));
		settled->count++;
	}
	if (member->offset < settled->end)
		settled->overlaps = true;
	settled->members[settled->count++] = *member;
	if (member_end(member) > settled->end)
		settled->end = member_end(member);
}

/* What is left of @pad between two offsets: in its own unit if that fits. */
static void settle_pad(struct settled *settled, const struct member *pad, uint32_t start,
		       uint32_t end, bool named)
{
	struct member rest = *pad;

	if (start >= end)
		return;
	rest.offset = start;
	if ((start - pad->offset) % pad->size || (end - start) % pad->size) {
		pad_set_bytes(&rest, end - start);
	} else {
		rest.count = (end - start) / pad->size;
		rest.array = pad->array && (rest.count > 1 || rest.count == pad->count);
	}
	if (!named)
		rest.name = name_of(settled->spec->names,
				    arena_printf(settled->spec->arena, "%s_%u", pad->name, start));
	settle(settled, &rest);
}

/* Emit @pad and those of the members behind it that were put into it; returns how many. */
static size_t carve(struct settled *settled, const struct member *pad,
		    const struct member *end)
{
	uint32_t start = pad->offset, pad_end = member_end(pad);
	const struct member *next = pad + 1;
	bool named = true;

	for (; next < end && next->offset < pad_end && next->carves; next++) {
		settle_pad(settled, pad, start, next->offset, named);
		named = named && next->offset <= start;
		settle(settled, next);
		start = member_end(next);
	}
	settle_pad(settled, pad, start, pad_end, named);
	return next - pad;
}

/* Forget retired members, so that nothing stands between a pad and what carves it. */
static size_t drop_retired(struct member *members, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (members[i].count)
			members[kept++] = members[i];
	return kept;
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

void pads_settle(struct spec *spec, struct revision *revision, struct member *members,
		 size_t count)
{
	/* A member can bring a hole in front and the rest of a pad behind itself. */
	struct settled settled = {
		.spec = spec, .members = xmalloc((3 * count + 1) * sizeof(*members)),
	};
	size_t i = 0;

	count = drop_retired(members, count);
	if (count)			/* without one, there may be no list */
		qsort(members, count, sizeof(*members), compare_offsets);
	while (i < count) {
		if (members[i].pad)
			i += carve(&settled, &members[i], members + count);
		else
			settle(&settled, &members[i++]);
	}
	revision->count = settled.count;
	revision->members = arena_alloc(spec->arena, (settled.count + 1) * sizeof(*members));
	memcpy(revision->members, settled.members, settled.count * sizeof(*members));
	revision->size = settled.end;
	revision->overlaps = settled.overlaps;
	free(settled.members);
	index_members(revision);
}
