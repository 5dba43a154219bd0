// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <string.h>

#include "emit/value.h"

/* The room of a map of unknown size, and of a new list. */
enum { MAP_ROOM = 8, LIST_ROOM = 4 };

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

/* A copy of a full array, of @room things of @size bytes, with room for as many more. */
static void *with_more_room(struct maker *maker, const void *full, uint32_t *room, size_t size)
{
	uint32_t more = *room ? *room * 2 : LIST_ROOM;
	void *copy = arena_alloc(maker->arena, more * size);

	if (*room)
		memcpy(copy, full, *room * size);
	*room = more;
	return copy;
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
	struct list *list = value->list;

	if (list->count == list->room)
		list->elements = with_more_room(maker, list->elements, &list->room,
						sizeof(element));
	list->elements[list->count++] = element;
}

struct value *list_map(struct maker *maker, struct value *list)
{
	struct value *map = value_map(maker);

	list_add(maker, list, map);
	return map;
}

/* The interned @key; its pointer is looked up first. */
static const char *key_name(struct maker *maker, const char *key)
{
	struct known *known = &maker->known[((uintptr_t)key ^ (uintptr_t)key >> 8) & 0xff];

	if (known->key != key)
		*known = (struct known){ key, name_of(maker->names, key) };
	return known->name;
}

static struct value *map_add(struct maker *maker, struct value *value, const char *key)
{
	struct map *map = value->map;
	struct entry *entry;

	if (map->count == map->room)
		map->entries = with_more_room(maker, map->entries, &map->room, sizeof(*entry));
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
	if (key->index < map->count && map->entries[key->index].key == key->name)
		return &map->entries[key->index];
	for (uint32_t i = 0; i < map->count; i++)
		if (map->entries[i].key == key->name) {
			key->index = i;
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
