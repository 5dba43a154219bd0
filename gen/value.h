/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What a template can name: texts, flags, lists and maps.  A tree of values is
 * owned by the arena it was made in.
 */
#ifndef VMCSGEN_VALUE_H
#define VMCSGEN_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "names.h"

/* VALUE_SAME is an entry of a map that stands for a value made before. */
enum value_kind { VALUE_TEXT, VALUE_FLAG, VALUE_LIST, VALUE_MAP, VALUE_SAME };

struct value {
	enum value_kind kind;
	bool flag;
	union {
		const char *text;
		struct value *first;	/* of a list: its elements; of a map: its entries */
		struct value *same;
	};
	union {
		size_t len;		/* of the text */
		struct value *last;
	};
	struct value *next;		/* the next element or entry */
	const char *key;		/* of a map's entry: its interned name */
	uint64_t keys;			/* of a map: key_bit() of all its keys */
};

/* Where values are made: who owns them, and the names that keys are interned in. */
struct maker {
	struct arena *arena;
	struct names *names;
};

/* A new, empty map or list. */
struct value *value_map(struct maker *maker);
struct value *value_list(struct maker *maker);

/* A text as a list's element; as with map_text(), @text is not copied. */
struct value *value_text(struct maker *maker, const char *text);

/*
 * Enter something under @key, a C string that is no key of @map yet.  @text is
 * not copied and must live as long as the arena; NULL counts as the empty text.
 * map_value() enters a value made before, which may be in several maps, and to
 * which more may be added later.
 */
void map_text(struct maker *maker, struct value *map, const char *key, const char *text);
void map_flag(struct maker *maker, struct value *map, const char *key, bool flag);
void map_number(struct maker *maker, struct value *map, const char *key, uint64_t number);
void map_value(struct maker *maker, struct value *map, const char *key, struct value *value);

/* Append @element, which is in no list yet. */
void list_add(struct value *list, struct value *element);

/* One of 64 bits, by which most maps show quickly that they lack a key. */
static inline uint64_t key_bit(const char *key)
{
	return 1ull << (name_hash(key) >> 26);
}

/* What @map has under the interned @key, or NULL; other values have nothing. */
const struct value *value_get(const struct value *map, const char *key, uint64_t bit);

#endif
