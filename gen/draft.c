// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "draft.h"
#include "fmt.h"
#include "forms.h"
#include "output.h"
#include "pads.h"

/* What may become of a member, beside a distance that it is moved by. */
#define RETIRED INT64_MIN

/* The edits of a block, as its template sees them. */
struct block {
	struct run *run;
	const struct draft *draft;
	struct model model;
	struct value *edits;
	struct table differences;	/* the base's members, by name, to what became of them */
	uint32_t end;			/* bytes up to the end of the last member so far */
	struct node *tree;		/* of what was read back */
	struct spec spec;		/* with it */
};

void draft_settle(struct draft *draft, struct spec *spec, bool natural, struct member *members,
		  size_t count)
{
	draft->revision = (struct revision){
		.layout = draft->base->layout, .name = draft->name, .natural = natural,
		.id = draft->base->id, .has_id = draft->base->has_id,
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
	static const char * const edit_keys[] = { "at", "append", "rename", "over", "retire", "move",
					      "change" };
	struct value *edit = value_map_for(&block->model.maker, 16);

	for (size_t i = 0; i < sizeof(edit_keys) / sizeof(edit_keys[0]); i++)
		map_flag(&block->model.maker, edit, edit_keys[i], !strcmp(edit_keys[i], kind));
	list_add(&block->model.maker, block->edits, edit);
	return edit;
}

/* Microsoft's name of @member where the spec has to say it: it is not the field's. */
static const char *own_tlfs_name(const struct member *member)
{
	const char *field_name = member->field ? member->field->tlfs : NULL;

	return member->tlfs && (!field_name || strcmp(member->tlfs, field_name)) ?
	       member->tlfs : NULL;
}

/* What declares @member: [TYPE] NAME [COUNT] ATTRIBUTES. */
static void map_item(struct block *block, struct value *edit, const struct member *member)
{
	struct maker *maker = &block->model.maker;
	const char *group = group_name(block->draft->base->layout, member->group);
	bool read_only = member->group == GROUP_READONLY;

	map_flag(maker, edit, "pad", member->pad);
	map_text(maker, edit, "type", member->field ? "" :
		 member->word ? member->word->name : member_type(member));
	map_text(maker, edit, "name", member->name);
	map_text(maker, edit, "count", member->array ? number_text(maker, member->count) : "");
	map_text(maker, edit, "tlfs", own_tlfs_name(member));
	map_text(maker, edit, "group", group);
	map_text(maker, edit, "copy", !group || !member->field ? "" :
		 read_only ? "exit" : "entry");
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

/* What has to be said of a member of the base: 0 if nothing, RETIRED, or how far it goes. */
static int64_t fate(const struct block *block, const struct member *member)
{
	const struct difference *difference = difference_of(block, member);

	return difference && !difference->to ? RETIRED : distance(block, member);
}

static void add_retire(struct block *block, const struct member *first,
		       const struct member *last)
{
	struct maker *maker = &block->model.maker;
	const struct member *pad = pad_of(&block->draft->revision, first->offset, member_end(last));
	struct value *edit = add_edit(block, "retire");

	map_text(maker, edit, "begin", first->name);
	map_text(maker, edit, "end", last == first ? "" : last->name);
	map_text(maker, edit, "name", pad ? pad->name :
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
	const struct layout *layout = block->draft->base->layout;
	struct value *edit;

	if (!changed(difference, CHANGE_GROUP) || changed(difference, CHANGE_ENCODING))
		return;
	edit = add_edit(block, "change");
	map_text(maker, edit, "begin", present_name(difference));
	map_text(maker, edit, "end", "");
	map_text(maker, edit, "group", group_name(layout, difference->to->group));
}

/* A new member, or a pad that nothing else makes. */
static void add_item(struct block *block, const struct member *member)
{
	bool append = member->offset == block->end && !member->pad;
	struct value *edit = add_edit(block, append ? "append" : "at");

	map_number(&block->model.maker, edit, "offset", member->offset);
	map_item(block, edit, member);
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

/* What is given up comes first, so that others can be moved there. */
static void add_retired(struct block *block)
{
	const struct revision *base = block->draft->base;
	const struct member *end = base->members + base->count, *last;

	for (const struct member *first = base->members; first < end; first = last + 1) {
		last = last_of_run(block, first);
		if (fate(block, first) == RETIRED)
			add_retire(block, first, last);
	}
}

/* Upwards from the top, downwards from the bottom, so that no range has strangers in it. */
static void add_moves(struct block *block)
{
	const struct revision *base = block->draft->base;
	const struct member **firsts = xmalloc((base->count + 1) * sizeof(*firsts));
	const struct member *end = base->members + base->count, *member;
	size_t count = 0;

	for (member = base->members; member < end; member = last_of_run(block, member) + 1)
		if (!member->hole && fate(block, member) != RETIRED)
			firsts[count++] = member;
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

	compare_revisions(&comparison, &block->run->arena, block->draft->base,
			  &block->draft->revision);
	for (size_t i = 0; i < comparison.count; i++)
		if (comparison.members[i].from)
			table_add_name(&block->differences, comparison.members[i].from->name,
				       &comparison.members[i]);
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

	if (!there || there->hole)
		there = table_name(&block->draft->base->by_name, name);
	return there && !there->hole;
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
	for (size_t i = 0; i < placed->count; i++) {
		const struct member *member = &placed->members[i];

		if (member->pad && member->offset <= pad->offset &&
		    member_end(member) >= member_end(pad))
			return true;
	}
	return false;
}

static void cut_pad(struct block *block, const struct revision *placed, const struct member *pad)
{
	const struct member *first, *last;

	if (same_pad(placed, pad))
		return;
	if (!is_in_a_pad(placed, pad)) {
		/* Where nothing makes one of several pads, they stay as they are. */
		if (find_pads(placed, pad, &first, &last) && !is_taken(block, placed, pad->name))
			add_retire(block, first, last);
		else
			fill_holes(block, placed, pad);
		return;
	}
	if (!block->draft->tlfs_pads && is_taken(block, placed, pad->name))
		fill_holes(block, placed, pad);
	else
		add_item(block, pad);
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
	for (size_t i = 0; i < draft->count; i++)
		if (draft->members[i].pad && !draft->members[i].hole)
			cut_pad(block, placed, &draft->members[i]);
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

/* The block as a source of its own, not yet in canonical form; NULL after a message. */
static struct source *write_block(struct block *block)
{
	struct maker *maker = &block->model.maker;
	const struct draft *draft = block->draft;
	struct templates *templates = &block->run->templates;
	struct template *template = template_get(templates, "views/import.vmcs");
	struct value *map = value_map(maker);
	struct source *source = NULL;
	struct text text = { 0 };

	map_value(maker, map, "proposed", model_proposed(block));
	map_text(maker, map, "path",
		 printed(maker, "%s/%s", draft->base->layout->name, draft->name));
	map_text(maker, map, "from", draft->base->name);
	map_text(maker, map, "source", draft->source);
	map_text(maker, map, "align", draft->revision.natural == draft->base->natural ? "" :
		 draft->revision.natural ? "natural" : "packed");
	map_value(maker, map, "edits", block->edits);
	if (template && template_render(templates, template, map, &text)) {
		source = source_of(&block->run->arena, &block->run->messages,
				   printed(maker, "the block for %s/%s", draft->base->layout->name,
					   draft->name), text.bytes, text.len,
				   (struct place){ 0 });
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

/* Resolve the spec with @source behind it: the revision, as it is placed then, or NULL. */
static struct revision *read_block(struct block *block, struct source *source)
{
	const char *path = arena_printf(&block->run->arena, "%s/%s",
					block->draft->base->layout->name, block->draft->name);
	struct revision *revision;
	struct node *file;

	forget(block);
	if (!source)
		return NULL;
	block->tree = tree_parse(&block->run->parse, block->run->options->spec);
	file = tree_parse_file(&block->run->parse, source);
	node_add(block->tree, file->children);
	file->children = NULL;
	node_free(file);
	spec_resolve(&block->spec, &block->run->parse, block->tree);
	revision = spec_revision(&block->spec, path);
	return revision && revision->state == PLACED ? revision : NULL;
}

static bool same_member(const struct draft *draft, const struct member *x, const struct member *y)
{
	const char *x_name = draft->tlfs_pads ? member_tlfs_name(x) : x->name;
	const char *y_name = draft->tlfs_pads ? member_tlfs_name(y) : y->name;

	return x->offset == y->offset && x->size == y->size && x->count == y->count &&
	       x->pad == y->pad && x->group == y->group && !x->field == !y->field &&
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

	if (placed->overlaps || placed->natural != draft->natural ||
	    !same_but_pads(block->draft, placed))
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

bool draft_print(struct run *run, const struct draft *draft)
{
	struct block block = { .run = run, .draft = draft, .end = draft->base->size };
	struct revision *placed;
	struct source *source;
	struct text text = { 0 };
	bool fine = false;

	model_init(&block.model, &run->spec, false);
	block.edits = value_list(&block.model.maker);
	add_members(&block);
	placed = read_block(&block, write_block(&block));
	if (placed) {
		add_pads(&block, placed);
		source = write_block(&block);
		placed = read_block(&block, source);
		fine = placed && is_draft(&block, placed);
	}
	if (fine) {
		fmt_source(&text, source);
		fine = output_print(&run->messages, &text);
	} else if (run->messages.status == EXIT_FINE) {
		report_error(&run->messages, draft->base->place,
			     "what differs from '%s/%s' can't be said as edits of it",
			     draft->base->layout->name, draft->base->name);
	}
	text_free(&text);
	table_free(&block.differences);
	forget(&block);
	model_free(&block.model);
	return fine;
}
