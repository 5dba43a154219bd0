// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <ctype.h>
#include <string.h>

#include "command/picture.h"
#include "emit/forms.h"

enum {
	ALONE_ROW = 16,			/* bytes in a row of the only sheet, ... */
	COMPARED_ROW = 8,		/* ... and of one of two, which stand side by side */
	FOLD_ROWS = 5,			/* so many rows of one member are folded ... */
	FOLDED_ROWS = 2,		/* ... into these */
};

/* Pixels.  A letter of 9 px is 5.4 px wide in any monospaced font, a small one of 8 px 4.8. */
enum {
	BYTE_WIDTH = 32,
	ROW_HEIGHT = 22,
	LETTER_TENTHS = 54, SMALL_TENTHS = 48,
	CELL_PADDING = 3,
	MARK_WIDTH = 2 * BYTE_WIDTH,	/* the least width of a cell with a mark */
	LEGEND_WIDTH = 170,
	LEGEND_HEIGHT = 20,
	LEGEND_TOP = 44,		/* below the title */
	RULER_HEIGHT = 2 * ROW_HEIGHT,	/* what names a sheet and its columns */
	MARGIN = 44,			/* for the offsets next to a sheet */
	BANDS_WIDTH = 120,		/* between two sheets */
	BOTTOM = 16,
	BASELINE = 3,			/* of a text, below its middle */
	FIRST_LINE = -2, SECOND_LINE = 8, /* the same where two share a row */
	STUB_WIDTH = 16,		/* of a band that leads nowhere */
	BAND_LABEL = 12,		/* the least height of a band with a label */
};

/*
 * The look of a member: the name of a colour, its meaning, a sign for it, and the angle of lines
 * that tell it from others of that colour ("": there are none).
 */
struct tint {
	const char *name, *title, *mark, *weave;
};

/* Rows that are drawn as fewer ones. */
struct folded_rows {
	uint64_t offset, bytes;
};

struct sheet {
	const struct revision *revision;
	unsigned int row;		/* bytes in a row */
	const struct value **members;	/* what templates know of each member */
	const struct value **differences; /* the same of what was compared, or NULL */
	const struct tint *tints;	/* of each member */
	struct folded_rows *folds;	/* by offset */
	size_t fold_count;
	bool on_right;			/* its offsets stand on the right of it */
};

/* Bytes that are one rectangle: a part of one row, or all of several. */
struct cell {
	uint64_t offset, end;
};

static bool is_block(const struct cell *cell, unsigned int row)
{
	return cell->offset % row == 0 && cell->end - cell->offset >= row;
}

/* The next cell of @member after @cell; false after the last one. */
static bool next_cell(const struct member *member, struct cell *cell, unsigned int row)
{
	uint64_t end = member_end(member);

	cell->offset = cell->end;
	if (cell->offset % row == 0 && end - cell->offset >= row)
		cell->end = end - end % row;
	else
		cell->end = (cell->offset / row + 1) * row;
	if (cell->end > end)
		cell->end = end;
	return cell->offset < end;
}

static struct cell before_first(const struct member *member)
{
	return (struct cell){ .end = member->offset };
}

static struct cell longest_cell(const struct member *member, unsigned int row)
{
	struct cell cell = before_first(member), longest = { 0 };

	while (next_cell(member, &cell, row))
		if (cell.end - cell.offset > longest.end - longest.offset)
			longest = cell;
	return longest;
}

static bool is_folded(const struct cell *cell, unsigned int row)
{
	return is_block(cell, row) && cell->end - cell->offset >= FOLD_ROWS * row;
}

/* Members of a faulty spec may overlap, folds must not. */
static void find_folds(struct sheet *sheet, struct arena *arena)
{
	uint64_t end = 0;

	sheet->folds = arena_alloc(arena, (sheet->revision->count + 1) * sizeof(*sheet->folds));
	for (size_t i = 0; i < sheet->revision->count; i++) {
		struct cell cell = longest_cell(&sheet->revision->members[i], sheet->row);

		if (cell.offset < end)
			cell.offset = end;
		if (cell.end <= cell.offset || !is_folded(&cell, sheet->row))
			continue;
		end = cell.end;
		sheet->folds[sheet->fold_count++] = (struct folded_rows){ cell.offset,
									end - cell.offset };
	}
}

