// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* A comparison as templates see it. */
#include <string.h>

#include "compare/model_compare.h"
#include "emit/forms.h"

/* The input of the model, and the maps of the members of both sides. */
struct compared {
	struct model *model;
	const struct comparison *comparison;
	const struct value **of_a, **of_b; /* by the member's index */
	size_t columns;			/* of the longest that names_of() returns */
};

static const char *const flags[CHANGES] = { "inserted", "gap_filled", "appended", "renamed",
					    "retired", "moved", "resized", "regrouped",
					    "reencoded" };

const struct value **model_elements(struct model *model, const struct value *map,
				    const char *key)
{
	struct key name = { .name = name_of(model->maker.names, key) };

	return value_get(map, &name)->list->elements;
}

static const char *name_now(const struct model *model, const struct difference *difference)
{
	return member_shown_name(difference->to ? difference->to : difference->from,
				 model->tlfs_names);
}

/* The member on one side, if it is there. */
static void map_side(struct compared *compared, struct value *map, const char *key,
		     const struct value *side)
{
	if (side)
		map_value(&compared->model->maker, map, key, side);
	else
		map_flag(&compared->model->maker, map, key, false);
}

/* A list of the changes, and a flag for each possible one. */
static void map_changes(struct compared *compared, struct value *map, unsigned int changes)
{
	struct maker *maker = &compared->model->maker;
	struct value *list = value_list(maker);

	if (!changes)
		list_add(maker, list, value_text(maker, "identical"));
	for (enum change change = 0; change < CHANGES; change++) {
		bool set = changes >> change & 1;

		if (set)
			list_add(maker, list, value_text(maker, change_name(change)));
		map_flag(maker, map, flags[change], set);
	}
	map_flag(maker, map, "identical", !changes);
	map_value(maker, map, "changes", list);
}

static void map_distance(struct compared *compared, struct value *map,
			 const struct difference *difference)
{
	struct maker *maker = &compared->model->maker;
	int64_t distance = difference_distance(difference);
	const char *text = distance ? printed(maker, "%+lld", (long long)distance) : "";

	map_text(maker, map, "distance", text);
	map_text(maker, map, "distance_fill", fill(text, 5));
}

static struct value *model_difference(struct compared *compared,
				      const struct difference *difference)
{
	struct maker *maker = &compared->model->maker;
	const struct comparison *comparison = compared->comparison;
	const struct member *from = difference->from, *to = difference->to;
	struct value *map = value_map_for(maker, 16);

	map_text(maker, map, "name", name_now(compared->model, difference));
	map_side(compared, map, "from",
		 from ? compared->of_a[from - comparison->a->members] : NULL);
	map_side(compared, map, "to", to ? compared->of_b[to - comparison->b->members] : NULL);
	map_changes(compared, map, difference->changes);
	map_distance(compared, map, difference);
	return map;
}

static const struct difference *last_of(const struct comparison *comparison,
					const struct run_of_members *run)
{
	return &comparison->differences[run->first + run->count - 1];
}

/* The members of a run by name: "a", "a .. z", or, renamed, "old -> new". */
static const char *names_of(struct compared *compared, const struct run_of_members *run)
{
	const struct comparison *comparison = compared->comparison;
	const struct difference *first = &comparison->differences[run->first];
	struct model *model = compared->model;

	if (run->count > 1)
		return printed(&model->maker, "%s .. %s", name_now(model, first),
			       name_now(model, last_of(comparison, run)));
	if (first->changes & 1 << CHANGE_RENAMED)
		return printed(&model->maker, "%s -> %s",
			       member_shown_name(first->from, model->tlfs_names),
			       member_shown_name(first->to, model->tlfs_names));
	return name_now(model, first);
}

