// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <string.h>

#include "value.h"

static struct value *value_new(struct maker *maker, enum value_kind kind)
{
	struct value *value = arena_alloc(maker->arena, sizeof(*value));

	value->kind = kind;
	return value;
}

struct value *value_map(struct maker *maker)
{
	return value_new(maker, VALUE_MAP);
}

struct value *value_list(struct maker *maker)
{
	return value_new(maker, VALUE_LIST);
}

struct value *value_text(struct maker *maker, const char *text)
{
	struct value *value = value_new(maker, VALUE_TEXT);

	value->text = text ? text : "";
	value->len = strlen(value->text);
	return value;
}

void list_add(struct value *list, struct value *element)
{
	if (list->last)
		list->last->next = element;
	else
		list->first = element;
	list->last = element;
}

static void map_add(struct maker *maker, struct value *map, const char *key, struct value *entry)
{
	entry->key = name_of(maker->names, key);
	map->keys |= key_bit(entry->key);
	list_add(map, entry);
}

void map_text(struct maker *maker, struct value *map, const char *key, const char *text)
{
	map_add(maker, map, key, value_text(maker, text));
}

void map_flag(struct maker *maker, struct value *map, const char *key, bool flag)
{
	struct value *entry = value_new(maker, VALUE_FLAG);

	entry->flag = flag;
	map_add(maker, map, key, entry);
}

void map_number(struct maker *maker, struct value *map, const char *key, uint64_t number)
{
	char digits[20], *at = digits + sizeof(digits);
	size_t len;

	do {
		*--at = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	len = (size_t)(digits + sizeof(digits) - at);
	map_text(maker, map, key, arena_copy(maker->arena, at, len));
}

/* The value itself may be an element of a list, whose link it can't share. */
void map_value(struct maker *maker, struct value *map, const char *key, struct value *value)
{
	struct value *entry = value_new(maker, VALUE_SAME);

	entry->same = value;
	map_add(maker, map, key, entry);
}

const struct value *value_get(const struct value *map, const char *key, uint64_t bit)
{
	const struct value *entry;

	if (!(map->keys & bit))
		return NULL;
	for (entry = map->first; entry; entry = entry->next)
		if (entry->key == key)
			return entry->kind == VALUE_SAME ? entry->same : entry;
	return NULL;
}
