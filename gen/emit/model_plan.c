// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <string.h>

#include "base/text.h"
#include "emit/forms.h"
#include "emit/model_plan.h"
#include "emit/plan.h"

const char *revision_c_name(struct maker *maker, const struct revision *revision)
{
	return printed(maker, "%s_%s", revision->layout->name, c_name(maker, revision->name));
}

static struct value *model_run(struct maker *maker, const struct plan_run *run)
{
	struct value *map = value_map(maker);

	map_number(maker, map, "from", run->from);
	map_number(maker, map, "to", run->to);
	map_number(maker, map, "bytes", run->bytes);
	map_text(maker, map, "begin", run->first->name);
	map_text(maker, map, "end", run->last == run->first ? "" : run->last->name);
	return map;
}

/* The runs of one group, or all of them. */
static struct value *model_runs(struct maker *maker, const struct plan *plan, int group)
{
	struct value *list = value_list(maker);

	for (size_t i = 0; i < plan->count; i++)
		if (plan->runs[i].group == group)
			list_add(maker, list, model_run(maker, &plan->runs[i]));
	return list;
}

/* A member that the other side lacks, and each element of it if it is an array. */
static void add_lacking(struct maker *maker, struct value *list, const struct member *member)
{
	for (uint32_t i = 0; i < member->count; i++) {
		struct value *map = value_map(maker);

		map_text(maker, map, "name", member->name);
		map_hex(maker, map, "encoding", member->field ? member->field->encoding : 0, 8);
		map_flag(maker, map, "encoded", member->field);
		map_number(maker, map, "offset", member->offset + i * member->size);
		map_number(maker, map, "bytes", member->size);
		map_flag(maker, map, "refuse", !member->loss.drop);
		map_hex(maker, map, "neutral", member->loss.neutral, 1);
		list_add(maker, list, map);
	}
}

static struct value *model_lacking(struct maker *maker, const struct member **members,
				   size_t count)
{
	struct value *list = value_list(maker);

	for (size_t i = 0; i < count; i++)
		add_lacking(maker, list, members[i]);
	return list;
}

/* The other revision of a plan. */
static void map_other(struct maker *maker, struct value *map, const struct revision *other)
{
	map_text(maker, map, "path", printed(maker, "%s/%s", other->layout->name, other->name));
	map_text(maker, map, "c_name", revision_c_name(maker, other));
	map_text(maker, map, "revision_c_name", c_name(maker, other->name));
	map_text(maker, map, "struct",
		 printed(maker, "%s_%s", other->layout->c_struct, c_name(maker, other->name)));
}

/* What a translation loses: first what it refuses to, and how much that is. */
static void map_losses(struct maker *maker, struct value *map, const struct plan *plan)
{
	struct value *losses = value_list(maker);
	uint32_t refused = 0;

	for (int drop = 0; drop <= 1; drop++)
		for (size_t i = 0; i < plan->lost_count; i++) {
			if (plan->lost[i]->loss.drop != drop)
				continue;
			add_lacking(maker, losses, plan->lost[i]);
			refused += drop ? 0 : plan->lost[i]->count;
		}
	map_value(maker, map, "losses", losses);
	map_number(maker, map, "refuse_count", refused);
}

/* An array has a row for each element. */
static size_t count_rows(const struct plan *plan)
{
	size_t rows = plan->count;

	for (size_t i = 0; i < plan->lost_count; i++)
		rows += plan->lost[i]->count;
	for (size_t i = 0; i < plan->gap_count; i++)
		rows += plan->gaps[i]->count;
	return rows;
}

static struct value *model_translation(struct maker *maker, const struct revision *from,
				       const struct revision *to, size_t *rows)
{
	struct plan plan = plan_translation(maker->arena, from, to);
	struct value *map = value_map(maker);

	*rows += count_rows(&plan);
	if (*rows > PLAN_ROWS_MAX)
		return map;
	map_other(maker, map, to);
	map_value(maker, map, "runs", model_runs(maker, &plan, GROUP_NONE));
	map_losses(maker, map, &plan);
	map_value(maker, map, "gaps", model_lacking(maker, plan.gaps, plan.gap_count));
	return map;
}

/* All runs of a copy, across groups: what lies together in both revisions is one. */
static struct value *model_whole(struct maker *maker, const struct plan *plan)
{
	struct value *list = value_list(maker);

