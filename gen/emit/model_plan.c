// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <string.h>

#include "base/text.h"
#include "emit/forms.h"
#include "emit/model.h"
#include "emit/model_parts.h"
#include "emit/plan.h"
#include "language/place.h"

/* Whether C can assign the only member of a run. */
static bool is_assignable(const struct plan_run *run)
{
	return run->first == run->last && !run->first->array && !run->first->bits;
}

static void add_plan_run(struct model *model, struct value *list, const struct plan *plan,
			 const struct plan_run *run)
{
	const char *from = model_member_name(model, plan->from, run->first);
	const char *to = model_member_name(model, plan->to, run->to_first);
	struct maker *maker = &model->maker;
	struct value *map = list_map(maker, list);

	map_number(maker, map, "to", run->to);
	map_flag(maker, map, "assignable", is_assignable(run));
	map_text(maker, map, "begin", from);
	map_text(maker, map, "end", model_member_name(model, plan->from, run->last));
	map_text(maker, map, "as", strcmp(from, to) ? to : "");
}

/* The runs of one group, as a list that is returned. */
static struct value *map_plan_runs(struct model *model, struct value *map, const char *key,
				   const struct plan *plan, int group)
{
	struct value *list = map_list(&model->maker, map, key);

	for (size_t i = 0; i < plan->run_count; i++)
		if (plan->runs[i].group == group)
			add_plan_run(model, list, plan, &plan->runs[i]);
	return list;
}

/* A member that an image lacks: the name and the neutral value of each element. */
static void add_lacking(struct model *model, struct value *list, const struct revision *kept,
			const struct member *member)
{
	const char *name = model_member_name(model, kept, member);
	struct maker *maker = &model->maker;

	for (uint32_t i = 0; i < member->count; i++) {
		struct value *map = list_map(maker, list);

		map_text(maker, map, "element", member->array ? printed(maker, "%s[%u]", name, i) :
			 name);
		map_flag(maker, map, "has_bits", member->bits);
		map_number(maker, map, "bytes", member->size);
		map_text(maker, map, "neutral", member->loss.neutral ?
			 printed(maker, "%sULL", hex(maker, member->loss.neutral, 1)) : "0");
	}
}

/* An array has a row for each element. */
static size_t count_rows(const struct plan *plan)
{
	size_t rows = plan->run_count;

	for (size_t i = 0; i < plan->lost_count; i++)
		rows += plan->lost[i]->count;
	return rows;
}

static void map_translation(struct model *model, struct value *map, const struct plan *plan)
{
	struct value *lacks = map_list(&model->maker, map, "lacks");

	model->plan_rows += count_rows(plan);
	if (model->plan_rows > PLAN_ROWS_MAX)
		return;
	map_plan_runs(model, map, "runs", plan, GROUP_NONE);
	for (size_t i = 0; i < plan->lost_count; i++)
		add_lacking(model, lacks, plan->from, plan->lost[i]);
}

/* Whether @revision begins with an enlightened VMCS: the first revision of its chain decides. */
static bool embeds_page(const struct revision *revision)
{
	while (revision->from)
		revision = revision->from;
	return revision->edit_count && revision->edits[0].kind == EDIT_EMBED &&
	       revision->edits[0].other->layout->clean_word;
}

/* The image @image of @kept, a revision that is kept in memory. */
static void add_image(struct model *model, struct value *images, const struct revision *kept,
		      const struct revision *image)
{
	struct maker *maker = &model->maker;
	struct value *map = list_map(maker, images);

	map_revision_names(model, map, image);
	map_flag(maker, map, "in_place", image == kept);
	map_flag(maker, map, "embeds_page", embeds_page(image));
	map_text(maker, map, "name", model_name(model, image));
	map_lost_controls(model, map, kept, image);
	if (image != kept) {
		struct plan plan = plan_translation(maker->arena, kept, image);

		map_translation(model, map, &plan);
	}
}

/* All runs of a copy, across groups: members that are adjacent in both revisions are one run. */
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
		add_plan_run(model, list, plan, &whole);
	}
}

