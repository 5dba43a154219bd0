// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Checks of controls, of the lists that pick from them, of copies, and of shadow lists. */
#include "check/check.h"

/* The relation of @relations to @control, or NULL. */
static const struct relation *related(const struct relations *relations,
				      const struct control *control)
{
	for (size_t i = 0; i < relations->count; i++)
		if (relations->of[i].control == control)
			return &relations->of[i];
	return NULL;
}

static void look_at_needs(struct checker *checker, const struct control *control)
{
	for (size_t i = 0; i < control->needs.count; i++) {
		const struct relation *need = &control->needs.of[i];
		const struct relation *excluded = related(&need->control->excludes, control);
		bool reverse = !excluded;

		if (reverse)
			excluded = related(&control->excludes, need->control);
		if (need->control == control) {
			check_report(checker, control, need->pos, "'%s' needs itself",
				     control->name);
		} else if (excluded) {
			check_report(checker, control, need->pos, reverse ?
				     "'%s' needs '%s', which it excludes" :
				     "'%s' needs '%s', which excludes it", control->name,
				     need->control->name);
			report_note(checker->messages, excluded->pos, "it is excluded here");
		}
	}
}

const struct check check_control_needs = {
	.name = "control-needs", .severity = SEVERITY_ERROR, .control = look_at_needs,
	.text = "a control that can never be set for what it needs",
};

/* The place of @departure's role among the decisions of @support: 0 is for every role. */
static size_t role_index(const struct support *support, const struct departure *departure)
{
	size_t role = 0;

	while (departure->role && support->roles[role++] != departure->role)
		;
	return role;
}

static void look_at_departure(struct checker *checker, const struct support *support,
			      const struct departure *departure)
{
	const struct decision *without = support_judge(checker->spec, support, departure);
	const struct control *control = departure->control;
	const struct decision *follows =
		decision_for(support, without, control, role_index(support, departure));

	for (size_t role = 0; role <= support->role_count; role++)
		if (decision_for(support, without, control, role)->yes !=
		    decision_for(support, support->decisions, control, role)->yes)
			return;
	check_report(checker, departure, departure->pos, "'%s' is %ssupported anyway%s%s",
		     control->name, follows->yes ? "" : "not ",
		     follows->reason ? ": " : "", follows->reason ? follows->reason : "");
	if (follows->departure)
		report_note(checker->messages, follows->departure->pos, "that is said here");
}

static void look_at_namings(struct checker *checker, const struct support *support)
{
	for (size_t i = 0; i < support->naming_count; i++) {
		const struct control_naming *naming = &support->namings[i];

		if (support_names(support->from, naming->control) == naming->named)
			check_report(checker, naming, naming->pos, "'%s' is %snamed anyway",
				     naming->control->name, naming->named ? "" : "un");
	}
}

const struct check check_support_exception = {
	.name = "support-exception", .severity = SEVERITY_ERROR, .whole = true,
	.support = look_at_namings,
	.departure = look_at_departure,
	.text = "a line of a list of supported controls that says what follows anyway",
};

static void look_at_copies(struct checker *checker, const struct spec *spec)
{
	for (size_t i = 0; i < spec->copy_departure_count; i++) {
		const struct copy_departure *departure = &spec->copy_departures[i];

		if (!departure->changes)
			check_report(checker, departure, departure->pos,
				     "'%s' is %scopied at %s anyway", departure->field->name,
				     departure->yes ? "" : "not ",
				     departure->when == COPY_ENTRY ? "entry" : "exit");
	}
}

const struct check check_copy_exception = {
	.name = "copy-exception", .severity = SEVERITY_ERROR, .whole = true,
	.spec = look_at_copies,
	.text = "a line about copies that says what follows anyway",
};

