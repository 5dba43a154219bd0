// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdlib.h>
#include <string.h>

#include "base/output.h"
#include "compare/compare.h"
#include "emit/forms.h"
#include "import/draft.h"
#include "import/fmt.h"
#include "language/lexer.h"
#include "language/pads.h"
#include "language/place.h"
#include "language/resolve.h"

/* What happens to a member, other than a move by some bytes. */
#define RETIRED INT64_MIN		/* its bytes are a pad */
#define GIVEN_UP INT64_MAX		/* its bytes become another member's, or are free */

/* Neighbours in the base with the same fate; holes between them share it. */
struct edit_run {
	const struct member *first, *last;
	int64_t fate;			/* RETIRED, GIVEN_UP, or by how many bytes they move */
};

/* The edits of a block, as its template sees them. */
struct block {
	const struct draft *draft;
	struct spec *spec;
	struct parse *parse;
	struct templates *templates;
	struct model model;
	struct value *edits;
	size_t edit_count;
	const struct difference **of_base; /* what became of each member of the base; NULL: a pad */
	bool *known;			/* of each member of the draft: the base has it, too */
	struct edit_run *stretches;	/* all of the base */
	size_t stretch_count;
	uint32_t end;			/* bytes up to the end of the last member so far */
	bool whole;			/* every member is said, not what differs from the base */
};

void draft_settle(struct draft *draft, struct spec *spec, struct member *members, size_t count)
{
	const struct revision *base = draft->base;

	draft->revision = (struct revision){
		.layout = draft->layout, .name = draft->name,
		.path = arena_printf(spec->arena, "%s/%s", draft->layout->name, draft->name),
		.natural = base ? base->natural : draft->layout->natural,
		.id = base ? base->id : 0, .has_id = base && base->has_id,
	};
	pads_settle(spec, &draft->revision, members, count);
}

/* Release the memory of a revision, which may be NULL, outside the arena. */
static void revision_free(struct revision *revision)
{
	if (!revision)
		return;
	table_free(&revision->by_name);
	table_free(&revision->by_encoding);
}

void draft_free(struct draft *draft)
{
	revision_free(&draft->revision);
}

/* An edit: a flag for each kind, and then pairs of a key and its text, which NULL ends. */
__attribute__((sentinel))
static struct value *add_edit(struct block *block, const char *kind, ...)
{
	static const char *const edit_keys[] = { "at", "append", "item", "rename", "over",
						  "retire", "move", "change" };
	struct value *edit = value_map_for(&block->model.maker, 16);
	const char *key;
	va_list pairs;

	for (size_t i = 0; i < sizeof(edit_keys) / sizeof(edit_keys[0]); i++)
		map_flag(&block->model.maker, edit, edit_keys[i], !strcmp(edit_keys[i], kind));
	va_start(pairs, kind);
	while ((key = va_arg(pairs, const char *)))
		map_text(&block->model.maker, edit, key, va_arg(pairs, const char *));
	va_end(pairs);
	list_add(&block->model.maker, block->edits, edit);
	block->edit_count++;
	return edit;
}

/* Microsoft's name of @member where the spec has to say it: it is not the field's. */
static const char *own_tlfs_name(const struct member *member)
{
	const char *field_name = member->field ? member->field->tlfs : NULL;

	return member->tlfs && (!field_name || strcmp(member->tlfs, field_name)) ?
	       member->tlfs : NULL;
}

/* The look-up of @member where it is not the layout's. */
static const char *lookup_text(const struct block *block, const struct member *member)
{
	if (!member->field || member->lookup == block->draft->layout->lookup)
		return "";
	return !member->lookup ? "none" : member->lookup & LOOKUP_HIGH ? "full high" : "full";
}

/* The `loss` of @member, if it differs from its field's. */
static void map_loss(struct maker *maker, struct value *edit, const struct member *member)
{
	static const struct loss plain;
	const struct loss *usual = member->field ? &member->field->loss : &plain;
	const struct loss *loss = &member->loss;

	map_flag(maker, edit, "drop", !member->pad && loss->drop && !usual->drop);
	map_text(maker, edit, "neutral", member->pad || loss->neutral == usual->neutral ? "" :
		 printed(maker, "0x%llx", (unsigned long long)loss->neutral));
}

