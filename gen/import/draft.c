// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdlib.h>
#include <string.h>

#include "base/output.h"
#include "compare/compare.h"
#include "emit/forms.h"
#include "import/draft.h"
#include "language/fmt.h"
#include "language/pads.h"

/* What may become of a member, beside a distance that it is moved by. */
#define RETIRED INT64_MIN		/* its bytes are a pad */
#define GIVEN_UP INT64_MAX		/* they are somebody else's, or nobody's */

/* The edits of a block, as its template sees them. */
struct block {
	const struct draft *draft;
	struct parse *parse;
	const char *path;		/* of the spec's root */
	struct templates *templates;
	struct model model;
	struct value *edits;
	size_t edit_count;
	struct table differences;	/* the base's members, by name, to what became of them */
	struct table known;		/* names that members of the base have in the draft */
	uint32_t end;			/* bytes up to the end of the last member so far */
	bool whole;			/* every member is said, not what differs from the base */
	struct node *tree;		/* of what was read back */
	struct spec spec;		/* with it */
};

void draft_settle(struct draft *draft, struct spec *spec, struct member *members, size_t count)
{
	const struct revision *base = draft->base;

	draft->revision = (struct revision){
		.layout = draft->layout, .name = draft->name,
		.natural = base ? base->natural : draft->layout->natural,
		.id = base ? base->id : 0, .has_id = base && base->has_id,
	};
	pads_settle(spec, &draft->revision, members, count);
}

void draft_free(struct draft *draft)
{
	table_free(&draft->revision.by_name);
	table_free(&draft->revision.by_encoding);
}

/* An edit, with a flag for each kind. */
static struct value *add_edit(struct block *block, const char *kind)
{
	static const char * const edit_keys[] = { "at", "append", "item", "rename", "over", "retire",
						  "move", "change" };
	struct value *edit = value_map_for(&block->model.maker, 16);

