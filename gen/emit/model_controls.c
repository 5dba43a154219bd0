// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Control words, the controls of them that a hypervisor supports, and shadowed fields. */
#include "emit/forms.h"
#include "emit/model_parts.h"

/* The names of fields or of controls. */
static void map_relations(struct maker *maker, struct value *map, const char *key,
			  const struct relations *relations, bool fields)
{
	struct value *list = map_list(maker, map, key);

	for (size_t i = 0; i < relations->count; i++)
		list_add(maker, list, value_text(maker, fields ? relations->of[i].field->name :
							 relations->of[i].control->name));
}

static void add_control(struct maker *maker, struct value *controls, const struct control *control)
{
	struct value *map = list_map(maker, controls);

	map_capitals(maker, map, "name", "NAME", control->name);
	map_text(maker, map, "sdm", control->sdm);
	map_number(maker, map, "bit", control->bit);
	map_relations(maker, map, "adds", &control->adds, true);
	map_relations(maker, map, "uses", &control->uses, true);
	map_relations(maker, map, "needs", &control->needs, false);
	map_relations(maker, map, "excludes", &control->excludes, false);
}

void map_control_words(struct maker *maker, struct value *root, const struct spec *spec)
{
	struct value *words = map_list(maker, root, "control_words");

	for (size_t i = 0; i < spec->control_word_count; i++) {
		const struct control_word *word = spec->control_words[i];
		struct value *map = list_map(maker, words), *controls;
		unsigned int bits = encoding_size(word->field->encoding) * 8;

		map_capitals(maker, map, "name", "NAME", word->field->name);
		map_hex(maker, map, "encoding", word->field->encoding, 8);
		map_number(maker, map, "width", bits);
		map_flag(maker, map, "wide", bits == 64);
		map_flag(maker, map, "has_default1", word->default1);
		map_hex(maker, map, "default1", word->default1, bits / 4);
		controls = map_list(maker, map, "controls");
		for (size_t j = 0; j < word->count; j++)
			add_control(maker, controls, &word->controls[j]);
	}
}

/* Whether the masks of @support have @control: role 0 is for every role. */
static bool is_listed(const struct support *support, const struct control *control, size_t role)
{
	return decision_for(support, support->decisions, control, role)->yes !=
	       support->lists_unsupported;
}

/* The controls by which a role's mask differs. */
static void add_role(struct maker *maker, struct value *roles, const struct support *support,
		     const struct control_word *word, size_t role)
{
	struct value *map = list_map(maker, roles);
	struct value *more = map_list(maker, map, "more"), *fewer = map_list(maker, map, "fewer");

	map_text(maker, map, "ROLE", capitals(maker, support->roles[role - 1]));
	for (size_t i = 0; i < word->count; i++) {
		const struct control *control = &word->controls[i];
		bool here = is_listed(support, control, role);

		if (here != is_listed(support, control, 0))
			list_add(maker, here ? more : fewer,
				 value_text(maker, capitals(maker, control->name)));
	}
}

/* One name in the sum that a mask is. */
static void add_term(struct maker *maker, struct value *terms, const char *kind, const char *name)
{
	list_add(maker, terms, value_text(maker, printed(maker, "VMCS_%s_%s", kind,
							 capitals(maker, name))));
}

static void add_mask(struct maker *maker, struct value *masks, const struct support *support,
		     const struct control_word *word)
{
	struct value *map = list_map(maker, masks);
	struct value *terms = map_list(maker, map, "terms"), *roles = map_list(maker, map, "roles");
	uint64_t mask = support->lists_unsupported ? 0 : word->default1;
	unsigned int bytes = encoding_size(word->field->encoding);

	if (mask)
		add_term(maker, terms, "DEFAULT1", word->field->name);
	for (size_t i = 0; i < word->count; i++)
		if (is_listed(support, &word->controls[i], 0)) {
			add_term(maker, terms, "CTRL", word->controls[i].name);
			mask |= 1ULL << word->controls[i].bit;
		}
	for (size_t i = 1; i <= support->role_count; i++)
		add_role(maker, roles, support, word, i);
	map_text(maker, map, "name", printed(maker, "%s_%s", support->prefix, word->mask));
	map_text(maker, map, "word", word->field->name);
	map_flag(maker, map, "wide", bytes == 8);
	map_hex(maker, map, "value", mask, bytes * 2);
}

/* The decision about @control for a role; NULL is for every role. */
static void add_decision(struct maker *maker, struct value *decisions, struct value *reasons,
			 const struct control *control, const char *role,
			 const struct decision *decision)
{
	struct value *map = list_map(maker, decisions);

	map_capitals(maker, map, "name", "NAME", control->name);
	map_text(maker, map, "word", control->word->field->name);
	map_text(maker, map, "role", role);
	map_flag(maker, map, "supported", decision->yes);
	map_flag(maker, map, "departs", decision->departure);
	map_text(maker, map, "reason", decision->reason);
	map_wrapped(maker, map, "because", decision->reason);
	if (decision->reason)
		list_add(maker, reasons, map);
}

