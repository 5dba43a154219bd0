// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <string.h>

#include "base/text.h"
#include "emit/forms.h"
#include "emit/model.h"
#include "emit/model_parts.h"
#include "emit/plan.h"

static void add_plan_run(struct model *model, struct value *list, const struct plan_run *run)
{
	const char *from = member_shown_name(run->first, model->tlfs_names);
	const char *to = member_shown_name(run->to_first, model->tlfs_names);
	struct maker *maker = &model->maker;
	struct value *map = list_map(maker, list);

	map_number(maker, map, "from", run->from);
	map_number(maker, map, "to", run->to);
	map_number(maker, map, "bytes", run->bytes);
	map_text(maker, map, "begin", from);
	map_text(maker, map, "end", run->last == run->first ? "" :
		 member_shown_name(run->last, model->tlfs_names));
	map_text(maker, map, "as", strcmp(from, to) ? to : "");
}

/* The runs of one group, as a list that is returned. */
static struct value *map_plan_runs(struct model *model, struct value *map, const char *key,
				   const struct plan *plan, int group)
{
	struct value *list = map_list(&model->maker, map, key);

	for (size_t i = 0; i < plan->run_count; i++)
		if (plan->runs[i].group == group)
			add_plan_run(model, list, &plan->runs[i]);
	return list;
}

/* A member that the other side lacks, and each element of it if it is an array. */
static void add_lacking(struct model *model, struct value *list, const struct member *member)
{
	struct maker *maker = &model->maker;

	for (uint32_t i = 0; i < member->count; i++) {
		struct value *map = list_map(maker, list);

		map_text(maker, map, "name", member_shown_name(member, model->tlfs_names));
		map_hex(maker, map, "encoding", member->field ? member->field->encoding : 0, 8);
		map_number(maker, map, "offset", member->offset + i * member->size);
		map_number(maker, map, "bytes", member->size);
		map_hex(maker, map, "neutral", member->loss.neutral, 1);
	}
}

/* What a translation loses: first what it refuses to, and how much that is. */
static void map_losses(struct model *model, struct value *map, const struct plan *plan)
{
	struct value *losses = map_list(&model->maker, map, "losses");
	uint32_t refused = 0;

	for (int drop = 0; drop <= 1; drop++)
		for (size_t i = 0; i < plan->lost_count; i++) {
			if (plan->lost[i]->loss.drop != drop)
				continue;
			add_lacking(model, losses, plan->lost[i]);
			refused += drop ? 0 : plan->lost[i]->count;
		}
	map_number(&model->maker, map, "refuse_count", refused);
}

/* An array has a row for each element. */
static size_t count_rows(const struct plan *plan)
{
	size_t rows = plan->run_count;

	for (size_t i = 0; i < plan->lost_count; i++)
		rows += plan->lost[i]->count;
	for (size_t i = 0; i < plan->gap_count; i++)
		rows += plan->gaps[i]->count;
	return rows;
}

static void add_translation(struct model *model, struct value *translations,
			    const struct revision *from, const struct revision *to)
{
	struct maker *maker = &model->maker;
	struct plan plan = plan_translation(maker->arena, from, to);
	struct value *map = list_map(maker, translations), *gaps;

	model->plan_rows += count_rows(&plan);
	if (model->plan_rows > PLAN_ROWS_MAX)
		return;
	map_revision_names(model, map, to);
	map_plan_runs(model, map, "runs", &plan, GROUP_NONE);
	map_losses(model, map, &plan);
	gaps = map_list(maker, map, "gaps");
	for (size_t i = 0; i < plan.gap_count; i++)
		add_lacking(model, gaps, plan.gaps[i]);
}

/* All runs of a copy, across groups: what lies together in both revisions is one. */
static void map_whole(struct model *model, struct value *map, const struct plan *plan)
{
	struct maker *maker = &model->maker;
	struct value *list = map_list(maker, map, "whole");

	for (size_t i = 0; i < plan->run_count; i++) {
		struct plan_run whole = plan->runs[i];

		for (; i + 1 < plan->run_count &&
		       plan->runs[i + 1].from == whole.from + whole.bytes &&
		       plan->runs[i + 1].to == whole.to + whole.bytes; i++) {
			whole.bytes += plan->runs[i + 1].bytes;
			whole.last = plan->runs[i + 1].last;
		}
		add_plan_run(model, list, &whole);
	}
}

