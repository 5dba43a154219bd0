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
		if (need->control == control)
			check_report(checker, control, need->pos, "'%s' needs itself",
				     control->name);
		else if (excluded &&
			 check_report(checker, control, need->pos, reverse ?
				      "'%s' needs '%s', which it excludes" :
				      "'%s' needs '%s', which excludes it", control->name,
				      need->control->name))
			report_note(checker->messages, excluded->pos, "it is excluded here");
	}
}

static void control_needs(struct checker *checker)
{
	const struct spec *spec = checker->spec;

	for (size_t i = 0; i < spec->control_word_count; i++)
		for (size_t j = 0; j < spec->control_words[i]->count; j++)
			look_at_needs(checker, &spec->control_words[i]->controls[j]);
}

const struct check check_control_needs = {
	"control-needs", SEVERITY_ERROR, "a control that can never be set for what it needs",
	control_needs, { NULL },
};

static const struct decision *decision_for(const struct support *support,
					   const struct control *control)
{
	return table_get(&support->general, control, name_hash(control->name));
}

static void support_decided(struct checker *checker)
{
	const struct spec *spec = checker->spec;

	for (size_t s = 0; s < spec->support_count; s++)
		for (size_t i = 0; i < spec->control_word_count; i++)
			for (size_t j = 0; j < spec->control_words[i]->count; j++) {
				const struct control *control =
					&spec->control_words[i]->controls[j];
				const struct support *support = spec->supports[s];

				if (decision_for(support, control))
					continue;
				if (check_report(checker, NULL, support->pos,
						 "the list does not say whether '%s' is supported",
						 control->name))
					report_note(checker->messages, control->pos,
						    "the control");
			}
}

const struct check check_support_decided = {
	"support-decided", SEVERITY_ERROR, "a control that a list of supported ones passes over",
	support_decided, { NULL },
};

static void for_decisions(struct checker *checker,
			  void (*look)(struct checker *checker, const struct support *support,
				       const struct decision *decision))
{
	for (size_t s = 0; s < checker->spec->support_count; s++)
		for (size_t i = 0; i < checker->spec->supports[s]->count; i++)
			look(checker, checker->spec->supports[s],
			     &checker->spec->supports[s]->decisions[i]);
}

static void look_at_reason(struct checker *checker, const struct support *support,
			   const struct decision *decision)
{
	(void)support;
	if (!decision->yes && !decision->because)
		check_report(checker, decision, decision->pos,
			     "'%s' is not supported, but no reason is given",
			     decision->control->name);
}

static void support_reason(struct checker *checker)
{
	for_decisions(checker, look_at_reason);
}

const struct check check_support_reason = {
	"support-reason", SEVERITY_ERROR, "a control that is not supported, without a reason",
	support_reason, { NULL },
};

static void look_at_fields(struct checker *checker, const struct support *support,
			   const struct decision *decision)
{
	const struct relations *adds = &decision->control->adds;

	for (size_t i = 0; decision->yes && !decision->because && i < adds->count; i++) {
		const struct field *field = adds->of[i].field;

		if (table_number(&support->revision->by_encoding, field->encoding))
			continue;
		if (check_report(checker, decision, decision->pos,
				 "'%s' is supported, but '%s/%s' has no member for its field '%s'",
				 decision->control->name, support->revision->layout->name,
				 support->revision->name, field->name))
			report_note(checker->messages, adds->of[i].pos,
				    "the control adds the field");
	}
}

static void support_field(struct checker *checker)
{
	for_decisions(checker, look_at_fields);
}

const struct check check_support_field = {
	"support-field", SEVERITY_ERROR,
	"a supported control whose field the layout lacks, without a reason",
	support_field, { NULL },
};

static void look_at_exception(struct checker *checker, const struct support *support,
			      const struct decision *decision)
{
	const struct decision *general = decision_for(support, decision->control);

	if (!decision->role || !general || general->yes != decision->yes)
		return;
	if (check_report(checker, decision, decision->pos,
			 "'%s' for '%s' is no exception: it is decided so for every role",
			 decision->control->name, decision->role))
		report_note(checker->messages, general->pos, "the decision for every role");
}

static void support_exception(struct checker *checker)
{
	for_decisions(checker, look_at_exception);
}

const struct check check_support_exception = {
	"support-exception", SEVERITY_WARNING, "an exception for a role that is none",
	support_exception, { NULL },
};

static void for_shadows(struct checker *checker,
			void (*look)(struct checker *checker, const struct shadow *shadow,
				     size_t index))
{
	for (size_t s = 0; s < checker->spec->shadow_count; s++)
		for (size_t i = 0; i < checker->spec->shadows[s]->count; i++)
			look(checker, checker->spec->shadows[s], i);
}

static void look_at_shadow_access(struct checker *checker, const struct shadow *shadow,
				  size_t index)
{
	const struct shadow_field *entry = &shadow->fields[index];

	if (entry->kind == SHADOW_RW && encoding_read_only(entry->member->field->encoding))
		check_report(checker, entry, entry->pos,
			     "'%s' is a read-only field and can't be shadowed for VMWRITE",
			     entry->member->name);
}

static void shadow_readonly(struct checker *checker)
{
	for_shadows(checker, look_at_shadow_access);
}

const struct check check_shadow_readonly = {
	"shadow-readonly", SEVERITY_ERROR, "'rw' for a read-only field in a shadow list",
	shadow_readonly, { NULL },
};

static void look_at_shadow_lookup(struct checker *checker, const struct shadow *shadow,
				  size_t index)
{
	const struct shadow_field *entry = &shadow->fields[index];
	unsigned int half = entry->high ? LOOKUP_HIGH : LOOKUP_FULL;

	if (!(member_lookup(entry->member) & half))
		check_report(checker, entry, entry->pos,
			     "%s'%s' is shadowed, but '%s/%s' does not look it up",
			     entry->high ? "the high half of " : "", entry->member->name,
			     shadow->revision->layout->name, shadow->revision->name);
}

static void shadow_lookup(struct checker *checker)
{
	for_shadows(checker, look_at_shadow_lookup);
}

const struct check check_shadow_lookup = {
	"shadow-lookup", SEVERITY_ERROR, "a shadowed field that the VMREAD look-up has not",
	shadow_lookup, { NULL },
};

static void look_at_shadow_twice(struct checker *checker, const struct shadow *shadow,
				 size_t index)
{
	const struct shadow_field *entry = &shadow->fields[index];

	for (size_t i = 0; i < index; i++)
		if (shadow->fields[i].member == entry->member &&
		    shadow->fields[i].high == entry->high) {
			if (check_report(checker, entry, entry->pos, "'%s' is shadowed twice",
					 entry->member->name))
				report_note(checker->messages, shadow->fields[i].pos,
					    "it is shadowed here first");
		}
}

static void shadow_twice(struct checker *checker)
{
	for_shadows(checker, look_at_shadow_twice);
}

const struct check check_shadow_twice = {
	"shadow-twice", SEVERITY_ERROR, "a field that is in a shadow list twice",
	shadow_twice, { NULL },
};
