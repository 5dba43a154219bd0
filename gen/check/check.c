// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"

#define CHECKS(list)							\
	list(encoding_bits) list(encoding_twice) list(index_collision)	\
	list(high_half) list(tlfs_twice) list(name_case) list(c_name)	\
	list(unused)							\
	list(unused_field) list(unused_group) list(field_change)	\
	list(control_needs) list(support_exception)			\
	list(copy_exception)						\
	list(existence_exception)					\
	list(shadow_readonly) list(shadow_rare) list(shadow_lookup)	\
	list(shadow_twice)						\
	list(group_bit) list(group_missing) list(group_readonly)	\
	list(clean_word) list(field_width)				\
	list(first_word) list(in_header) list(overlap) list(hole)	\
	list(misaligned) list(id_missing) list(id_reserved)		\
	list(id_line) list(same_id) list(byte_twice)			\
	list(group_changed) list(frozen) list(source)

#define DECLARE(name) extern const struct check check_##name;
CHECKS(DECLARE)

#define ADDRESS(name) &check_##name,
const struct check *const spec_checks[] = { CHECKS(ADDRESS) NULL };

void check_options_add(struct check_options *options, const struct check *const *set)
{
	for (; *set; set++) {
		options->choices = grow(options->choices, &options->room, options->count + 1,
					sizeof(*options->choices));
		options->choices[options->count++] = (struct check_choice){
			.check = *set, .severity = (*set)->severity,
		};
	}
}

static bool take_prefix(const char **text, const char *prefix)
{
	size_t len = strlen(prefix);

	if (strncmp(*text, prefix, len))
		return false;
	*text += len;
	return true;
}

bool check_option(struct check_options *options, const char *text)
{
	struct check_choice *choice = options->choices, *end = choice + options->count;
	enum severity severity = options->warnings_fail ? SEVERITY_ERROR : SEVERITY_WARNING;
	bool only_warn = false;

	if (!strcmp(text, "error")) {
		for (; choice < end; choice++)
			if (choice->severity == SEVERITY_WARNING)
				choice->severity = SEVERITY_ERROR;
		options->warnings_fail = true;
		return true;
	}
	if (take_prefix(&text, "error="))
		severity = SEVERITY_ERROR;
	else if (take_prefix(&text, "no-error="))
		only_warn = true;
	else if (take_prefix(&text, "no-"))
		severity = SEVERITY_OFF;
	while (choice < end && strcmp(choice->check->name, text))
		choice++;
	if (choice == end)
		return false;
	if (only_warn)			/* what is off stays off */
		severity = choice->severity ? SEVERITY_WARNING : SEVERITY_OFF;
	choice->severity = severity;
	choice->asked = true;
	return true;
}

static const struct check_choice *choice_of(const struct checker *checker,
					    const struct check *check)
{
	const struct check_choice *choice = checker->options->choices;

	while (choice->check != check)
		choice++;
	return choice;
}

static struct check_progress *progress_of(const struct checker *checker,
					  const struct check_choice *choice)
{
	return &checker->progress[choice - checker->options->choices];
}

void check_report(struct checker *checker, const void *object, struct srcpos pos,
		  const char *format, ...)
{
	struct table *faulted = &progress_of(checker, checker->choice)->faulted;
	va_list args;
	char *text;

	if (object && table_add_object(faulted, object, checker)) {
		checker->messages->silent = true; /* so are the notes that follow */
		return;
	}
	va_start(args, format);
	text = arena_vprintf(checker->spec->arena, format, args);
	va_end(args);
	report_check(checker->messages, checker->choice->severity, checker->choice->check->name,
		     pos, "%s", text);
}

bool check_sound(const struct checker *checker, const void *object)
{
	const struct check *const *needs = checker->choice->check->needs;

	for (int i = 0; i < 3 && needs[i]; i++)
		if (table_object(&progress_of(checker, choice_of(checker, needs[i]))->faulted,
				 object))
			return false;
	return true;
}