/* Whether a field's member has a name that only `rename` can give it. */
static bool has_given_name(const struct member *member)
{
	const struct field *field = member->field;

	if (!field || !strcmp(member->name, field->name))
		return false;
	for (size_t i = 0; i < field->linux_count; i++)
		if (!strcmp(member->name, field->linux_names[i]))
			return false;
	return true;
}

/* A field is declared by its own name and renamed afterwards. */
static void add_given_name(struct block *block, const struct member *member)
{
	if (has_given_name(member))
		add_edit(block, "rename", "old", member->field->name, "name", member->name,
			 "tlfs", "", NULL);
}

/* The declaration of @member: [TYPE] NAME [COUNT] ATTRIBUTES. */
static void map_item(struct block *block, struct value *edit, const struct member *member)
{
	struct maker *maker = &block->model.maker;

	map_flag(maker, edit, "pad", member->pad);
	map_text(maker, edit, "type", member->field ? "" :
		 member->bits ? member->bits->name : member_type(member));
	map_text(maker, edit, "name",
		 has_given_name(member) ? member->field->name : member->name);
	map_text(maker, edit, "count", member->array ? number_text(maker, member->count) : "");
	/* A struct does not tell whether the TLFS has a pad of its name. */
	map_text(maker, edit, "tlfs", member->pad && !block->draft->tlfs_pads ? NULL :
		 own_tlfs_name(member));
	map_text(maker, edit, "group", group_name(block->draft->layout, member->group));
	map_text(maker, edit, "lookup", lookup_text(block, member));
	map_loss(maker, edit, member);
	map_text(maker, edit, "because", member->because);
}

/* The first member of @revision, by its offset, that ends after @byte; or NULL. */
static const struct member *first_after(const struct revision *revision, uint32_t byte)
{
	size_t low = 0, high = revision->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (member_end(&revision->members[middle]) > byte)
			high = middle;
		else
			low = middle + 1;
	}
	return low < revision->count ? &revision->members[low] : NULL;
}

/* The pad that is just these bytes, or NULL. */
static const struct member *pad_of(const struct revision *revision, uint32_t start, uint32_t end)
{
	const struct member *pad = first_after(revision, start);

	return pad && pad->pad && !pad->hole && pad->offset == start && member_end(pad) == end ?
	       pad : NULL;
}

/* The base's name of what is @difference's, if it is renamed the new one. */
static const char *present_name(const struct difference *difference)
{
	return difference->to ? difference->to->name : difference->from->name;
}

static bool changed(const struct difference *difference, enum change change)
{
	return difference->changes & 1 << change;
}

/* Whether the bytes are declared in another way, under whichever name. */
static bool declared_anew(const struct difference *difference)
{
	return changed(difference, CHANGE_ENCODING) || changed(difference, CHANGE_RESIZED) ||
	       difference->from->bits != difference->to->bits;
}

static void add_rename(struct block *block, const struct difference *difference)
{
	if (changed(difference, CHANGE_RENAMED) && !declared_anew(difference))
		add_edit(block, "rename", "old", difference->from->name, "name",
			 difference->to->name, "tlfs", own_tlfs_name(difference->to), NULL);
}

/* Another declaration of the same bytes, or of others: then the old ones are given up. */
static void add_over(struct block *block, const struct difference *difference)
{
	if (!declared_anew(difference))
		return;
	map_item(block, add_edit(block, "over", "old", difference->from->name, NULL),
		 difference->to);
	add_given_name(block, difference->to);
}

/* The difference of a member of the base; NULL for a pad. */
static const struct difference *difference_of(const struct block *block,
					      const struct member *member)
{
	return block->of_base[member - block->draft->base->members];
}