	for (size_t i = 0; i < sizeof(edit_keys) / sizeof(edit_keys[0]); i++)
		map_flag(&block->model.maker, edit, edit_keys[i], !strcmp(edit_keys[i], kind));
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

static const char *copy_text(const struct member *member)
{
	static const char * const texts[] = { "", "entry", "exit", "entry exit" };

	return texts[member->copy];
}

/* The look-up of @member where it is not the layout's. */
static const char *lookup_text(const struct block *block, const struct member *member)
{
	if (!member->field || member->lookup == block->draft->layout->lookup)
		return "";
	return !member->lookup ? "none" : member->lookup & LOOKUP_HIGH ? "full high" : "full";
}

/* The loss of @member where it is not its field's. */
static const char *loss_text(struct maker *maker, const struct member *member)
{
	static const struct loss plain;
	const struct loss *usual = member->field ? &member->field->loss : &plain;
	const struct loss *loss = &member->loss;

	if (loss->drop == usual->drop && loss->neutral == usual->neutral)
		return "";
	return loss->drop ? "drop" : !loss->neutral ? "refuse" :
	       printed(maker, "default 0x%llx", (unsigned long long)loss->neutral);
}

/* Whether a field's member has a name that only `rename` gives it. */
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

/* A field is declared by a name of its own, and has another one only then. */
static void add_given_name(struct block *block, const struct member *member)
{
	struct maker *maker = &block->model.maker;
	struct value *edit;

	if (!has_given_name(member))
		return;
	edit = add_edit(block, "rename");
	map_text(maker, edit, "old", member->field->name);
	map_text(maker, edit, "name", member->name);
	map_text(maker, edit, "tlfs", "");
}

/* What declares @member: [TYPE] NAME [COUNT] ATTRIBUTES. */
static void map_item(struct block *block, struct value *edit, const struct member *member)
{
	struct maker *maker = &block->model.maker;

	map_flag(maker, edit, "pad", member->pad);
	map_text(maker, edit, "type", member->field ? "" :
		 member->word ? member->word->name : member_type(member));
	map_text(maker, edit, "name",
		 has_given_name(member) ? member->field->name : member->name);
	map_text(maker, edit, "count", member->array ? number_text(maker, member->count) : "");
	map_text(maker, edit, "tlfs", own_tlfs_name(member));
	map_text(maker, edit, "group", group_name(block->draft->layout, member->group));
	map_text(maker, edit, "copy", copy_text(member));
	map_text(maker, edit, "lookup", lookup_text(block, member));
	map_text(maker, edit, "loss", member->pad ? "" : loss_text(maker, member));
	map_text(maker, edit, "because", member->because);
}

/* The draft's pad that is just these bytes, or NULL. */
static const struct member *pad_of(const struct revision *revision, uint32_t start, uint32_t end)
{
	for (size_t i = 0; i < revision->count; i++) {
		const struct member *member = &revision->members[i];

		if (member->pad && !member->hole && member->offset == start &&
		    member_end(member) == end)
			return member;
	}
	return NULL;
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
	       difference->from->word != difference->to->word;
}

static void add_rename(struct block *block, const struct difference *difference)
{
	struct value *edit;

	if (!changed(difference, CHANGE_RENAMED) || declared_anew(difference))
		return;
	edit = add_edit(block, "rename");
	map_text(&block->model.maker, edit, "old", difference->from->name);
	map_text(&block->model.maker, edit, "name", difference->to->name);
	map_text(&block->model.maker, edit, "tlfs", own_tlfs_name(difference->to));
}

/* Another declaration of the same bytes, or of others: then the old ones are given up. */
static void add_over(struct block *block, const struct difference *difference)
{
	struct value *edit;

	if (!declared_anew(difference))
		return;
	edit = add_edit(block, "over");
	map_text(&block->model.maker, edit, "old", difference->from->name);
	map_item(block, edit, difference->to);
	add_given_name(block, difference->to);
}

/* What the comparison says of a member of the base; NULL for a pad. */
static const struct difference *difference_of(const struct block *block,
					      const struct member *member)
{
	return table_name(&block->differences, member->name);
}

/* How far a member of the base has to go; a pad goes where the draft has it whole. */
static int64_t distance(const struct block *block, const struct member *member)
{
	const struct difference *difference = difference_of(block, member);
	const struct member *pad;

	if (difference)
		return difference_distance(difference);
	pad = table_name(&block->draft->revision.by_name, member->name);
	return pad && pad->pad && member_bytes(pad) == member_bytes(member) ?
	       (int64_t)pad->offset - member->offset : 0;
}

/* The first member of @revision, by its offset, that ends after @byte; or the end. */
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
	return revision->members + low;
}

/*
 * Whether bytes that the base's member leaves can't become or stay a pad: the draft ends
 * ahead of them, or has another member there than one to be put into that pad.
 */
static bool is_contested(const struct block *block, const struct member *left)
{
	const struct revision *draft = &block->draft->revision;
	const struct member *end = draft->members + draft->count;

	if (left->offset >= draft->size)
		return true;
	for (const struct member *member = first_after(draft, left->offset);
	     member < end && member->offset < member_end(left); member++)
		if (!member->pad && (table_name(&block->known, member->name) ||
				     member->offset < left->offset ||
				     member_end(member) > member_end(left)))
			return true;
	return false;
}

/*
 * What has to be said of a member of the base: 0 if nothing, RETIRED, GIVEN_UP, or how far
 * it goes.
 */
static int64_t fate(const struct block *block, const struct member *member)
{
	const struct difference *difference = difference_of(block, member);
	bool lost = difference && !difference->to;
	int64_t by = lost ? 0 : distance(block, member);

	if (by || !(lost || member->pad))
		return by;
	if (is_contested(block, member))
		return GIVEN_UP;
	return lost ? RETIRED : 0;
}