/* A write to a member of GROUP_ANY makes all groups dirty, also those that often are. */
static bool group_is_often(const struct layout *layout, int group)
{
	return group == GROUP_ANY || (group >= 0 && layout->groups[group].often);
}

/* The groups that are often dirty, or the others, if they have runs. */
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

/* The names of members without a counterpart. */
static void map_lacking(struct model *model, struct value *map, const char *key,
			const struct revision *of, const struct member **members, size_t count)
{
	struct maker *maker = &model->maker;
	struct value *names = map_list(maker, map, key);

	for (size_t i = 0; i < count; i++)
		list_add(maker, names, value_text(maker, model_member_name(model, of, members[i])));
}

/* The fields of both that the kernel copies, or does not copy, by a departure. */
static void map_departures(struct model *model, struct value *map, const char *key,
			   const struct revision *page, const struct revision *kept,
			   unsigned int when)
{
	struct maker *maker = &model->maker;
	struct value *list = map_list(maker, map, key);

	for (size_t i = 0; i < page->count; i++) {
		const struct member *member = &page->members[i];
		const struct copy_departure *departure = member->departures[when - 1];
		struct value *of;

		if (!departure || !table_number(&kept->by_encoding, member->field->encoding))
			continue;
		of = list_map(maker, list);
		map_text(maker, of, "name", model_member_name(model, page, member));
		map_flag(maker, of, "yes", departure->yes);
		map_wrapped(maker, of, "because", departure->because);
	}
}

static void map_entry(struct model *model, struct value *map, const struct revision *from,
		      const struct revision *to)
{
	struct maker *maker = &model->maker;
	struct plan plan = plan_copy(maker->arena, from, to, COPY_ENTRY);

	map_whole(model, map, &plan);
	map_plan_groups(model, map, "often", &plan, true);
	map_plan_groups(model, map, "seldom", &plan, false);
	map_departures(model, map, "entry_departures", from, to, COPY_ENTRY);
	map_lacking(model, map, "entry_lacks", from, plan.lost, plan.lost_count);
	map_lacking(model, map, "lacks", to, plan.gaps, plan.gap_count);
}

static void map_exit(struct model *model, struct value *map, const struct revision *from,
		     const struct revision *to)
{
	struct maker *maker = &model->maker;
	struct plan plan = plan_copy(maker->arena, from, to, COPY_EXIT);

	map_plan_runs(model, map, "exit", &plan, GROUP_NONE);
	map_departures(model, map, "exit_departures", to, from, COPY_EXIT);
	map_lacking(model, map, "exit_lacks", to, plan.lost, plan.lost_count);
}

static void add_copy(struct model *model, struct value *copies, const struct revision *kept,
		     const struct revision *page)
{
	struct maker *maker = &model->maker;
	struct value *map = list_map(maker, copies);
	size_t width = strlen("static inline void ") +
		       strlen(map_revision_names(model, map, page)) + strlen("_to_") +
		       strlen(kept->layout->name) + 1;

	map_value(maker, map, "layout", model_layout(model, page->layout));
	map_text(maker, map, "name", model_name(model, page));
	map_text(maker, map, "indent", printed(maker, "%.*s%*s", (int)(width / 8),
					       "\t\t\t\t\t\t\t\t\t\t\t\t", (int)(width % 8), ""));
	map_entry(model, map, page, kept);
	map_exit(model, map, kept, page);
}

static void add_images(struct model *model, struct value *images, const struct revision *kept,
		       const struct takings *takings)
{
	for (size_t i = 0; i < takings->count; i++)
		if (takings->of[i].revision->layout == kept->layout)
			add_image(model, images, kept, takings->of[i].revision);
}

void map_plans(struct model *model, struct value *map, const struct revision *kept)
{
	struct value *images = map_list(&model->maker, map, "images");
	struct value *copies = map_list(&model->maker, map, "copies");
	const struct target *target = model->target;

	if (!model_keeps(model, kept))
		return;
	if (model_translates(model, kept->layout)) {
		add_images(model, images, kept, &target->memory);
		add_images(model, images, kept, &target->images);
	}
	for (size_t i = 0; i < target->pages.count; i++)
		add_copy(model, copies, kept, target->pages.of[i].revision);
}