/* How far a member of the base has to go; a pad goes where the draft has it whole. */
static int64_t distance_to_go(const struct block *block, const struct member *member)
{
	const struct difference *difference = difference_of(block, member);
	const struct member *pad;

	if (difference)
		return difference_distance(difference);
	pad = table_name(&block->draft->revision.by_name, member->name);
	return pad && pad->pad && member_bytes(pad) == member_bytes(member) ?
	       (int64_t)pad->offset - member->offset : 0;
}

/*
 * Whether bytes that the base's member leaves can't become or stay a pad: the draft ends before
 * them, or has a member there that could not be put into that pad.
 */
static bool is_contested(const struct block *block, const struct member *left)
{
	const struct revision *draft = &block->draft->revision;
	const struct member *end = draft->members + draft->count;

	if (left->offset >= draft->size)
		return true;
	for (const struct member *member = first_after(draft, left->offset);
	     member < end && member->offset < member_end(left); member++)
		if (!member->pad && (block->known[member - draft->members] ||
				     member->offset < left->offset ||
				     member_end(member) > member_end(left)))
			return true;
	return false;
}

/*
 * The fate of a member of the base: 0 if it stays, RETIRED, GIVEN_UP, or the bytes that it moves
 * by.
 */
static int64_t fate_of(const struct block *block, const struct member *member)
{
	const struct difference *difference = difference_of(block, member);
	bool lost = difference && !difference->to;
	int64_t by = lost ? 0 : distance_to_go(block, member);

	if (by || !(lost || member->pad))
		return by;
	if (is_contested(block, member))
		return GIVEN_UP;
	return lost ? RETIRED : 0;
}

static void find_stretches(struct block *block)
{
	const struct revision *base = block->draft->base;
	struct edit_run *last = NULL;

	block->stretches = arena_alloc(block->spec->arena, (base->count + 1) * sizeof(*last));
	for (size_t i = 0; i < base->count; i++) {
		const struct member *member = &base->members[i];
		int64_t fate;

		if (member->hole)
			continue;
		fate = fate_of(block, member);
		if (!last || last->fate != fate) {
			last = &block->stretches[block->stretch_count++];
			*last = (struct edit_run){ .first = member, .fate = fate };
		}
		last->last = member;
	}
}

/* An edit of the range from the member @first to @last. */
static void add_range(struct block *block, const char *kind, const char *first, const char *last,
		      const char *key, const char *text)
{
	add_edit(block, kind, "begin", first, "end", last == first ? "" : last, key, text, NULL);
}

static void add_retire(struct block *block, const struct member *first,
		       const struct member *last, bool give_up)
{
	const struct member *pad = pad_of(&block->draft->revision, first->offset, member_end(last));

	add_range(block, "retire", first->name, last->name, "name", give_up ? "" : pad ? pad->name :
		  printed(&block->model.maker, "retired_%u", first->offset));
}

/* The base's name of @member, if it is renamed or declared anew that one. */
static const char *name_by_now(const struct block *block, const struct member *member)
{
	const struct difference *difference = difference_of(block, member);

	return difference ? present_name(difference) : member->name;
}

static void add_move(struct block *block, const struct edit_run *stretch)
{
	add_range(block, "move", name_by_now(block, stretch->first),
		  name_by_now(block, stretch->last), "by",
		  printed(&block->model.maker, "%lld", (long long)stretch->fate));
}

static void add_change(struct block *block, const struct difference *difference)
{
	const char *name = present_name(difference);

	/* A new declaration has its group from there. */
	if (changed(difference, CHANGE_GROUP) && !declared_anew(difference))
		add_range(block, "change", name, name, "group",
			  group_name(block->draft->layout, difference->to->group));
}

/* Where a member of that size begins without an offset of its own. */
static uint32_t next_offset(const struct block *block, const struct member *member)
{
	uint32_t size = block->draft->revision.natural ? member->size : 1;

	return (block->end + size - 1) / size * size;
}

