// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <string.h>

#include "emit/value.h"

/* The keys that a map has room for if nobody says how many it will have. */
enum { MAP_ROOM = 8 };

static struct value *value_new(struct maker *maker, enum value_kind kind)
{
	struct value *value = arena_alloc(maker->arena, sizeof(*value));

	value->kind = kind;
	return value;
}

struct value *value_map_for(struct maker *maker, uint32_t count)
{
	struct value *value = value_new(maker, VALUE_MAP);

	value->map = arena_alloc(maker->arena, sizeof(*value->map));
	value->map->room = count;
	value->map->entries = arena_alloc(maker->arena, count * sizeof(*value->map->entries));
	return value;
}

struct value *value_map(struct maker *maker)
{
	return value_map_for(maker, MAP_ROOM);
}

struct value *value_list(struct maker *maker)
{
	struct value *value = value_new(maker, VALUE_LIST);

	value->list = arena_alloc(maker->arena, sizeof(*value->list));
	return value;
}

static void set_text(struct value *value, const char *text)
{
	value->kind = VALUE_TEXT;
	value->text = text ? text : "";
	value->len = (uint32_t)strlen(value->text);
}

struct value *value_text(struct maker *maker, const char *text)
{
	struct value *value = value_new(maker, VALUE_TEXT);

	set_text(value, text);
	return value;
}

void list_add(struct maker *maker, struct value *value, const struct value *element)
{
	struct element *last = arena_alloc(maker->arena, sizeof(*last));
	struct list *list = value->list;

	last->value = element;
	if (list->last)
		list->last->next = last;
	else
		list->first = last;
	list->last = last;
}

struct value *list_map(struct maker *maker, struct value *list)
{
	struct value *map = value_map(maker);

	list_add(maker, list, map);
	return map;
}

/* The interned @key: its pointer tells quickly if it was seen before. */
static const char *key_name(struct maker *maker, const char *key)
{
	struct known *known = &maker->known[((uintptr_t)key ^ (uintptr_t)key >> 8) & 0xff];

	if (known->key != key)
		*known = (struct known){ key, name_of(maker->names, key) };
	return known->name;
}

static void map_double(struct maker *maker, struct map *map)
{
	struct entry *old = map->entries;

	map->room *= 2;
	map->entries = arena_alloc(maker->arena, map->room * sizeof(*old));
	memcpy(map->entries, old, map->count * sizeof(*old));
}

static struct value *map_add(struct maker *maker, struct value *value, const char *key)
{
	struct map *map = value->map;
	struct entry *entry;

	if (map->count == map->room)
		map_double(maker, map);
	entry = &map->entries[map->count++];
	entry->key = key_name(maker, key);
	return &entry->value;
}

void map_text(struct maker *maker, struct value *map, const char *key, const char *text)
{
	set_text(map_add(maker, map, key), text);
}

void map_flag(struct maker *maker, struct value *map, const char *key, bool flag)
{
	struct value *value = map_add(maker, map, key);

	value->kind = VALUE_FLAG;
	value->flag = flag;
}

const char *number_text(struct maker *maker, uint64_t number)
{
	char digits[20], *at = digits + sizeof(digits);

	do {
		*--at = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	return arena_copy(maker->arena, at, (size_t)(digits + sizeof(digits) - at));
}

void map_number(struct maker *maker, struct value *map, const char *key, uint64_t number)
{
	map_text(maker, map, key, number_text(maker, number));
}

void map_value(struct maker *maker, struct value *map, const char *key,
	       const struct value *same)
{
	struct value *value = map_add(maker, map, key);

	value->kind = VALUE_SAME;
	value->same = same;
}

struct value *map_list(struct maker *maker, struct value *map, const char *key)
{
	struct value *list = value_list(maker);

	map_value(maker, map, key, list);
	return list;
}

static const struct entry *find_entry(const struct map *map, struct key *key)
{
	if (key->pos < map->count && map->entries[key->pos].key == key->name)
		return &map->entries[key->pos];
	for (uint32_t i = 0; i < map->count; i++)
		if (map->entries[i].key == key->name) {
			key->pos = i;
			return &map->entries[i];
		}
	return NULL;
}

const struct value *value_get(const struct value *value, struct key *key)
{
	const struct entry *entry = value->kind == VALUE_MAP ? find_entry(value->map, key) : NULL;

	if (!entry)
		return NULL;
	return entry->value.kind == VALUE_SAME ? entry->value.same : &entry->value;
}
