// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <ctype.h>
#include <string.h>

#include "base/spelling.h"
#include "import/match.h"

/* A name in lower case, without underscores and the dots of members of members. */
static const char *folded_name(const struct matcher *matcher, const char *name)
{
	char *text = arena_alloc(matcher->spec->arena, strlen(name) + 1), *end = text;

	for (; *name; name++)
		if (*name != '_' && *name != '.')
			*end++ = tolower((unsigned char)*name);
	return name_of(matcher->spec->names, text);
}

bool match_same_name(const char *a, const char *b)
{
	for (;; a++, b++) {
		while (*a == '_' || *a == '.')
			a++;
		while (*b == '_' || *b == '.')
			b++;
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (!*a)
			return true;
	}
}

static bool same_meaning(const struct meaning *a, const struct meaning *b)
{
	if (a->field || b->field)
		return a->field == b->field;
	return a->member && b->member && a->member->name == b->member->name;
}

/* Let @name mean something, unless it means something already. */
static void add_name(struct matcher *matcher, const char *name, struct meaning *meaning)
{
	static struct meaning ambiguous = { .ambiguous = true };
	struct meaning *other;
	const char *folded;

	if (!name || table_add_name(&matcher->exact, name, meaning))
		return;
	/* Two pads may differ in an underscore: either will do. */
	if (meaning->member && meaning->member->pad)
		return;
	folded = folded_name(matcher, name);
	other = table_add_name(&matcher->folded, folded, meaning);
	if (!other || other->ambiguous || same_meaning(other, meaning))
		return;
	table_remove_name(&matcher->folded, folded);
	table_add_name(&matcher->folded, folded, &ambiguous);
}

static bool is_known(const struct matcher *matcher, const struct field *field,
		     const struct member *member)
{
	const char *name = member ? member->name : field->name;
	const struct meaning *known = table_name(&matcher->exact, name);

	return known && (field ? known->field == field : !known->field);
}

static void add_meaning(struct matcher *matcher, const struct field *field,
			const struct member *member)
{
	const struct revision *base = matcher->base;
	struct meaning *meaning;

	/* What is known by its name, and as the same field, is so by its other names. */
	if (is_known(matcher, field, member))
		return;
	meaning = arena_alloc(matcher->spec->arena, sizeof(*meaning));
	meaning->field = field;
	meaning->member = member;
	meaning->of_base = member && base && member >= base->members &&
			   member < base->members + base->count;
	if (member) {
		add_name(matcher, member->name, meaning);
		add_name(matcher, member->tlfs, meaning);
	}
	if (!field)
		return;
	table_add_number(&matcher->by_encoding, field->encoding, meaning);
	add_name(matcher, field->name, meaning);
	add_name(matcher, field->tlfs, meaning);
	for (size_t i = 0; i < field->linux_count; i++)
		add_name(matcher, field->linux_names[i], meaning);
}

/* The members, or the pads, of a revision. */
static void add_meanings(struct matcher *matcher, const struct revision *revision, bool pads)
{
	for (size_t i = 0; i < revision->count; i++) {
		const struct member *member = &revision->members[i];

		if (!member->hole && member->pad == pads)
			add_meaning(matcher, member->field, member);
	}
}

/* The same of the layout's other revisions, the last ones first. */
static void add_others(struct matcher *matcher, bool pads)
{
	for (size_t i = matcher->layout->count; i--;) {
		const struct revision *other = matcher->layout->revisions[i];

		if (other != matcher->base && revision_is_whole(other))
			add_meanings(matcher, other, pads);
	}
}

void match_init(struct matcher *matcher, const struct spec *spec, const struct layout *layout,
		const struct revision *base)
{
	*matcher = (struct matcher){ .spec = spec, .layout = layout, .base = base };
	if (base) {
		add_meanings(matcher, base, false);
		add_meanings(matcher, base, true);
	}
	add_others(matcher, false);
	for (size_t i = 0; i < spec->field_count; i++)
		add_meaning(matcher, spec->fields[i], NULL);
	add_others(matcher, true);
}

void match_free(struct matcher *matcher)
{
	table_free(&matcher->exact);
	table_free(&matcher->folded);
	table_free(&matcher->by_encoding);
}

static const char *renamed(struct matcher *matcher, const char *name)
{
	for (size_t i = 0; i < matcher->renaming_count; i++) {
		struct renaming *renaming = &matcher->renamings[i];

		if (renaming->theirs != name)
			continue;
		renaming->met = true;
		return renaming->ours;
	}
	return name;
}

const struct meaning *match_name(struct matcher *matcher, const char *name)
{
	const struct meaning *found;

	name = renamed(matcher, name);
	found = table_name(&matcher->exact, name);
	return found ? found : table_name(&matcher->folded, folded_name(matcher, name));
}

const struct meaning *match_exact(const struct matcher *matcher, const char *name)
{
	return table_name(&matcher->exact, name);
}

const struct meaning *match_encoding(const struct matcher *matcher, uint32_t encoding)
{
	return table_number(&matcher->by_encoding, encoding);
}

void match_take(struct member *member, const struct member *known)
{
	struct member own = *member;

	*member = *known;
	member->offset = own.offset;
	member->pos = own.pos;
	member->carves = false;
}

const char *match_near(const struct matcher *matcher, const char *name)
{
	const char *folded = folded_name(matcher, name), *near = NULL;
	unsigned int best = strlen(folded) / 4 + 1;

	for (size_t i = 0; i < matcher->folded.room; i++) {
		const struct table_slot *slot = &matcher->folded.slots[i];
		const struct meaning *meaning = slot->value;
		unsigned int distance;

		if (!meaning || meaning->ambiguous)
			continue;
		distance = spelling_distance(folded, slot->key, best - 1);
		if (distance < best) {
			best = distance;
			near = meaning->member ? meaning->member->name : meaning->field->name;
		}
	}
	return near;
}

bool is_pad_name(const char *name)
{
	static const char *const beginnings[] = { "pad", "reserved", "rsvd", "dead_space" };

	for (size_t i = 0; i < sizeof(beginnings) / sizeof(*beginnings); i++)
		if (!strncasecmp(name, beginnings[i], strlen(beginnings[i])))
			return true;
	return strcasestr(name, "padding");
}