/* How far down @offset is; inside a row it is a part of the row's height. */
static uint64_t y_of(const struct sheet *sheet, uint64_t offset)
{
	uint64_t y = offset * ROW_HEIGHT / sheet->row;

	for (size_t i = 0; i < sheet->fold_count && sheet->folds[i].offset < offset; i++) {
		const struct folded_rows *fold = &sheet->folds[i];
		uint64_t inside = offset - fold->offset;

		if (inside > fold->bytes)
			inside = fold->bytes;
		y -= inside * ROW_HEIGHT / sheet->row -
		     inside * FOLDED_ROWS * ROW_HEIGHT / fold->bytes;
	}
	return y;
}

static uint64_t sheet_height(const struct sheet *sheet)
{
	uint64_t rows = ((uint64_t)sheet->revision->size + sheet->row - 1) / sheet->row;

	return y_of(sheet, rows * sheet->row);
}

static unsigned int row_width(const struct sheet *sheet)
{
	return sheet->row * BYTE_WIDTH;
}

/* How many letters fit into a cell of @width pixels. */
static size_t letters(uint64_t width, unsigned int tenths)
{
	return (width - 2 * CELL_PADDING) * 10 / tenths;
}

/* How much of @name, which is longer, goes into @room letters: whole words, if there are any. */
static size_t first_words(const char *name, size_t room)
{
	for (size_t len = room; len; len--)
		if (name[len - 1] == '_' || (islower((unsigned char)name[len - 1]) &&
					     isupper((unsigned char)name[len])))
			return len;
	return room;
}

/* A name that is too long for one line next to the mark goes on in a second, smaller one. */
static void map_label(struct maker *maker, struct value *map, const char *name, uint64_t width,
		      uint64_t mark_width, uint64_t middle)
{
	size_t room = letters(width, SMALL_TENTHS);
	size_t rest = letters(width - mark_width, SMALL_TENTHS);
	size_t len = strlen(name), cut = len > room ? first_words(name, room) : len;
	bool two = len > rest;

	map_flag(maker, map, "small", len > letters(width - mark_width, LETTER_TENTHS));
	map_text(maker, map, "label", arena_copy(maker->arena, name, cut));
	map_number(maker, map, "label_y", middle + (two ? FIRST_LINE : BASELINE));
	map_text(maker, map, "rest", len - cut <= rest ? name + cut :
		 printed(maker, "%.*s…", (int)rest - 1, name + cut));
	map_number(maker, map, "rest_y", middle + SECOND_LINE);
	map_number(maker, map, "mark_y", middle + (two ? SECOND_LINE : BASELINE));
}

static struct value *model_cell(struct model *model, const struct sheet *sheet, const char *name,
				const char *mark, const struct cell *cell)
{
	struct maker *maker = &model->maker;
	struct value *map = value_map_for(maker, 16);
	bool block = is_block(cell, sheet->row);
	uint64_t bytes = cell->end - cell->offset, column = cell->offset % sheet->row;
	uint64_t x = column * BYTE_WIDTH, y = y_of(sheet, cell->offset - column);
	uint64_t width = block ? row_width(sheet) : bytes * BYTE_WIDTH;
	uint64_t height = block ? y_of(sheet, cell->end) - y : ROW_HEIGHT;
	bool marked = *mark && width >= MARK_WIDTH;
	uint64_t mark_width = marked ? (strlen(mark) + 1) * LETTER_TENTHS / 10 : 0;

	map_number(maker, map, "x", x);
	map_number(maker, map, "y", y);
	map_number(maker, map, "width", width);
	map_number(maker, map, "height", height);
	map_number(maker, map, "bytes", bytes);
	map_flag(maker, map, "folded", is_folded(cell, sheet->row));
	map_label(maker, map, name ? name : "", width, mark_width, y + height / 2);
	map_number(maker, map, "label_x", x + CELL_PADDING);
	map_text(maker, map, "mark", name && marked ? mark : "");
	map_number(maker, map, "mark_x", x + width - CELL_PADDING);
	return map;
}

