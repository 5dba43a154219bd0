// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Checks of controls, of the lists that pick from them, and of shadow lists. */
#include "check/check.h"

/* Where @relations name @control, or NULL. */
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

static const struct decision *decision_for(const struct support *support,
					   const struct control *control)
{
	return table_get(&support->general, control, name_hash(control->name));
}

static void require_decisions(struct checker *checker, const struct support *support)
{
	const struct spec *spec = checker->spec;

	for (size_t i = 0; i < spec->control_word_count; i++)
		for (size_t j = 0; j < spec->control_words[i]->count; j++) {
			const struct control *control = &spec->control_words[i]->controls[j];

			if (decision_for(support, control))
				continue;
			check_report(checker, NULL, support->pos,
				     "the list does not say whether '%s' is supported",
				     control->name);
			report_note(checker->messages, control->pos, "the control");
		}
}

const struct check check_support_decided = {
	.name = "support-decided", .severity = SEVERITY_ERROR, .support = require_decisions,
	.text = "a control that a list of supported ones passes over",
};

static void look_at_reason(struct checker *checker, const struct support *support,
			   const struct decision *decision)
{
	(void)support;
	if (!decision->yes && !decision->because)
		check_report(checker, decision, decision->pos,
			     "'%s' is not supported, but no reason is given",
			     decision->control->name);
}

const struct check check_support_reason = {
	.name = "support-reason", .severity = SEVERITY_ERROR, .decision = look_at_reason,
	.text = "a control that is not supported, without a reason",
};

static void look_at_fields(struct checker *checker, const struct support *support,
			   const struct decision *decision)
{
	const struct relations *adds = &decision->control->adds;

	for (size_t i = 0; decision->yes && !decision->because && i < adds->count; i++) {
		const struct field *field = adds->of[i].field;

		if (table_number(&support->revision->by_encoding, field->encoding))
			continue;
		check_report(checker, decision, decision->pos,
			     "'%s' is supported, but '%s' has no member for its field '%s'",
			     decision->control->name, support->revision->path, field->name);
		report_note(checker->messages, adds->of[i].pos, "the control adds the field");
	}
}

const struct check check_support_field = {
	.name = "support-field", .severity = SEVERITY_ERROR, .decision = look_at_fields,
	.text = "a supported control whose field the layout lacks, without a reason",
};

static void look_at_exception(struct checker *checker, const struct support *support,
			      const struct decision *decision)
{
	const struct decision *general = decision_for(support, decision->control);

	if (!decision->role || !general || general->yes != decision->yes)
		return;
	check_report(checker, decision, decision->pos,
		     "'%s' for '%s' is no exception: it is decided so for every role",
		     decision->control->name, decision->role);
	report_note(checker->messages, general->pos, "the decision for every role");
}

const struct check check_support_exception = {
	.name = "support-exception", .severity = SEVERITY_WARNING, .decision = look_at_exception,
	.text = "an exception for a role that is none",
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

static void look_at_shadow_lookup(struct checker *checker, const struct shadow *shadow,
				  const struct shadow_field *entry)
{
	unsigned int half = entry->high ? LOOKUP_HIGH : LOOKUP_FULL;

	if (!(member_lookup(entry->member) & half))
		check_report(checker, entry, entry->pos,
			     "%s'%s' is shadowed, but '%s' does not look it up",
			     entry->high ? "the high half of " : "", entry->member->name,
			     shadow->revision->path);
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
