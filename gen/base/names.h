/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Interned names: equal spellings are one pointer, so that names compare with
 * == and a name can carry its hash to every table.
 */
#ifndef VMCSGEN_NAMES_H
#define VMCSGEN_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct names {
	struct arena *arena;		/* owns the spellings */
	const char **slots;
	size_t count, room;		/* room is a power of two */
};

/* An empty table whose spellings live in @arena; names_free() it. */
void names_init(struct names *names, struct arena *arena);
void names_free(struct names *names);

/* The one pointer for these @len bytes; it lives as long as the arena. */
const char *names_intern(struct names *names, const char *text, size_t len);

/* The same for a C string. */
const char *name_of(struct names *names, const char *text);

/*
 * A map from interned names, other objects or numbers to pointers.
 * Zeroed is empty; table_free() releases the slots, never the values.
 */
struct table {
	struct table_slot *slots;
	size_t count, room;
};

struct table_slot {
	const void *key;
	void *value;			/* NULL: the slot is empty */
	uint32_t hash;			/* of the key, for a larger table */
};

/*
 * The value of a key, or NULL.  A key is an interned name or another object, compared as a pointer,
 * or a number.
 */
void *table_name(const struct table *table, const char *name);
void *table_object(const struct table *table, const void *object);
void *table_number(const struct table *table, uint32_t number);

/*
 * Enter @value, which is not NULL, under a key.  Returns NULL if it was entered; if the key has a
 * value already, that stays and is returned.
 */
void *table_add_name(struct table *table, const char *name, void *value);
void *table_add_object(struct table *table, const void *object, void *value);
void *table_add_number(struct table *table, uint32_t number, void *value);

/* Remove a key if it is there. */
void table_remove_name(struct table *table, const char *name);
void table_remove_number(struct table *table, uint32_t number);
void table_free(struct table *table);

#endif