/* A new member, or a pad that nothing else makes. */
static void add_item(struct block *block, const struct member *member)
{
	bool next = member->offset == next_offset(block, member);
	bool append = next && !block->whole && !member->pad;
	struct value *edit = add_edit(block, append ? "append" :
				      next && block->whole ? "item" : "at", NULL);

	map_number(&block->model.maker, edit, "offset", member->offset);
	map_item(block, edit, member);
	add_given_name(block, member);
	if (member_end(member) > block->end)
		block->end = member_end(member);
}

/* First what is left, to make room for moves. */
static void add_retired(struct block *block)
{
	for (size_t i = 0; i < block->stretch_count; i++) {
		const struct edit_run *stretch = &block->stretches[i];
		bool give_up = stretch->fate == GIVEN_UP;

		if (give_up || stretch->fate == RETIRED) {
			add_retire(block, stretch->first, stretch->last, give_up);
			continue;
		}
		for (const struct member *kept = stretch->first; kept <= stretch->last; kept++)
			if (member_end(kept) + stretch->fate > block->end)
				block->end = member_end(kept) + stretch->fate;
	}
}

/* Move up from the top and down from the bottom, so that a range has no other members. */
static void add_moves(struct block *block)
{
	for (size_t i = block->stretch_count; i--;)
		if (block->stretches[i].fate > 0 && block->stretches[i].fate != GIVEN_UP)
			add_move(block, &block->stretches[i]);
	for (size_t i = 0; i < block->stretch_count; i++)
		if (block->stretches[i].fate < 0 && block->stretches[i].fate != RETIRED)
			add_move(block, &block->stretches[i]);
}

/* Note the differences of the members of both revisions. */
static void index_differences(struct block *block, const struct comparison *comparison)
{
	const struct revision *base = comparison->a, *draft = comparison->b;

	block->of_base = arena_alloc(block->spec->arena,
				     (base->count + 1) * sizeof(*block->of_base));
	block->known = arena_alloc(block->spec->arena, draft->count + 1);
	for (size_t i = 0; i < comparison->count; i++) {
		const struct difference *difference = &comparison->differences[i];

		if (difference->from)
			block->of_base[difference->from - base->members] = difference;
		if (difference->to)
			block->known[difference->to - draft->members] = difference->from;
	}
}

static void for_members(struct block *block, const struct comparison *comparison,
			void (*add)(struct block *, const struct difference *))
{
	for (size_t i = 0; i < comparison->count; i++)
		if (comparison->differences[i].from && comparison->differences[i].to)
			add(block, &comparison->differences[i]);
}

static void add_differences(struct block *block)
{
	struct comparison comparison;

	compare_revisions(&comparison, block->spec->arena, block->draft->base,
			  &block->draft->revision);
	index_differences(block, &comparison);
	find_stretches(block);
	for_members(block, &comparison, add_rename);
	for_members(block, &comparison, add_over);
	add_retired(block);
	add_moves(block);
	for_members(block, &comparison, add_change);
	for (size_t i = 0; i < comparison.count; i++)
		if (!comparison.differences[i].from)
			add_item(block, comparison.differences[i].to);
}

static const char *pad_name(const struct block *block, const struct member *pad)
{
	return block->draft->tlfs_pads ? member_tlfs_name(pad) : pad->name;
}

/* Whether the name of a pad that is gone, or moved, can't be used again. */
static bool is_taken(const struct block *block, const struct revision *placed, const char *name)
{
	const struct member *there = table_name(&placed->by_name, name);

	if (there && !there->hole)
		return true;
	there = table_name(&block->draft->base->by_name, name);
	return there && !there->hole && fate_of(block, there) != GIVEN_UP;
}

/* The pad that has the bytes of @pad already, cut in the same way, or NULL. */
static const struct member *same_pad(const struct revision *placed, const struct member *pad)
{
	const struct member *there = pad_of(placed, pad->offset, member_end(pad));

	return there && there->size == pad->size && there->array == pad->array ? there : NULL;
}