	for (size_t i = 0; i < plan->count; i++) {
		struct plan_run whole = plan->runs[i];

		for (; i + 1 < plan->count && plan->runs[i + 1].from == whole.from + whole.bytes &&
		       plan->runs[i + 1].to == whole.to + whole.bytes; i++) {
			whole.bytes += plan->runs[i + 1].bytes;
			whole.last = plan->runs[i + 1].last;
		}
		list_add(maker, list, model_run(maker, &whole));
	}
	return list;
}

/* A write to a member of any group makes all of them dirty, those that are so often, too. */
static bool group_is_often(const struct layout *layout, int group)
{
	return group == GROUP_ANY || (group >= 0 && layout->groups[group].often);
}

static void add_group(struct maker *maker, struct value *groups, const struct plan *plan,
		      int group)
{
	const char *name = group_c_name(plan->from->layout, group);
	struct value *map = value_map(maker), *runs = model_runs(maker, plan, group);

	if (!runs->list->first)
		return;
	map_flag(maker, map, "conditional", group >= 0 || group == GROUP_ANY);
	map_text(maker, map, "GROUP", name ? capitals(maker, name) : "");
	map_flag(maker, map, "dirty", group_is_often(plan->from->layout, group));
	map_value(maker, map, "runs", runs);
	list_add(maker, groups, map);
}

/* The names of what has no counterpart, in lines. */
static void map_lacking(struct maker *maker, struct value *map, const char *key,
			const struct member **members, size_t count)
{
	struct text text = { 0 };

	for (size_t i = 0; i < count; i++)
		text_printf(&text, "%s%s", i ? ", " : "", members[i]->name);
	map_wrapped(maker, map, key, text.len ? arena_copy(maker->arena, text.bytes, text.len) :
		    NULL);
	text_free(&text);
}

static void map_entry(struct maker *maker, struct value *map, const struct revision *from,
		      const struct revision *to)
{
	struct plan plan = plan_copy(maker->arena, from, to, COPY_ENTRY);
	struct value *often = value_list(maker), *seldom = value_list(maker);

	for (int group = GROUP_READONLY; group < GROUPS; group++)
		add_group(maker, group_is_often(from->layout, group) ? often : seldom, &plan, group);
	map_value(maker, map, "whole", model_whole(maker, &plan));
	map_value(maker, map, "often", often);
	map_value(maker, map, "seldom", seldom);
	map_lacking(maker, map, "entry_lacks", plan.lost, plan.lost_count);
	map_lacking(maker, map, "lacks", plan.gaps, plan.gap_count);
}

static void map_exit(struct maker *maker, struct value *map, const struct revision *from,
		     const struct revision *to)
{
	struct plan plan = plan_copy(maker->arena, from, to, COPY_EXIT);

	map_value(maker, map, "exit", model_runs(maker, &plan, GROUP_NONE));
	map_lacking(maker, map, "exit_lacks", plan.lost, plan.lost_count);
}

static struct value *model_copy(struct maker *maker, const struct revision *grouped,
				const struct revision *other)
{
	struct value *map = value_map_for(maker, 8);
	size_t width = strlen(revision_c_name(maker, grouped)) + strlen("_to_") +
		       strlen(revision_c_name(maker, other)) + 1;

	map_other(maker, map, other);
	map_text(maker, map, "indent", printed(maker, "%.*s%*s", (int)(width / 8),
					       "\t\t\t\t\t\t\t\t\t\t\t\t", (int)(width % 8), ""));
	map_entry(maker, map, grouped, other);
	map_exit(maker, map, other, grouped);
	return map;
}

void map_plans(struct maker *maker, struct value *map, const struct spec *spec,
	       const struct revision *revision, size_t *rows)
{
	struct value *translations = value_list(maker), *copies = value_list(maker);
	const struct layout *own = revision->layout;

	for (size_t i = 0; i < own->count; i++)
		if (revision_is_whole(own->revisions[i]))
			list_add(maker, translations,
				 model_translation(maker, revision, own->revisions[i], rows));
	for (size_t i = 0; own->clean_word && i < spec->layout_count; i++)
		for (size_t j = 0; j < spec->layouts[i]->count; j++) {
			const struct revision *other = spec->layouts[i]->revisions[j];

			if (!other->layout->clean_word && revision_is_whole(other))
				list_add(maker, copies, model_copy(maker, revision, other));
		}
	map_value(maker, map, "translations", translations);
	map_value(maker, map, "copies", copies);
}