static void add_retire(struct block *block, const struct member *first,
		       const struct member *last, bool give_up)
{
	struct maker *maker = &block->model.maker;
	const struct member *pad = pad_of(&block->draft->revision, first->offset, member_end(last));
	struct value *edit = add_edit(block, "retire");

	map_text(maker, edit, "begin", first->name);
	map_text(maker, edit, "end", last == first ? "" : last->name);
	map_text(maker, edit, "name", give_up ? "" : pad ? pad->name :
		 printed(maker, "retired_%u", first->offset));
}

/* The base's name of @member, if it is renamed or declared anew that one. */
static const char *name_by_now(const struct block *block, const struct member *member)
{
	const struct difference *difference = difference_of(block, member);

	return difference ? present_name(difference) : member->name;
}

static void add_move(struct block *block, const struct member *first, const struct member *last)
{
	struct maker *maker = &block->model.maker;
	struct value *edit = add_edit(block, "move");

	map_text(maker, edit, "begin", name_by_now(block, first));
	map_text(maker, edit, "end", last == first ? "" : name_by_now(block, last));
	map_text(maker, edit, "by", printed(maker, "%lld", (long long)distance(block, first)));
}

static void add_change(struct block *block, const struct difference *difference)
{
	struct maker *maker = &block->model.maker;
	const struct layout *layout = block->draft->layout;
	struct value *edit;

	/* What is declared anew has its group from there. */
	if (!changed(difference, CHANGE_GROUP) || declared_anew(difference))
		return;
	edit = add_edit(block, "change");
	map_text(maker, edit, "begin", present_name(difference));
	map_text(maker, edit, "end", "");
	map_text(maker, edit, "group", group_name(layout, difference->to->group));
}

/* Where a member of that size begins if nobody says where. */
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
				      next && block->whole ? "item" : "at");

	map_number(&block->model.maker, edit, "offset", member->offset);
	map_item(block, edit, member);
	add_given_name(block, member);
	if (member_end(member) > block->end)
		block->end = member_end(member);
}

/* The last of the neighbours in the base, from @first on, that share its fate. */
static const struct member *last_of_run(const struct block *block, const struct member *first)
{
	const struct revision *base = block->draft->base;
	const struct member *last = first;

	for (const struct member *next = first + 1; next < base->members + base->count; next++) {
		if (next->hole)
			continue;
		if (fate(block, next) != fate(block, first))
			break;
		last = next;
	}
	return last;
}

/* What is left comes first, so that others can be moved there. */
static void add_retired(struct block *block)
{
	const struct revision *base = block->draft->base;
	const struct member *end = base->members + base->count, *last;

	for (const struct member *first = base->members; first < end; first = last + 1) {
		int64_t becomes = first->hole ? 0 : fate(block, first);

		last = first->hole ? first : last_of_run(block, first);
		if (becomes == RETIRED || becomes == GIVEN_UP)
			add_retire(block, first, last, becomes == GIVEN_UP);
		else if (!first->hole)
			for (const struct member *kept = first; kept <= last; kept++)
				if (!kept->hole && member_end(kept) + becomes > block->end)
					block->end = member_end(kept) + becomes;
	}
}

/* Upwards from the top, downwards from the bottom, so that no range has strangers in it. */
static void add_moves(struct block *block)
{
	const struct revision *base = block->draft->base;
	const struct member **firsts = xmalloc((base->count + 1) * sizeof(*firsts));
	const struct member *end = base->members + base->count, *member;
	size_t count = 0;

	for (member = base->members; member < end; member++) {
		if (member->hole)
			continue;
		if (fate(block, member) != RETIRED && fate(block, member) != GIVEN_UP)
			firsts[count++] = member;
		member = last_of_run(block, member);
	}
	for (size_t i = count; i--;)
		if (fate(block, firsts[i]) > 0)
			add_move(block, firsts[i], last_of_run(block, firsts[i]));
	for (size_t i = 0; i < count; i++)
		if (fate(block, firsts[i]) < 0)
			add_move(block, firsts[i], last_of_run(block, firsts[i]));
	free(firsts);
}