static void rename_pad(struct block *block, const struct revision *placed,
		       const struct member *pad)
{
	const struct member *there = same_pad(placed, pad);
	bool by_tlfs = block->draft->tlfs_pads;

	if (!there || !strcmp(pad_name(block, there), pad_name(block, pad)) ||
	    (!by_tlfs && is_taken(block, placed, pad->name)))
		return;
	if (there->piece)		/* nothing but the end of the block gives it its name */
		add_item(block, pad);
	else
		add_edit(block, "rename", "old", there->name, "name",
			 by_tlfs ? there->name : pad->name, "tlfs", by_tlfs ? pad->tlfs : "", NULL);
}

/* Make pads, with names of their own, of the free bytes within @pad. */
static void fill_holes(struct block *block, const struct revision *placed,
		       const struct member *pad)
{
	for (size_t i = 0; i < placed->count; i++) {
		const struct member *hole = &placed->members[i];

		if (hole->hole && hole->offset >= pad->offset &&
		    member_end(hole) <= member_end(pad))
			add_item(block, hole);
	}
}

/*
 * The first and the last pad that make up the bytes of @pad and have names; false if something else
 * is among them.
 */
static bool find_pads(const struct revision *placed, const struct member *pad,
		      const struct member **first, const struct member **last)
{
	uint32_t end = pad->offset;

	*first = *last = NULL;
	for (size_t i = 0; i < placed->count && end < member_end(pad); i++) {
		const struct member *member = &placed->members[i];

		if (member_end(member) <= pad->offset)
			continue;
		if (!member->pad || member->hole || member->piece || member->offset != end)
			return false;
		*first = *first ? *first : member;
		*last = member;
		end = member_end(member);
	}
	return *first && end == member_end(pad);
}

/* The pad or hole that has all bytes of @pad, or NULL. */
static const struct member *pad_around(const struct revision *placed, const struct member *pad)
{
	const struct member *around = first_after(placed, pad->offset);

	return around && around->pad && around->offset <= pad->offset &&
	       member_end(around) >= member_end(pad) ? around : NULL;
}

/* A hole that a generated struct writes out: alignment makes it anyway. */
static bool is_written_hole(const struct revision *placed, const struct member *pad)
{
	const struct member *hole = table_name(&placed->by_name, pad->name);

	return hole && hole->offset == pad->offset && member_bytes(hole) == member_bytes(pad) &&
	       hole_made_by_alignment(placed, hole);
}

static void cut_pad(struct block *block, const struct revision *placed, const struct member *pad)
{
	const struct member *first, *last;
	bool by_tlfs = block->draft->tlfs_pads;
	bool taken = !by_tlfs && is_taken(block, placed, pad->name);
	bool has_place = pad_around(placed, pad) || pad->offset >= placed->size;

	if (same_pad(placed, pad) || (!by_tlfs && is_written_hole(placed, pad)))
		return;
	if (has_place && !taken)
		add_item(block, pad);
	/* Where nothing makes one of several pads, they stay as they are. */
	else if (find_pads(placed, pad, &first, &last) && !is_taken(block, placed, pad->name))
		add_retire(block, first, last, false);
	else
		fill_holes(block, placed, pad);
}

/* The edits of pads.  Numbers in their names mostly go up, so the last ones are renamed first. */
static void add_pads(struct block *block, const struct revision *placed)
{
	const struct revision *draft = &block->draft->revision;

	for (size_t i = draft->count; i--;)
		if (draft->members[i].pad && !draft->members[i].hole)
			rename_pad(block, placed, &draft->members[i]);
	for (size_t i = 0; i < draft->count; i++) {
		const struct member *pad = &draft->members[i], *around;

		if (pad->pad && !pad->hole)
			cut_pad(block, placed, pad);
		if (!pad->hole || hole_made_by_alignment(draft, pad))
			continue;
		/* Write free bytes down, unless alignment makes them. */
		around = pad_around(placed, pad);
		if (around && around->hole)
			fill_holes(block, placed, pad);
	}
}

static struct value *model_proposed(struct block *block)
{
	struct maker *maker = &block->model.maker;
	struct value *list = value_list(maker);