/* A member's cells; the longest has its name. */
static struct value *model_cells(struct model *model, const struct sheet *sheet, size_t i)
{
	const struct member *member = &sheet->revision->members[i];
	struct cell cell = before_first(member), longest;
	const char *name = member_shown_name(member, model->tlfs_names);
	struct value *cells = value_list(&model->maker);

	longest = longest_cell(member, sheet->row);
	while (next_cell(member, &cell, sheet->row))
		list_add(&model->maker, cells,
			 model_cell(model, sheet, cell.offset == longest.offset ? name : NULL,
				    sheet->tints[i].mark, &cell));
	return cells;
}

static void map_tint(struct maker *maker, struct value *map, const struct tint *tint)
{
	map_text(maker, map, "tint", tint->name);
	map_text(maker, map, "title", tint->title);
	map_text(maker, map, "mark", tint->mark);
	map_text(maker, map, "weave", tint->weave);
}

static struct value *model_shape(struct model *model, const struct sheet *sheet, size_t i)
{
	struct maker *maker = &model->maker;
	struct value *map = value_map(maker);

	map_value(maker, map, "member", sheet->members[i]);
	if (sheet->differences && sheet->differences[i])
		map_value(maker, map, "difference", sheet->differences[i]);
	else
		map_flag(maker, map, "difference", false);
	map_tint(maker, map, &sheet->tints[i]);
	map_value(maker, map, "cells", model_cells(model, sheet, i));
	return map;
}

/* The rows in which a member begins or goes on, each once. */
static struct value *picture_rows(struct model *model, const struct sheet *sheet)
{
	struct maker *maker = &model->maker;
	struct value *rows = value_list(maker);
	const struct folded_rows *fold = sheet->folds, *end = fold + sheet->fold_count;

	for (uint64_t offset = 0; offset < sheet->revision->size; ) {
		struct value *map = value_map(maker);

		map_number(maker, map, "offset", offset);
		map_number(maker, map, "y", y_of(sheet, offset) + ROW_HEIGHT / 2 + BASELINE);
		list_add(maker, rows, map);
		if (fold < end && fold->offset == offset)
			offset += fold++->bytes;
		else
			offset += sheet->row;
	}
	return rows;
}

static struct value *model_columns(struct maker *maker, const struct sheet *sheet)
{
	struct value *columns = value_list(maker);

	for (unsigned int byte = 0; byte < sheet->row; byte++) {
		struct value *map = value_map(maker);

		map_number(maker, map, "byte", byte);
		map_number(maker, map, "x", byte * BYTE_WIDTH + BYTE_WIDTH / 2);
		list_add(maker, columns, map);
	}
	return columns;
}

/* A sheet at @y, in the strip of the picture that has its offsets, too. */
static struct value *model_sheet(struct model *model, const struct sheet *sheet, uint64_t y,
				 uint64_t strip_x, uint64_t strip_width)
{
	struct maker *maker = &model->maker;
	struct value *map = value_map(maker), *shapes = value_list(maker);

	for (size_t i = 0; i < sheet->revision->count; i++)
		list_add(maker, shapes, model_shape(model, sheet, i));
	map_value(maker, map, "revision", model_revision(model, sheet->revision));
	map_flag(maker, map, "on_right", sheet->on_right);
	map_number(maker, map, "x", strip_x + (sheet->on_right ? 0 : MARGIN));
	map_number(maker, map, "y", y);
	map_number(maker, map, "width", row_width(sheet));
	map_number(maker, map, "height", sheet_height(sheet));
	map_number(maker, map, "strip_x", strip_x);
	map_number(maker, map, "strip_width", strip_width);
	map_number(maker, map, "strip_height", RULER_HEIGHT + sheet_height(sheet) + BOTTOM);
	map_value(maker, map, "columns", model_columns(maker, sheet));
	map_value(maker, map, "rows", picture_rows(model, sheet));
	map_value(maker, map, "shapes", shapes);
	return map;
}

