// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"

enum { SLOTS_FIRST = 64 };

/* FNV-1a: names are short, and their last characters differ the most. */
static uint32_t hash_bytes(const char *text, size_t len)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)text[i]) * 16777619u;
	return hash;
}

/* A name has its hash in front of the spelling, which therefore need not be aligned. */
static uint32_t name_hash(const char *name)
{
	uint32_t hash;

	memcpy(&hash, name - sizeof(hash), sizeof(hash));
	return hash;
}

static const char *name_new(struct names *names, const char *text, size_t len, uint32_t hash)
{
	char *name = arena_alloc(names->arena, sizeof(hash) + len + 1);

	memcpy(name, &hash, sizeof(hash));
	memcpy(name + sizeof(hash), text, len);
	return name + sizeof(hash);
}

void names_init(struct names *names, struct arena *arena)
{
	*names = (struct names){ .arena = arena, .room = SLOTS_FIRST };
	names->slots = xcalloc(names->room, sizeof(*names->slots));
}

void names_free(struct names *names)
{
	free(names->slots);
	*names = (struct names){ 0 };
}

static bool is_spelt(const char *name, uint32_t hash, const char *text, size_t len)
{
	return name_hash(name) == hash && !strncmp(name, text, len) && !name[len];
}

/* The slot that holds the name, or the empty one where it belongs. */
static const char **name_slot(const struct names *names, uint32_t hash, const char *text,
			      size_t len)
{
	size_t at = hash & (names->room - 1);

	while (names->slots[at] && !is_spelt(names->slots[at], hash, text, len))
		at = (at + 1) & (names->room - 1);
	return &names->slots[at];
}

static void names_double(struct names *names)
{
	const char **old = names->slots;
	size_t room = names->room;

	names->room = room * 2;
	names->slots = xcalloc(names->room, sizeof(*names->slots));
	for (size_t i = 0; i < room; i++)
		if (old[i])
			*name_slot(names, name_hash(old[i]), old[i], strlen(old[i])) = old[i];
	free(old);
}

const char *names_intern(struct names *names, const char *text, size_t len)
{
	uint32_t hash = hash_bytes(text, len);
	const char **slot = name_slot(names, hash, text, len);

	if (*slot)
		return *slot;
	if (names->count >= names->room / 2) {
		names_double(names);
		slot = name_slot(names, hash, text, len);
	}
	names->count++;
	*slot = name_new(names, text, len, hash);
	return *slot;
}

const char *name_of(struct names *names, const char *text)
{
	return names_intern(names, text, strlen(text));
}

/* The slot that holds @key, or the empty one where it belongs. */
static struct table_slot *slot_for(const struct table *table, const void *key, uint32_t hash)
{
	size_t at = hash & (table->room - 1);

	while (table->slots[at].value && table->slots[at].key != key)
		at = (at + 1) & (table->room - 1);
	return &table->slots[at];
}

static void *get_key(const struct table *table, const void *key, uint32_t hash)
{
	return table->room ? slot_for(table, key, hash)->value : NULL;
}

static void table_double(struct table *table)
{
	struct table old = *table;

	table->room = old.room ? old.room * 2 : 16;
	table->slots = xcalloc(table->room, sizeof(*table->slots));
	for (size_t i = 0; i < old.room; i++)
		if (old.slots[i].value)
			*slot_for(table, old.slots[i].key, old.slots[i].hash) = old.slots[i];
	free(old.slots);
}

static void *add_key(struct table *table, const void *key, uint32_t hash, void *value)
{
	struct table_slot *slot;

	if (table->count >= table->room / 4 * 3)
		table_double(table);
	slot = slot_for(table, key, hash);
	if (slot->value)
		return slot->value;
	*slot = (struct table_slot){ .key = key, .value = value, .hash = hash };
	table->count++;
	return NULL;
}

/* Close the gap: move up what follows, unless a look-up would no longer find it. */
static void table_remove(struct table *table, const void *key, uint32_t hash)
{
	size_t mask = table->room - 1, gap, at;

	if (!get_key(table, key, hash))
		return;
	gap = slot_for(table, key, hash) - table->slots;
	for (at = (gap + 1) & mask; table->slots[at].value; at = (at + 1) & mask) {
		size_t home = table->slots[at].hash & mask;

		if (((at - home) & mask) < ((at - gap) & mask))
			continue;
		table->slots[gap] = table->slots[at];
		gap = at;
	}
	table->slots[gap] = (struct table_slot){ 0 };
	table->count--;
}

void table_remove_name(struct table *table, const char *name)
{
	table_remove(table, name, name_hash(name));
}

void *table_name(const struct table *table, const char *name)
{
	return get_key(table, name, name_hash(name));
}

void *table_add_name(struct table *table, const char *name, void *value)
{
	return add_key(table, name, name_hash(name), value);
}

/* Low bits of numbers and of addresses are much alike: spread them over the slots. */
static uint32_t spread_key(const void *key)
{
	uint32_t hash = (uint32_t)(uintptr_t)key * 2654435769u;

	return hash ^ hash >> 16;
}

static const void *number_key(uint32_t number)
{
	return (const void *)(uintptr_t)number;
}

void *table_object(const struct table *table, const void *object)
{
	return get_key(table, object, spread_key(object));
}

void *table_add_object(struct table *table, const void *object, void *value)
{
	return add_key(table, object, spread_key(object), value);
}

void *table_number(const struct table *table, uint32_t number)
{
	return table_object(table, number_key(number));
}

void *table_add_number(struct table *table, uint32_t number, void *value)
{
	return table_add_object(table, number_key(number), value);
}

void table_remove_number(struct table *table, uint32_t number)
{
	table_remove(table, number_key(number), spread_key(number_key(number)));
}

void table_free(struct table *table)
{
	free(table->slots);
	*table = (struct table){ 0 };
}