/* Whether the controls that add @departure's field are just the one that it names, or none. */
static bool follows_anyway(const struct spec *spec, const struct exist_departure *departure)
{
	bool met = !departure->control;

	for (size_t i = 0; i < spec->control_count; i++)
		for (size_t j = 0; j < spec->controls[i]->adds.count; j++) {
			if (spec->controls[i]->adds.of[j].field != departure->field)
				continue;
			if (spec->controls[i] != departure->control)
				return false;
			met = true;
		}
	return met;
}

static void look_at_existence(struct checker *checker, const struct spec *spec)
{
	for (size_t i = 0; i < spec->existence_count; i++)
		for (size_t j = 0; j < spec->existences[i].count; j++) {
			const struct exist_departure *departure =
				&spec->existences[i].departures[j];

			if (follows_anyway(spec, departure))
				check_report(checker, departure, departure->pos,
					     departure->control ? "'%s' exists by '%s' anyway" :
					     "'%s' exists anyway", departure->field->name,
					     departure->control ? departure->control->name : NULL);
		}
}

const struct check check_existence_exception = {
	.name = "existence-exception", .severity = SEVERITY_ERROR, .whole = true,
	.spec = look_at_existence,
	.text = "a line about existence that says what follows anyway",
};

static void look_at_shadow_access(struct checker *checker, const struct shadow *shadow,
				  const struct shadow_field *entry)
{
	(void)shadow;
	if (entry->kind == SHADOW_RW && encoding_read_only(entry->member->field->encoding))
		check_report(checker, entry, entry->pos,
			     "'%s' is a read-only field and can't be shadowed for VMWRITE",
			     entry->member->name);
}

const struct check check_shadow_readonly = {
	.name = "shadow-readonly", .severity = SEVERITY_ERROR,
	.shadow_field = look_at_shadow_access,
	.text = "'rw' for a read-only field in a shadow list",
};

static void look_at_rare(struct checker *checker, const struct shadow *shadow,
			 const struct shadow_field *entry)
{
	(void)shadow;
	if (entry->kind == SHADOW_RARE && !field_changes(entry->member->field))
		check_report(checker, entry, entry->pos,
			     "nothing below L1 changes '%s', so no exit can leave it in "
			     "the VMCS of L2", entry->member->name);
}

const struct check check_shadow_rare = {
	.name = "shadow-rare", .severity = SEVERITY_ERROR, .shadow_field = look_at_rare,
	.text = "'rare' for a field that only L1 changes",
};

static void look_at_shadow_lookup(struct checker *checker, const struct shadow *shadow,
				  const struct shadow_field *entry)
{
	unsigned int half = entry->high ? LOOKUP_HIGH : LOOKUP_FULL;
	const struct layout *layout = shadow->revision->layout;

	for (size_t i = 0; i < layout->count; i++) {
		const struct revision *revision = layout->revisions[i];
		const struct member *member;

		if (!revision_is_whole(revision) || !revision_is_from(revision, shadow->revision))
			continue;
		member = revision_counterpart(revision, entry->member);
		if (!member || !(member_lookup(member) & half))
			check_report(checker, entry, entry->pos,
				     "%s'%s' is shadowed, but '%s' does not look it up",
				     entry->high ? "the high half of " : "", entry->member->name,
				     revision->path);
	}
}

const struct check check_shadow_lookup = {
	.name = "shadow-lookup", .severity = SEVERITY_ERROR, .shadow_field = look_at_shadow_lookup,
	.text = "a shadowed field that the VMREAD look-up has not",
};

static void look_at_shadow_twice(struct checker *checker, const struct shadow *shadow,
				 const struct shadow_field *entry)
{
	for (const struct shadow_field *first = shadow->fields; first < entry; first++)
		if (first->member == entry->member && first->high == entry->high) {
			check_report(checker, entry, entry->pos, "'%s' is shadowed twice",
				     entry->member->name);
			report_note(checker->messages, first->pos, "it is shadowed here first");
		}
}

const struct check check_shadow_twice = {
	.name = "shadow-twice", .severity = SEVERITY_ERROR, .shadow_field = look_at_shadow_twice,
	.text = "a field that is in a shadow list twice",
};