/* A sheet of which only the tints are not known. */
static struct sheet sheet_of(struct model *model, const struct revision *revision,
			     unsigned int row)
{
	struct sheet sheet = { .revision = revision, .row = row };

	sheet.members = model_elements(model, model_revision(model, revision), "members");
	find_folds(&sheet, model->maker.arena);
	return sheet;
}

/* The legend of the tints, in a grid as wide as the picture.  Returns its height. */
static uint64_t map_legend(struct maker *maker, struct value *map, const struct tint *tints,
			   const size_t *counts, size_t count, uint64_t width)
{
	uint64_t columns = width / LEGEND_WIDTH;
	struct value *legend = value_list(maker);

	for (size_t i = 0; i < count; i++) {
		struct value *entry = value_map(maker);

		map_tint(maker, entry, &tints[i]);
		map_number(maker, entry, "count", counts[i]);
		map_number(maker, entry, "x", MARGIN + i % columns * LEGEND_WIDTH);
		map_number(maker, entry, "y", LEGEND_TOP + i / columns * LEGEND_HEIGHT);
		list_add(maker, legend, entry);
	}
	map_value(maker, map, "legend", legend);
	return (count + columns - 1) / columns * LEGEND_HEIGHT;
}

/* @top is where the maps begin: without what is above, the legend is left out. */
static void map_size(struct maker *maker, struct value *map, uint64_t width, uint64_t top,
		     uint64_t height)
{
	map_number(maker, map, "width", width);
	map_number(maker, map, "height", top + height);
	map_number(maker, map, "top", top);
	map_number(maker, map, "map_height", height);
}

/*
 * One sheet
 */

/* By clean-field group where the layout has them. */
static struct tint group_tint(struct maker *maker, const struct layout *layout, int group)
{
	static const struct tint others[] = {
		{ "group-none", "no group", "", "" }, { "group-always", "always", "!", "" },
		{ "group-any", "any", "*", "" }, { "group-readonly", "readonly", "r", "" },
	};
	static const char *const weaves[] = { "", "90", "45", "0" };

	if (group < 0)
		return others[-1 - group];
	return (struct tint){ printed(maker, "group-%d", group), layout->groups[group].name,
			      printed(maker, "%d", group), weaves[group * 4 / GROUPS] };
}

/* By the kind of field where it has none. */
static struct tint kind_tint(const struct member *member)
{
	static const struct tint kinds[] = {
		{ "control", "control", "C", "" }, { "read-only", "read-only", "R", "" },
		{ "guest", "guest", "G", "" }, { "host", "host", "H", "" },
	};

	if (!member->field)
		return (struct tint){ "no-field", "no field", "", "" };
	return kinds[encoding_type(member->field->encoding)];
}

static struct tint tint_of(struct maker *maker, const struct layout *layout,
			   const struct member *member)
{
	if (member->pad)
		return (struct tint){ "pad", "pad", "", "" };
	return layout->clean_word ? group_tint(maker, layout, member->group) :
				    kind_tint(member);
}

/* Each tint of a sheet once, in order of offsets, and of how many members it is. */
static size_t count_tints(const struct sheet *sheet, struct tint *tints, size_t *counts)
{
	size_t count = 0, at;

	for (size_t i = 0; i < sheet->revision->count; i++) {
		for (at = 0; at < count && strcmp(tints[at].name, sheet->tints[i].name); at++)
			;
		if (at == count)
			tints[count++] = sheet->tints[i];
		counts[at]++;
	}
	return count;
}

