/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The values that a template can name: texts, flags, lists and maps.  The arena that a tree of
 * values was made in owns it.
 */
#ifndef VMCSGEN_VALUE_H
#define VMCSGEN_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/names.h"

/* VALUE_SAME is an entry of a map that stands for a value made before. */
enum value_kind { VALUE_TEXT, VALUE_FLAG, VALUE_LIST, VALUE_MAP, VALUE_SAME };

struct value {
	uint8_t kind;			/* enum value_kind */
	bool flag;
	uint32_t len;			/* of the text */
	union {
		const char *text;
		struct list *list;
		struct map *map;
		const struct value *same;
	};
};

struct list {
	uint32_t count, room;
	const struct value **elements;
};

/* An array: most maps have the same keys at the same places, where a look-up begins. */
struct map {
	uint32_t count, room;
	struct entry {
		const char *key;	/* interned */
		struct value value;
	} *entries;
};

/* A name in a template, and the place in a map where it was last found. */
struct key {
	const char *name;		/* interned */
	uint32_t index;
};

/*
 * Makes values: their owner, and the names that keys are interned in.  The same few keys come again
 * and again, by the same pointers; interning each one anew would take a sixth more instructions for
 * all of gen.
 */
struct maker {
	struct arena *arena;
	struct names *names;
	struct known {
		const char *key, *name;
	} known[256];
};

/* A new, empty map or list.  The map has room for @count keys and grows beyond. */
struct value *value_map_for(struct maker *maker, uint32_t count);
struct value *value_map(struct maker *maker);
struct value *value_list(struct maker *maker);

/* A text as a list's element; as with map_text(), @text is not copied. */
struct value *value_text(struct maker *maker, const char *text);

/* Append an existing @value, which may be in several lists; or a new map, which is returned. */
void list_add(struct maker *maker, struct value *list, const struct value *value);
struct value *list_map(struct maker *maker, struct value *list);

/*
 * Enter something under @key, a C string that is not a key of @map yet.  Neither it
 * nor @text is copied: both must live, and stay the same, as long as the arena.
 * As a text NULL counts as the empty one.
 * map_value() enters a value made before, which may be in several maps, and to
 * which more may be added later.
 */
void map_text(struct maker *maker, struct value *map, const char *key, const char *text);
void map_flag(struct maker *maker, struct value *map, const char *key, bool flag);
void map_number(struct maker *maker, struct value *map, const char *key, uint64_t number);
void map_value(struct maker *maker, struct value *map, const char *key,
	       const struct value *value);

/* Enter a new, empty list and return it. */
struct value *map_list(struct maker *maker, struct value *map, const char *key);

/* @number in decimal digits, owned by the arena. */
const char *number_text(struct maker *maker, uint64_t number);

/* What @value has under @key, or NULL; only a map has anything. */
const struct value *value_get(const struct value *value, struct key *key);

#endif