	for (size_t i = 0; i < block->draft->field_count; i++) {
		const struct field *field = block->draft->fields[i];
		struct value *map = value_map(maker);

		map_hex(maker, map, "encoding", field->encoding, 4);
		map_text(maker, map, "name", field->name);
		map_text(maker, map, "tlfs", field->tlfs);
		list_add(maker, list, map);
	}
	return list;
}

/* Whether a pad of the draft has a place for @size bytes that this divides. */
static bool has_room(const struct revision *draft, uint32_t size)
{
	for (size_t i = 0; i < draft->count; i++) {
		const struct member *pad = &draft->members[i];
		uint32_t start = (pad->offset + size - 1) / size * size;

		if (pad->pad && start + size <= member_end(pad))
			return true;
	}
	return false;
}

/*
 * The reason for members at offsets that their sizes do not divide, if the spec needs one and has
 * none yet.
 */
static const char *reason(struct block *block)
{
	const struct draft *draft = block->draft;
	const struct revision *revision = &draft->revision, *base = draft->base;
	bool room[9] = { [2] = has_room(revision, 2), [4] = has_room(revision, 4),
			 [8] = has_room(revision, 8) };

	for (size_t i = 0; i < revision->count; i++) {
		const struct member *member = &revision->members[i], *known;

		if (member->pad || member->because || member->offset % member->size == 0 ||
		    !(revision->natural || room[member->size]))
			continue;
		known = base && !block->whole ? revision_counterpart(base, member) : NULL;
		if (!known || known->offset != member->offset)
			return printed(&block->model.maker, "packed in %s", draft->citation);
	}
	return "";
}

/* The block as a source of its own, not yet in canonical form; NULL after a message. */
static struct source *write_block(struct block *block, bool same)
{
	struct maker *maker = &block->model.maker;
	const struct draft *draft = block->draft;
	const struct revision *revision = &draft->revision;
	struct templates *templates = block->templates;
	struct template *template = template_get(templates, "views/import.vmcs");
	struct value *map = value_map(maker);
	struct source *source = NULL;
	struct text text = { 0 };

	map_value(maker, map, "proposed", model_proposed(block));
	map_text(maker, map, "path", revision->path);
	map_flag(maker, map, "same", same);
	map_text(maker, map, "from", block->whole ? "" : draft->base->name);
	map_text(maker, map, "source", draft->citation);
	map_text(maker, map, "id", block->whole && revision->has_id && !draft->layout->has_version ?
		 printed(maker, "0x%08x", revision->id) : "");
	map_text(maker, map, "align", !block->whole ||
		 revision->natural == draft->layout->natural ? "" :
		 revision->natural ? "natural" : "packed");
	map_text(maker, map, "because", reason(block));
	map_value(maker, map, "edits", block->edits);
	if (template && template_render(templates, template, map, &text)) {
		source = source_of(block->spec->arena, block->spec->messages,
				   printed(maker, "the block for %s", revision->path),
				   text.bytes, text.len, (struct srcpos){ 0 });
	}
	text_free(&text);
	return source;
}

/*
 * The revision that @node declares, placed as if it were in @spec, without entering it; NULL after
 * a message.
 */
static struct revision *placed_revision_of(struct spec *spec, const struct node *node)
{
	struct revision *revision = resolve_revision(spec, node);

	if (!revision)
		return NULL;
	resolve_lines(spec, revision, node);
	return revision_place(spec, revision) ? revision : NULL;
}

/* The revision that @source declares, placed, or NULL.  Faults of an attempt are not reported. */
static struct revision *read_block(struct block *block, struct source *source)
{
	struct messages *messages = block->spec->messages, before = *messages;
	struct revision *revision = NULL;
	struct node *file, *node;

	if (!source)
		return NULL;
	messages->muted = true;
	file = tree_parse_file(block->parse, source);
	node = node_child(file, NODE_REVISION);
	if (node)
		revision = placed_revision_of(block->spec, node);
	if (messages->errors > before.errors)
		revision = NULL;
	*messages = before;
	node_free(file);
	return revision;
}