void map_picture(struct model *model, struct value *root, const struct revision *revision)
{
	enum { TINTS = GROUPS + 5 };	/* groups, the special groups, and pads */
	struct maker *maker = &model->maker;
	struct value *picture = value_map(maker), *sheets = value_list(maker);
	struct sheet sheet = sheet_of(model, revision, ALONE_ROW);
	struct tint *tints, legend[TINTS];
	size_t counts[TINTS] = { 0 }, count;
	uint64_t top = LEGEND_TOP, width = row_width(&sheet);

	tints = arena_alloc(maker->arena, (revision->count + 1) * sizeof(*tints));
	for (size_t i = 0; i < revision->count; i++)
		tints[i] = tint_of(maker, revision->layout, &revision->members[i]);
	sheet.tints = tints;
	count = count_tints(&sheet, legend, counts);
	top += map_legend(maker, picture, legend, counts, count, width);
	map_size(maker, picture, MARGIN + width + MARGIN, top,
		 RULER_HEIGHT + sheet_height(&sheet) + BOTTOM);
	map_number(maker, picture, "row_bytes", ALONE_ROW);
	list_add(maker, sheets, model_sheet(model, &sheet, top + RULER_HEIGHT, 0,
					    MARGIN + width + MARGIN));
	map_value(maker, picture, "pages", sheets);
	map_value(maker, root, "picture", picture);
}

/*
 * Two sheets
 */

/* The change of a member; of several, the gravest. */
static struct tint change_tint(unsigned int changes)
{
	static const char *const marks[CHANGES] = {
		[CHANGE_INSERTED] = ">", [CHANGE_GAP_FILLED] = "+", [CHANGE_APPENDED] = "+",
		[CHANGE_RENAMED] = "~", [CHANGE_RETIRED] = "-", [CHANGE_MOVED] = "",
		[CHANGE_RESIZED] = "%", [CHANGE_GROUP] = "#", [CHANGE_ENCODING] = "=",
	};
	static const unsigned char weights[] = {
		CHANGE_INSERTED, CHANGE_GAP_FILLED, CHANGE_APPENDED, CHANGE_RETIRED,
		CHANGE_RESIZED, CHANGE_ENCODING, CHANGE_GROUP, CHANGE_MOVED, CHANGE_RENAMED,
	};

	for (size_t i = 0; i < CHANGES; i++)
		if (changes >> weights[i] & 1)
			return (struct tint){ change_name(weights[i]), change_name(weights[i]),
					      marks[weights[i]], "" };
	return (struct tint){ "identical", "identical", "", "" };
}

/* The differences of the members of one side of @comparison. */
static struct sheet compared_sheet(struct model *model, const struct comparison *comparison,
				 const struct value **differences, bool second)
{
	const struct revision *revision = second ? comparison->b : comparison->a;
	struct sheet sheet = sheet_of(model, revision, COMPARED_ROW);
	struct arena *arena = model->maker.arena;
	struct tint *tints = arena_alloc(arena, (revision->count + 1) * sizeof(*tints));

	sheet.on_right = second;
	sheet.tints = tints;
	sheet.differences = arena_alloc(arena, (revision->count + 1) * sizeof(*differences));
	for (size_t i = 0; i < revision->count; i++)
		tints[i] = (struct tint){ "pad", "pad", "", "" };
	for (size_t i = 0; i < comparison->count; i++) {
		const struct difference *difference = &comparison->differences[i];
		const struct member *member = second ? difference->to : difference->from;

		if (!member)
			continue;
		tints[member - revision->members] = change_tint(difference->changes);
		sheet.differences[member - revision->members] = differences[i];
	}
	return sheet;
}

/*
 * Where the members of a run begin and end on a sheet, if they are there.
 * Returns the height that they take.
 */
static uint64_t map_reach(struct maker *maker, struct value *map, const char *const keys[3],
			  const struct sheet *sheet, const struct member *first,
			  const struct member *last)
{
	uint64_t y = first ? y_of(sheet, first->offset) : 0;
	uint64_t end = first ? y_of(sheet, member_end(last)) : 0;

	map_number(maker, map, keys[0], y);
	map_number(maker, map, keys[1], (y + end) / 2);
	map_number(maker, map, keys[2], end);
	return end - y;
}