/* Where the members of a run begin and end on one side; no text where they are not. */
static void map_extent(struct compared *compared, struct value *map, const char *const keys[3],
		       const struct member *first, const struct member *last)
{
	struct maker *maker = &compared->model->maker;
	const char *offset = first ? number_text(maker, first->offset) : "";

	map_text(maker, map, keys[0], offset);
	map_text(maker, map, keys[1], fill(offset, 6));
	map_text(maker, map, keys[2], last ? number_text(maker, member_end(last)) : "");
}

static struct value *compared_run(struct compared *compared, const struct run_of_members *run)
{
	static const char *const from_keys[] = { "from_offset", "from_offset_fill", "from_end" };
	static const char *const to_keys[] = { "to_offset", "to_offset_fill", "to_end" };
	const struct comparison *comparison = compared->comparison;
	const struct difference *first = &comparison->differences[run->first];
	const struct difference *last = last_of(comparison, run);
	struct value *map = model_difference(compared, first);
	struct maker *maker = &compared->model->maker;
	const char *names = names_of(compared, run);

	map_number(maker, map, "bytes", last->to ? member_end(last->to) - first->to->offset :
						   member_end(last->from) - first->from->offset);
	map_text(maker, map, "last_name", name_now(compared->model, last));
	map_flag(maker, map, "many", run->count > 1);
	map_text(maker, map, "names", names);
	map_text(maker, map, "names_fill", fill(names, compared->columns));
	map_column(maker, map, "count", run->count, "count_fill", 5);
	map_extent(compared, map, from_keys, first->from, last->from);
	map_extent(compared, map, to_keys, first->to, last->to);
	return map;
}

static struct value *compared_runs(struct compared *compared)
{
	struct value *runs = value_list(&compared->model->maker);
	const struct comparison *comparison = compared->comparison;

	for (size_t i = 0; i < comparison->run_count; i++) {
		const struct run_of_members *run = &comparison->runs[i];
		size_t columns = strlen(names_of(compared, run));

		if (comparison->differences[run->first].changes && columns > compared->columns)
			compared->columns = columns;
	}
	for (size_t i = 0; i < comparison->run_count; i++)
		list_add(&compared->model->maker, runs,
			 compared_run(compared, &comparison->runs[i]));
	return runs;
}

static void add_count(struct compared *compared, struct value *counts, const char *name,
		      size_t count)
{
	struct maker *maker = &compared->model->maker;
	struct value *map = value_map(maker);

	if (!count)
		return;
	map_text(maker, map, "change", name);
	map_number(maker, map, "count", count);
	list_add(maker, counts, map);
}

/* The count of members with each change that occurs. */
static struct value *model_counts(struct compared *compared)
{
	struct value *counts = value_list(&compared->model->maker);
	const struct comparison *comparison = compared->comparison;

	for (enum change change = 0; change < CHANGES; change++)
		add_count(compared, counts, change_name(change), comparison->counts[change]);
	add_count(compared, counts, "identical", comparison->identical);
	return counts;
}

struct value *root_of_comparison(struct model *model, const struct comparison *comparison)
{
	static const char *const verdicts[] = { "identical", "compatible", "breaking" };
	struct compared compared = {
		.model = model, .comparison = comparison,
		.of_a = model_elements(model, model_revision(model, comparison->a), "members"),
		.of_b = model_elements(model, model_revision(model, comparison->b), "members"),
	};
	struct maker *maker = &model->maker;
	struct value *map = value_map(maker), *members = value_list(maker);

	for (size_t i = 0; i < comparison->count; i++)
		list_add(maker, members, model_difference(&compared, &comparison->differences[i]));
	map_value(maker, map, "a", model_revision(model, comparison->a));
	map_value(maker, map, "b", model_revision(model, comparison->b));
	map_text(maker, map, "verdict", verdicts[comparison->verdict]);
	for (enum verdict verdict = 0; verdict <= VERDICT_BREAKING; verdict++)
		map_flag(maker, map, verdicts[verdict], comparison->verdict == verdict);
	map_value(maker, map, "counts", model_counts(&compared));
	map_value(maker, map, "members", members);
	map_value(maker, map, "runs", compared_runs(&compared));
	return map;
}