/* For every role, and for each that is an exception. */
static void add_decisions(struct maker *maker, struct value *decisions, struct value *reasons,
			  const struct support *support, const struct control *control)
{
	const struct decision *decision = decision_for(support, support->decisions, control, 0);

	add_decision(maker, decisions, reasons, control, NULL, decision);
	for (size_t i = 0; i < support->role_count; i++)
		if (decision[i + 1].yes != decision->yes)
			add_decision(maker, decisions, reasons, control, support->roles[i],
				     &decision[i + 1]);
}

struct value *model_support(struct maker *maker, const struct spec *spec,
			    const struct support *support)
{
	struct value *map = value_map(maker), *masks = map_list(maker, map, "masks");
	struct value *decisions = map_list(maker, map, "decisions");
	struct value *reasons = map_list(maker, map, "reasons");
	struct value *unnamed = map_list(maker, map, "unnamed");

	map_text(maker, map, "path", support->path);
	map_text(maker, map, "file", printed(maker, "%s/%s", support->revision->layout->name,
					     support->name));
	map_text(maker, map, "NAME", capitals(maker, support->name));
	map_text(maker, map, "source", support->citation);
	map_wrapped(maker, map, "source_lines", support->citation);
	map_flag(maker, map, "lists_unsupported", support->lists_unsupported);
	for (size_t i = 0; i < spec->control_word_count; i++)
		if (spec->control_words[i]->mask)
			add_mask(maker, masks, support, spec->control_words[i]);
	for (size_t i = 0; i < spec->control_count; i++) {
		add_decisions(maker, decisions, reasons, support, spec->controls[i]);
		if (!support_names(support, spec->controls[i]))
			list_add(maker, unnamed, value_text(maker, spec->controls[i]->name));
	}
	return map;
}

/* The fields of one width, if there are any. */
static void add_shadow_width(struct model *model, struct value *widths,
			     const struct shadow *shadow, enum width width,
			     const char *title)
{
	struct maker *maker = &model->maker;
	struct value *map = NULL, *fields;

	for (size_t i = 0; i < shadow->count; i++) {
		const struct shadow_field *entry = &shadow->fields[i];
		struct value *field;

		if (encoding_width(entry->member->field->encoding) != width ||
		    entry->kind == SHADOW_RARE)
			continue;
		if (!map) {
			map = list_map(maker, widths);
			map_text(maker, map, "title", title);
			fields = map_list(maker, map, "fields");
		}
		field = list_map(maker, fields);
		map_text(maker, field, "name",
			 model_member_name(model, shadow->revision, entry->member));
		map_text(maker, field, "FIELD", capitals(maker, entry->member->field->name));
		map_flag(maker, field, "writable", entry->kind == SHADOW_RW);
		map_flag(maker, field, "high", entry->high);
	}
}

/* What a list says about a field or its high half, in capitals, or "". */
static const char *shadow_kind(const struct shadow *shadow, const struct member *member, bool high)
{
	static const char *const names[] = { "RO", "RW", "RARE" };

	for (size_t i = 0; i < shadow->count; i++)
		if (shadow->fields[i].member == member && shadow->fields[i].high == high)
			return names[shadow->fields[i].kind];
	return "";
}

/* The same about both halves, for each member in the list. */
static void map_kept(struct maker *maker, struct value *map, const struct shadow *shadow)
{
	struct value *kept = map_list(maker, map, "kept");

	for (size_t i = 0; i < shadow->revision->count; i++) {
		const struct member *member = &shadow->revision->members[i];
		const char *full = shadow_kind(shadow, member, false);
		const char *high = shadow_kind(shadow, member, true);
		struct value *field;

		if (!*full && !*high)
			continue;
		field = list_map(maker, kept);
		map_text(maker, field, "FIELD", capitals(maker, member->field->name));
		map_text(maker, field, "full", full);
		map_text(maker, field, "high", high);
		map_flag(maker, field, "both", *full && *high);
	}
}

struct value *model_shadow(struct model *model, const struct shadow *shadow)
{
	struct maker *maker = &model->maker;
	struct value *map = value_map(maker), *widths = map_list(maker, map, "widths");
	struct value *rare = map_list(maker, map, "rare");

	map_text(maker, map, "path", shadow->revision->path);
	/* In the order in which the kernel reads them. */
	add_shadow_width(model, widths, shadow, WIDTH_16, "16 bits");
	add_shadow_width(model, widths, shadow, WIDTH_32, "32 bits");
	add_shadow_width(model, widths, shadow, WIDTH_NATURAL, "natural width");
	add_shadow_width(model, widths, shadow, WIDTH_64, "64 bits");
	for (size_t i = 0; i < shadow->count; i++)
		if (shadow->fields[i].kind == SHADOW_RARE)
			list_add(maker, rare,
				 value_text(maker, model_member_name(model, shadow->revision,
								     shadow->fields[i].member)));
	map_kept(maker, map, shadow);
	return map;
}