static bool same_member(const struct draft *draft, const struct member *x, const struct member *y)
{
	const char *x_name = member_shown_name(x, draft->tlfs_pads);
	const char *y_name = member_shown_name(y, draft->tlfs_pads);

	return x->offset == y->offset && x->size == y->size && x->count == y->count &&
	       x->pad == y->pad && x->group == y->group &&
	       x->lookup == y->lookup && !x->field == !y->field &&
	       (!x->field || x->field->encoding == y->field->encoding) &&
	       (x->hole || !strcmp(x_name, y_name));
}

/* Whether @placed is the draft. */
static bool is_draft(const struct draft *draft, const struct revision *placed)
{
	const struct revision *declared = &draft->revision;
	size_t i = 0, j = 0;

	if (placed->overlaps || placed->size != declared->size)
		return false;
	for (;; i++, j++) {
		/* C does not care where a pad ends or what its name is. */
		while (!draft->tlfs_pads && i < declared->count && declared->members[i].pad)
			i++;
		while (!draft->tlfs_pads && j < placed->count && placed->members[j].pad)
			j++;
		if (i == declared->count || j == placed->count)
			return i == declared->count && j == placed->count;
		if (!same_member(draft, &declared->members[i], &placed->members[j]))
			return false;
	}
}

/* Begin an empty block. */
static void begin_block(struct block *block, bool whole)
{
	block->whole = whole;
	block->edits = value_list(&block->model.maker);
	block->edit_count = 0;
	block->end = 0;
}

/* @source if it declares just the draft, or NULL. */
static struct source *if_true(struct block *block, struct source *source)
{
	struct revision *placed = read_block(block, source);
	bool fine = placed && is_draft(block->draft, placed);

	revision_free(placed);
	return fine ? source : NULL;
}

/* The edits of the base; NULL if they can't express the draft. */
static struct source *as_edits(struct block *block)
{
	struct revision *placed;

	begin_block(block, false);
	add_differences(block);
	placed = read_block(block, write_block(block, false));
	if (!placed)
		return NULL;
	add_pads(block, placed);
	revision_free(placed);
	return if_true(block, write_block(block, false));
}

/* All members; NULL if they can't be said. */
static struct source *as_whole(struct block *block)
{
	const struct revision *draft = &block->draft->revision;

	begin_block(block, true);
	for (size_t i = 0; i < draft->count; i++)
		if (!hole_made_by_alignment(draft, &draft->members[i]))
			add_item(block, &draft->members[i]);
	return if_true(block, write_block(block, false));
}

static size_t count_lines(const struct source *source)
{
	size_t lines = 0;

	for (size_t i = 0; i < source->len; i++)
		lines += source->bytes[i] == '\n';
	return lines;
}

/* The shortest correct statement; NULL after a message. */
static struct source *best_block(struct block *block)
{
	struct source *edits = block->draft->base ? as_edits(block) : NULL, *whole;
	struct messages *messages = block->spec->messages;

	if (edits && !block->edit_count)
		return write_block(block, true);
	/* A whole revision has at least a line for each member. */
	if (edits && count_lines(edits) <= block->draft->revision.count)
		return edits;
	whole = messages->status == EXIT_FINE ? as_whole(block) : NULL;
	if (edits && (!whole || count_lines(edits) <= count_lines(whole)))
		return edits;
	if (!whole && messages->status == EXIT_FINE)
		report_error(messages, (struct srcpos){ 0 },
			     "'%s' can't be said in the language of the spec",
			     block->draft->revision.path);
	return whole;
}

bool draft_print(const struct draft *draft, struct spec *spec, struct parse *parse,
		 struct templates *templates)
{
	struct block block = { .draft = draft, .spec = spec, .parse = parse,
			       .templates = templates };
	struct source *source;
	struct text text = { 0 };
	bool fine = false;

	model_init(&block.model, spec, false);
	source = best_block(&block);
	if (source) {
		fmt_source(&text, source);
		fine = output_print(spec->messages, &text);
	}
	text_free(&text);
	model_free(&block.model);
	return fine;
}
