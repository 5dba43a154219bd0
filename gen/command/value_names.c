// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* What a template may name, told by the values themselves. */
#include <stdlib.h>

#include "command/view.h"

struct naming {
	struct maker *maker;
	struct text *text;
	struct table seen;		/* maps that were told of */
};

/* Some maps that stand at one place, such as all elements of a list. */
struct maps {
	const struct value **of;
	size_t count, room;
};

static void name_entries(struct naming *naming, const char *path, const struct maps *maps);

static void take_map(struct naming *naming, struct maps *maps, const struct value *value)
{
	if (value->kind != VALUE_MAP ||
	    table_add_object(&naming->seen, value, maps))
		return;
	maps->of = grow(maps->of, &maps->room, maps->count + 1, sizeof(*maps->of));
	maps->of[maps->count++] = value;
}

/* The name of an entry, and the names in all that the @maps have there. */
static void name_entry(struct naming *naming, const char *path, const struct maps *maps,
		       struct key key)
{
	static const char *const kinds[] = {
		[VALUE_TEXT] = "text", [VALUE_FLAG] = "flag", [VALUE_LIST] = "list",
		[VALUE_MAP] = "map",
	};
	enum value_kind kind = VALUE_FLAG;	/* where some have a map, others are false */
	struct maps inner = { .of = NULL };

	path = arena_printf(naming->maker->arena, "%s%s%s", path, *path ? "." : "", key.name);
	for (size_t i = 0; i < maps->count; i++) {
		const struct value *value = value_get(maps->of[i], &key);

		if (!value)
			continue;
		kind = value->kind == VALUE_FLAG ? kind : value->kind;
		take_map(naming, &inner, value);
		for (uint32_t j = 0; value->kind == VALUE_LIST && j < value->list->count; j++)
			take_map(naming, &inner, value->list->elements[j]);
	}
	text_printf(naming->text, "%s\t%s\n", path, kinds[kind]);
	name_entries(naming, path, &inner);
	free(inner.of);
}

/* Each name that any of the @maps has, once. */
static void name_entries(struct naming *naming, const char *path, const struct maps *maps)
{
	struct table names = { .slots = NULL };

	for (size_t i = 0; i < maps->count; i++)
		for (size_t j = 0; j < maps->of[i]->map->count; j++) {
			const char *name = maps->of[i]->map->entries[j].key;

			if (!table_add_name(&names, name, naming))
				name_entry(naming, path, maps, (struct key){ .name = name });
		}
	table_free(&names);
}

void value_names(struct maker *maker, const struct value *root, struct text *text)
{
	struct naming naming = { .maker = maker, .text = text };
	struct maps maps = { .of = NULL };

	take_map(&naming, &maps, root);
	name_entries(&naming, "", &maps);
	free(maps.of);
	table_free(&naming.seen);
}