static struct value *model_band(struct model *model, const struct sheet sheets[2],
				const struct comparison *comparison, size_t i,
				const struct value *run)
{
	static const char *const from_keys[] = { "from_y", "from_middle_y", "from_end_y" };
	static const char *const to_keys[] = { "to_y", "to_middle_y", "to_end_y" };
	const struct difference *first = &comparison->differences[comparison->runs[i].first];
	const struct difference *last = first + comparison->runs[i].count - 1;
	struct tint tint = change_tint(first->changes);
	struct maker *maker = &model->maker;
	struct value *map = value_map(maker);
	uint64_t height;

	map_reach(maker, map, from_keys, &sheets[0], first->from, last->from);
	height = map_reach(maker, map, to_keys, &sheets[1], first->to, last->to);
	map_flag(maker, map, "labelled", height >= BAND_LABEL);
	map_tint(maker, map, &tint);
	map_value(maker, map, "run", run);
	return map;
}

static void map_bands(struct model *model, struct value *picture, const struct sheet sheets[2],
		      const struct comparison *comparison, const struct value **runs)
{
	struct maker *maker = &model->maker;
	struct value *bands = value_list(maker);

	for (size_t i = 0; i < comparison->run_count; i++)
		list_add(maker, bands, model_band(model, sheets, comparison, i, runs[i]));
	map_value(maker, picture, "bands", bands);
	map_number(maker, picture, "bands_width", BANDS_WIDTH);
	map_number(maker, picture, "bands_middle", BANDS_WIDTH / 2);
	map_number(maker, picture, "stub_left", STUB_WIDTH);
	map_number(maker, picture, "stub_right", BANDS_WIDTH - STUB_WIDTH);
}

/* All that is said of some member, in its order, and of how many. */
static size_t change_legend(const struct comparison *comparison, struct tint *legend,
			    size_t *counts)
{
	size_t count = 0;

	for (enum change change = 0; change < CHANGES; change++) {
		if (!comparison->counts[change])
			continue;
		legend[count] = change_tint(1 << change);
		counts[count++] = comparison->counts[change];
	}
	if (comparison->identical) {
		legend[count] = change_tint(0);
		counts[count++] = comparison->identical;
	}
	return count;
}

void map_picture_of_comparison(struct model *model, struct value *root,
			       const struct comparison *comparison)
{
	const struct value **differences = model_elements(model, root, "members");
	struct sheet sides[2] = {
		compared_sheet(model, comparison, differences, false),
		compared_sheet(model, comparison, differences, true),
	};
	struct maker *maker = &model->maker;
	struct value *picture = value_map(maker), *sheets = value_list(maker);
	uint64_t left = sheet_height(&sides[0]), right = sheet_height(&sides[1]);
	uint64_t top = LEGEND_TOP, strip = MARGIN + row_width(&sides[0]);
	uint64_t second = strip + BANDS_WIDTH, width = second + strip;
	struct tint legend[CHANGES + 1];
	size_t counts[CHANGES + 1], count;

	count = change_legend(comparison, legend, counts);
	top += map_legend(maker, picture, legend, counts, count, width - 2 * MARGIN);
	map_size(maker, picture, width, top,
		 RULER_HEIGHT + (left > right ? left : right) + BOTTOM);
	map_number(maker, picture, "row_bytes", COMPARED_ROW);
	list_add(maker, sheets, model_sheet(model, &sides[0], top + RULER_HEIGHT, 0, strip));
	list_add(maker, sheets, model_sheet(model, &sides[1], top + RULER_HEIGHT, second, strip));
	map_value(maker, picture, "pages", sheets);
	map_flag(maker, picture, "two_layouts", comparison->a->layout->name !=
						comparison->b->layout->name);
	map_flag(maker, picture, "grouped", comparison->a->layout->clean_word ||
					    comparison->b->layout->clean_word);
	map_number(maker, picture, "bands_x", strip);
	map_number(maker, picture, "bands_y", top + RULER_HEIGHT);
	map_bands(model, picture, sides, comparison, model_elements(model, root, "runs"));
	map_value(maker, root, "picture", picture);
}