/* A write to a member of any group makes all of them dirty, those that are so often, too. */
static bool group_is_often(const struct layout *layout, int group)
{
	return group == GROUP_ANY || (group >= 0 && layout->groups[group].often);
}

/* The groups that are often dirty, or the others, as far as they have runs. */
static void map_plan_groups(struct model *model, struct value *map, const char *key,
			    const struct plan *plan, bool often)
{
	struct maker *maker = &model->maker;
	const struct layout *layout = plan->from->layout;
	struct value *groups = map_list(maker, map, key);

	for (int group = GROUP_READONLY; group < GROUPS; group++) {
		const char *name = group_c_name(layout, group);
		struct value *of = value_map(maker);
		uint32_t count;

		if (group_is_often(layout, group) != often)
			continue;
		count = map_plan_runs(model, of, "runs", plan, group)->list->count;
		if (!count)
			continue;
		list_add(maker, groups, of);
		map_flag(maker, of, "conditional", group >= 0 || group == GROUP_ANY);
		map_text(maker, of, "GROUP", name ? capitals(maker, name) : "");
		map_flag(maker, of, "many", count > 1);
		map_flag(maker, of, "dirty", often);
	}
}

/* The names of what has no counterpart, in lines. */
static void map_lacking(struct maker *maker, struct value *map, const char *key,
			const struct member **members, size_t count)
{
	struct text text = { 0 };

	for (size_t i = 0; i < count; i++)
		text_printf(&text, "%s%s", i ? ", " : "", members[i]->name);
	map_wrapped(maker, map, key, arena_copy(maker->arena, text.bytes, text.len));
	text_free(&text);
}

static void map_entry(struct model *model, struct value *map, const struct revision *from,
		      const struct revision *to)
{
	struct maker *maker = &model->maker;
	struct plan plan = plan_copy(maker->arena, from, to, COPY_ENTRY);

	map_whole(model, map, &plan);
	map_plan_groups(model, map, "often", &plan, true);
	map_plan_groups(model, map, "seldom", &plan, false);
	map_lacking(maker, map, "entry_lacks", plan.lost, plan.lost_count);
	map_lacking(maker, map, "lacks", plan.gaps, plan.gap_count);
}

static void map_exit(struct model *model, struct value *map, const struct revision *from,
		     const struct revision *to)
{
	struct maker *maker = &model->maker;
	struct plan plan = plan_copy(maker->arena, from, to, COPY_EXIT);

	map_plan_runs(model, map, "exit", &plan, GROUP_NONE);
	map_lacking(maker, map, "exit_lacks", plan.lost, plan.lost_count);
}

static void add_copy(struct model *model, struct value *copies, const struct revision *grouped,
		     const struct revision *other)
{
	struct maker *maker = &model->maker;
	struct value *map = list_map(maker, copies);
	size_t width = strlen(model_c_name(model, grouped)) + strlen("_to_") +
		       strlen(model_c_name(model, other)) + 1;

	map_text(maker, map, "STRUCT", capitals(maker, map_revision_names(model, map, other)));
	map_text(maker, map, "indent", printed(maker, "%.*s%*s", (int)(width / 8),
					       "\t\t\t\t\t\t\t\t\t\t\t\t", (int)(width % 8), ""));
	map_entry(model, map, grouped, other);
	map_exit(model, map, other, grouped);
}

void map_plans(struct model *model, struct value *map, const struct revision *revision)
{
	struct value *translations = map_list(&model->maker, map, "translations");
	struct value *copies = map_list(&model->maker, map, "copies");
	const struct takings *memory = &model->target->memory;
	const struct layout *layout = revision->layout;

	for (size_t i = 0; i < layout->count; i++) {
		const struct revision *other = layout->revisions[i];

		if (model_takes(model, other) &&
		    (model_keeps(model, revision) || model_keeps(model, other)))
			add_translation(model, translations, revision, other);
	}
	for (size_t i = 0; layout->clean_word && i < memory->count; i++)
		add_copy(model, copies, revision, memory->of[i].revision);
}