static void for_members(struct block *block, const struct comparison *comparison,
			void (*add)(struct block *, const struct difference *))
{
	for (size_t i = 0; i < comparison->count; i++)
		if (comparison->members[i].from && comparison->members[i].to)
			add(block, &comparison->members[i]);
}

static void add_members(struct block *block)
{
	struct comparison comparison;

	compare_revisions(&comparison, block->parse->arena, block->draft->base,
			  &block->draft->revision);
	for (size_t i = 0; i < comparison.count; i++)
		if (comparison.members[i].from) {
			table_add_name(&block->differences, comparison.members[i].from->name,
				       &comparison.members[i]);
			if (comparison.members[i].to)
				table_add_name(&block->known, comparison.members[i].to->name,
					       &comparison.members[i]);
		}
	for_members(block, &comparison, add_rename);
	for_members(block, &comparison, add_over);
	add_retired(block);
	add_moves(block);
	for_members(block, &comparison, add_change);
	for (size_t i = 0; i < comparison.count; i++)
		if (!comparison.members[i].from)
			add_item(block, comparison.members[i].to);
}

static const char *pad_name(const struct block *block, const struct member *pad)
{
	return block->draft->tlfs_pads ? member_tlfs_name(pad) : pad->name;
}

/* Whether the name of a pad that is gone, or lies elsewhere, can't be given again. */
static bool is_taken(const struct block *block, const struct revision *placed, const char *name)
{
	const struct member *there = table_name(&placed->by_name, name);

	if (there && !there->hole)
		return true;
	there = table_name(&block->draft->base->by_name, name);
	return there && !there->hole && fate(block, there) != GIVEN_UP;
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
	struct maker *maker = &block->model.maker;
	struct value *edit;

	if (!there || !strcmp(pad_name(block, there), pad_name(block, pad)) ||
	    (!by_tlfs && is_taken(block, placed, pad->name)))
		return;
	if (there->piece) {		/* nothing but the end of the block gives it its name */
		add_item(block, pad);
		return;
	}
	edit = add_edit(block, "rename");
	map_text(maker, edit, "old", there->name);
	map_text(maker, edit, "name", by_tlfs ? there->name : pad->name);
	map_text(maker, edit, "tlfs", by_tlfs ? pad->tlfs : "");
}

/* Make pads, under names of their own, of what nobody has within the bytes of @pad. */
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
 * The first and the last of the pads that have the bytes of @pad between them, and have
 * names; false if these are not all that is there.
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

static bool is_in_a_pad(const struct revision *placed, const struct member *pad)
{
	const struct member *member = first_after(placed, pad->offset);

	return member < placed->members + placed->count && member->pad &&
	       member->offset <= pad->offset && member_end(member) >= member_end(pad);
}

/* Whether nobody has these bytes: they are in a hole, or after the last member. */
static bool is_free(const struct revision *placed, const struct member *pad)
{
	const struct member *member = first_after(placed, pad->offset);

	return member == placed->members + placed->count ||
	       (member->hole && is_in_a_pad(placed, pad));
}

/* A hole that a generated struct has written out: nobody has to say so. */
static bool is_written_hole(const struct revision *placed, const struct member *pad)
{
	const struct member *hole = table_name(&placed->by_name, pad->name);

	return hole && hole->offset == pad->offset && member_bytes(hole) == member_bytes(pad) &&
	       hole_made_by_alignment(placed, hole);
}

