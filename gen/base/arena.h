/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Memory that lives as long as one run: the resolved spec, the model and the
 * interned names.  Nothing in an arena is freed before the arena is.
 */
#ifndef VMCSGEN_ARENA_H
#define VMCSGEN_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena_block;

/* Zeroed is empty. */
struct arena {
	struct arena_block *blocks;	/* the first is the one being filled */
};

/*
 * malloc(), calloc() and realloc() that do not return NULL: without memory they
 * say so on stderr and exit with EXIT_FAILED_IO.  Sizes in bytes; the caller
 * owns the result and frees it with free().
 */
void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);

/*
 * Grow @array of elements of @size bytes from room for *@room to room for @count.  Returns the
 * array, which may have moved; the caller owns it.  *@room at least doubles if it grows, so that
 * appending is linear.
 */
void *grow(void *array, size_t *room, size_t count, size_t size);

/* Zeroed memory of @size bytes, aligned for any type, owned by the arena. */
void *arena_alloc(struct arena *arena, size_t size);

/* A NUL-terminated copy of @len bytes of @text, owned by the arena. */
char *arena_copy(struct arena *arena, const char *text, size_t len);

/* sprintf() into the arena. */
char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

char *arena_vprintf(struct arena *arena, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

/* Give back everything that came from @arena, which is empty afterwards. */
void arena_free(struct arena *arena);

#endif