static void walk_fields(struct checker *checker, const struct check *check)
{
	const struct spec *spec = checker->spec;

	for (size_t i = 0; check->field && i < spec->field_count; i++)
		check->field(checker, spec->fields[i]);
	for (size_t i = 0; check->bits && i < spec->bits_count; i++)
		check->bits(checker, spec->bits[i]);
	for (size_t i = 0; check->control && i < spec->control_word_count; i++)
		for (size_t j = 0; j < spec->control_words[i]->count; j++)
			check->control(checker, &spec->control_words[i]->controls[j]);
}

static void walk_lists(struct checker *checker, const struct check *check)
{
	const struct spec *spec = checker->spec;

	for (size_t i = 0; i < spec->support_count; i++) {
		const struct support *support = spec->supports[i];

		if (check->support)
			check->support(checker, support);
		for (size_t j = 0; check->departure && j < support->departure_count; j++)
			check->departure(checker, support, &support->departures[j]);
	}
	for (size_t i = 0; check->shadow_field && i < spec->shadow_count; i++)
		for (size_t j = 0; j < spec->shadows[i]->count; j++)
			check->shadow_field(checker, spec->shadows[i],
					    &spec->shadows[i]->fields[j]);
}

static void walk_layouts(struct checker *checker, const struct check *check)
{
	const struct spec *spec = checker->spec;

	for (size_t i = 0; i < spec->layout_count; i++) {
		const struct layout *layout = spec->layouts[i];

		if (check->layout)
			check->layout(checker, layout);
		for (int bit = 0; check->group && bit < GROUPS; bit++)
			if (layout->groups[bit].name)
				check->group(checker, &layout->groups[bit]);
	}
}

static void walk_revisions(struct checker *checker, const struct check *check,
			   const struct layout *layout)
{
	for (size_t i = 0; i < layout->count; i++) {
		const struct revision *revision = layout->revisions[i];

		if (!revision_is_whole(revision))
			continue;
		if (check->revision)
			check->revision(checker, revision);
		for (size_t j = 0; check->member && j < revision->count; j++)
			check->member(checker, revision, &revision->members[j]);
	}
}

static void walk_other(struct checker *checker, const struct check *check)
{
	const struct spec *spec = checker->other->spec;

	for (size_t i = 0; check->other_revision && i < spec->layout_count; i++)
		for (size_t j = 0; j < spec->layouts[i]->count; j++)
			if (spec->layouts[i]->revisions[j]->state == PLACED)
				check->other_revision(checker, spec->layouts[i]->revisions[j]);
	for (size_t i = 0; check->other_frozen && i < spec->frozen_count; i++)
		check->other_frozen(checker, &spec->frozen[i]);
}

static void walk_spec(struct checker *checker, const struct check *check)
{
	const struct spec *spec = checker->spec;

	if (check->spec)
		check->spec(checker, spec);
	walk_fields(checker, check);
	walk_lists(checker, check);
	walk_layouts(checker, check);
	for (size_t i = 0; i < spec->layout_count; i++)
		walk_revisions(checker, check, spec->layouts[i]);
	for (size_t i = 0; check->frozen && i < spec->frozen_count; i++)
		check->frozen(checker, &spec->frozen[i]);
	if (checker->other)
		walk_other(checker, check);
	if (check->end)
		check->end(checker);
}

static void run_check(struct checker *checker, const struct check_choice *choice)
{
	const struct check *check = choice->check;
	struct check_progress *progress = progress_of(checker, choice);

	if (progress->done)
		return;
	progress->done = true;
	for (int i = 0; i < 3 && check->needs[i]; i++)
		run_check(checker, choice_of(checker, check->needs[i]));
	if (choice->severity == SEVERITY_OFF || (check->against && !checker->other) ||
	    (check->promised && !checker->other->older && !choice->asked) ||
	    (check->whole && (checker->spec->lost->count || checker->spec->lost_file)))
		return;
	checker->choice = choice;
	walk_spec(checker, check);
	table_free(&checker->seen);
}

void check_spec(const struct spec *spec, const struct other_spec *other,
		const struct check_options *options)
{
	struct checker checker = { .spec = spec, .other = other, .messages = spec->messages,
				   .options = options };

	checker.progress = xcalloc(options->count, sizeof(*checker.progress));
	for (size_t i = 0; i < options->count; i++)
		run_check(&checker, &options->choices[i]);
	for (size_t i = 0; i < options->count; i++)
		table_free(&checker.progress[i].faulted);
	free(checker.progress);
}