static void cut_pad(struct block *block, const struct revision *placed, const struct member *pad)
{
	const struct member *first, *last;
	bool taken = !block->draft->tlfs_pads && is_taken(block, placed, pad->name);

	if (same_pad(placed, pad) ||
	    (!block->draft->tlfs_pads && is_written_hole(placed, pad)))
		return;
	if (is_free(placed, pad) && !taken) {
		add_item(block, pad);
	} else if (!is_in_a_pad(placed, pad)) {
		/* Where nothing makes one of several pads, they stay as they are. */
		if (find_pads(placed, pad, &first, &last) && !is_taken(block, placed, pad->name))
			add_retire(block, first, last, false);
		else
			fill_holes(block, placed, pad);
	} else if (taken) {
		fill_holes(block, placed, pad);
	} else {
		add_item(block, pad);
	}
}

/*
 * What is to be said of pads, given what has become of them.  Numbers in their names
 * mostly go up, so the last ones are renamed first.
 */
static void add_pads(struct block *block, const struct revision *placed)
{
	const struct revision *draft = &block->draft->revision;

	for (size_t i = draft->count; i--;)
		if (draft->members[i].pad && !draft->members[i].hole)
			rename_pad(block, placed, &draft->members[i]);
	for (size_t i = 0; i < draft->count; i++) {
		const struct member *pad = &draft->members[i];

		if (pad->pad && !pad->hole)
			cut_pad(block, placed, pad);
		/* Bytes that nobody has are said, unless alignment makes them. */
		else if (pad->hole && is_free(placed, pad) && !hole_made_by_alignment(draft, pad))
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
 * Why members lie at offsets that their sizes don't divide, where that wants a reason, and
 * nobody has given it yet.
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
			return printed(&block->model.maker, "packed in %s", draft->source);
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
	map_text(maker, map, "path", printed(maker, "%s/%s", draft->layout->name, draft->name));
	map_flag(maker, map, "same", same);
	map_text(maker, map, "from", block->whole ? "" : draft->base->name);
	map_text(maker, map, "source", draft->source);
	map_text(maker, map, "id", block->whole && revision->has_id && !draft->layout->has_version ?
		 printed(maker, "0x%08x", revision->id) : "");
	map_text(maker, map, "align", !block->whole ||
		 revision->natural == draft->layout->natural ? "" :
		 revision->natural ? "natural" : "packed");
	map_text(maker, map, "because", reason(block));
	map_value(maker, map, "edits", block->edits);
	if (template && template_render(templates, template, map, &text)) {
		source = source_of(block->parse->arena, block->parse->messages,
				   printed(maker, "the block for %s/%s", draft->layout->name,
					   draft->name), text.bytes, text.len,
				   (struct srcpos){ 0 });
	}
	text_free(&text);
	return source;
}

static void forget(struct block *block)
{
	spec_free(&block->spec);
	node_free(block->tree);
	block->spec = (struct spec){ 0 };
	block->tree = NULL;
}

/*
 * Resolve the spec with @source added: the revision, as it is placed then, or NULL.  What is
 * wrong with an attempt is nobody's business.
 */
static struct revision *read_block(struct block *block, struct source *source)
{
	const char *path = arena_printf(block->parse->arena, "%s/%s",
					block->draft->layout->name, block->draft->name);
	struct revision *revision;
	struct node *file;

	struct messages *messages = block->parse->messages, before = *messages;

	forget(block);
	if (!source)
		return NULL;
	messages->muted = true;
	block->tree = tree_parse(block->parse, block->path);
	file = tree_parse_file(block->parse, source);
	node_add(block->tree, file->children);
	file->children = NULL;
	node_free(file);
	spec_resolve(&block->spec, block->parse, block->tree);
	revision = spec_revision(&block->spec, path);
	if (messages->errors > before.errors)
		revision = NULL;
	*messages = before;
	return revision && revision->state == PLACED ? revision : NULL;
}

static bool same_member(const struct draft *draft, const struct member *x, const struct member *y)
{
	const char *x_name = draft->tlfs_pads ? member_tlfs_name(x) : x->name;
	const char *y_name = draft->tlfs_pads ? member_tlfs_name(y) : y->name;

	return x->offset == y->offset && x->size == y->size && x->count == y->count &&
	       x->pad == y->pad && x->group == y->group && x->copy == y->copy &&
	       x->lookup == y->lookup && !x->field == !y->field &&
	       (!x->field || x->field->encoding == y->field->encoding) &&
	       (x->hole || !strcmp(x_name, y_name));
}

/* The next member that is no pad, from the @i-th on, or the end. */
static size_t skip_pads(const struct revision *revision, size_t i)
{
	while (i < revision->count && revision->members[i].pad)
		i++;
	return i;
}

/* Whether the members are the same, and only pads are cut in another way. */
static bool same_but_pads(const struct draft *draft, const struct revision *placed)
{
	const struct revision *declared = &draft->revision;
	size_t i = skip_pads(declared, 0), j = skip_pads(placed, 0);

	while (i < declared->count && j < placed->count) {
		if (!same_member(draft, &declared->members[i], &placed->members[j]))
			return false;
		i = skip_pads(declared, i + 1);
		j = skip_pads(placed, j + 1);
	}
	return i == declared->count && j == placed->count && declared->size == placed->size;
}

/* Whether @placed is what the draft declares. */
static bool is_draft(const struct block *block, const struct revision *placed)
{
	const struct revision *draft = &block->draft->revision;

	if (placed->overlaps || !same_but_pads(block->draft, placed))
		return false;
	if (!block->draft->tlfs_pads)
		return true;		/* where a pad ends and what it is called is no matter */
	if (placed->count != draft->count)
		return false;
	for (size_t i = 0; i < draft->count; i++)
		if (!same_member(block->draft, &draft->members[i], &placed->members[i]))
			return false;
	return true;
}

/* Begin anew, with nothing said. */
static void begin_block(struct block *block, bool whole)
{
	block->whole = whole;
	block->edits = value_list(&block->model.maker);
	block->edit_count = 0;
	block->end = 0;
}

/* @source if it says what the draft does, or NULL. */
static struct source *if_true(struct block *block, struct source *source)
{
	const struct revision *placed = read_block(block, source);

	return placed && is_draft(block, placed) ? source : NULL;
}

/* What differs from the base; NULL if that can't be said. */
static struct source *as_edits(struct block *block)
{
	const struct revision *placed;

	begin_block(block, false);
	add_members(block);
	placed = read_block(block, write_block(block, false));
	if (!placed)
		return NULL;
	add_pads(block, placed);
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

/* The shortest that is true; NULL after a message. */
static struct source *best_block(struct block *block)
{
	struct source *edits = block->draft->base ? as_edits(block) : NULL, *whole;
	struct messages *messages = block->parse->messages;

	if (edits && !block->edit_count)
		return write_block(block, true);
	/* The least that a whole revision has is a line a member. */
	if (edits && count_lines(edits) <= block->draft->revision.count)
		return edits;
	whole = messages->status == EXIT_FINE ? as_whole(block) : NULL;
	if (edits && (!whole || count_lines(edits) <= count_lines(whole)))
		return edits;
	if (!whole && messages->status == EXIT_FINE)
		report_error(messages, (struct srcpos){ 0 },
			     "'%s/%s' can't be said in the language of the spec",
			     block->draft->layout->name, block->draft->name);
	return whole;
}

bool draft_print(const struct draft *draft, struct spec *spec, struct parse *parse,
		 const char *path, struct templates *templates)
{
	struct block block = { .draft = draft, .parse = parse, .path = path, .templates = templates };
	struct source *source;
	struct text text = { 0 };
	bool fine = false;

	model_init(&block.model, spec, false);
	source = best_block(&block);
	if (source) {
		fmt_source(&text, source);
		fine = output_print(parse->messages, &text);
	}
	text_free(&text);
	table_free(&block.differences);
	table_free(&block.known);
	forget(&block);
	model_free(&block.model);
	return fine;
}
