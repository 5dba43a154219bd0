// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"

#define CHECKS(list)							\
	list(encoding_bits) list(encoding_twice) list(index_collision)	\
	list(high_half) list(tlfs_twice) list(name_case) list(c_name)	\
	list(unused)							\
	list(unused_field) list(unused_group)				\
	list(control_needs) list(support_decided) list(support_reason)	\
	list(support_field) list(support_exception)			\
	list(shadow_readonly) list(shadow_lookup) list(shadow_twice)	\
	list(group_bit) list(group_missing) list(group_readonly)	\
	list(copy_readonly) list(clean_word) list(field_width)		\
	list(first_word) list(in_header) list(overlap) list(hole)	\
	list(misaligned) list(id_missing) list(id_reserved)		\
	list(id_line) list(same_id) list(byte_twice)			\
	list(group_changed) list(frozen)				\
	list(source) list(revision_changed) list(frozen_lost)		\
	list(frozen_edited) list(id_changed) list(id_reused) list(claim)

#define DECLARE(name) extern const struct check check_##name;
CHECKS(DECLARE)
#undef DECLARE

const struct check * const all_checks[] = {
#define ADDRESS(name) &check_##name,
	CHECKS(ADDRESS)
#undef ADDRESS
	NULL
};

enum { CHECK_COUNT = sizeof(all_checks) / sizeof(all_checks[0]) - 1 };

void check_defaults(struct check_options *options)
{
	options->severities = xmalloc(CHECK_COUNT * sizeof(*options->severities));
	for (int i = 0; i < CHECK_COUNT; i++)
		options->severities[i] = all_checks[i]->severity;
}

static bool take_prefix(const char **text, const char *prefix)
{
	size_t len = strlen(prefix);

	if (strncmp(*text, prefix, len))
		return false;
	*text += len;
	return true;
}

static int check_number(const char *name)
{
	for (int i = 0; i < CHECK_COUNT; i++)
		if (!strcmp(all_checks[i]->name, name))
			return i;
	return -1;
}

bool check_option(struct check_options *options, const char *text)
{
	enum severity severity = options->warnings_fail ? SEVERITY_ERROR : SEVERITY_WARNING;
	bool only_warn = false;
	int number;

	if (!strcmp(text, "error")) {
		for (int i = 0; i < CHECK_COUNT; i++)
			if (options->severities[i] == SEVERITY_WARNING)
				options->severities[i] = SEVERITY_ERROR;
		options->warnings_fail = true;
		return true;
	}
	if (take_prefix(&text, "error="))
		severity = SEVERITY_ERROR;
	else if (take_prefix(&text, "no-error="))
		only_warn = true;
	else if (take_prefix(&text, "no-"))
		severity = SEVERITY_OFF;
	number = check_number(text);
	if (number < 0)
		return false;
	if (only_warn)			/* what is off stays off */
		severity = options->severities[number] ? SEVERITY_WARNING : SEVERITY_OFF;
	options->severities[number] = severity;
	return true;
}

static int number_of(const struct check *check)
{
	int number = 0;

	while (all_checks[number] != check)
		number++;
	return number;
}

static uint32_t object_hash(const void *object)
{
	return (uint32_t)((uintptr_t)object >> 4) * 2654435761u;
}

bool check_report(struct checker *checker, const void *object, struct srcpos pos,
		  const char *format, ...)
{
	struct table *faulted = &checker->faulted[number_of(checker->check)];
	va_list args;
	char *text;

	if (object && table_add(faulted, object, object_hash(object), checker))
		return false;
	va_start(args, format);
	text = arena_vprintf(checker->spec->arena, format, args);
	va_end(args);
	report_check(checker->messages, checker->severity, checker->check->name, pos, "%s", text);
	return true;
}

bool check_sound(const struct checker *checker, const void *object)
{
	const struct check * const *need = checker->check->needs;

	for (; need < checker->check->needs + 3 && *need; need++)
		if (table_get(&checker->faulted[number_of(*need)], object, object_hash(object)))
			return false;
	return true;
}

void for_revisions(struct checker *checker,
		   void (*look)(struct checker *checker, const struct revision *revision))
{
	const struct spec *spec = checker->spec;

	for (size_t i = 0; i < spec->layout_count; i++)
		for (size_t j = 0; j < spec->layouts[i]->count; j++) {
			const struct revision *revision = spec->layouts[i]->revisions[j];

			if (revision_is_whole(revision))
				look(checker, revision);
		}
}

static void run(struct checker *checker, const struct check_options *options,
		const struct check *check)
{
	int number = number_of(check);

	if (checker->done[number])
		return;
	checker->done[number] = true;
	for (int i = 0; i < 3 && check->needs[i]; i++)
		run(checker, options, check->needs[i]);
	if (options->severities[number] == SEVERITY_OFF)
		return;
	checker->check = check;
	checker->severity = options->severities[number];
	check->run(checker);
}

void check_spec(const struct spec *spec, const struct other_spec *other,
		const struct check_options *options)
{
	struct table faulted[CHECK_COUNT] = { 0 };
	bool done[CHECK_COUNT] = { false };
	struct checker checker = { .spec = spec, .other = other, .messages = spec->messages,
				   .faulted = faulted, .done = done };

	for (int i = 0; i < CHECK_COUNT; i++)
		run(&checker, options, all_checks[i]);
	for (int i = 0; i < CHECK_COUNT; i++)
		table_free(&faulted[i]);
}
