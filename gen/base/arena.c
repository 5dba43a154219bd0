// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/arena.h"
#include "base/message.h"

/* A small run needs only the first block.  Memory that is never written costs nothing. */
enum { BLOCK_FIRST = 64 << 10, BLOCK_MORE = 16 << 20 };

enum { PAGE = 4096 };

struct arena_block {
	struct arena_block *next;
	size_t used, size;		/* of bytes[] */
	max_align_t bytes[];
};

static void __attribute__((noreturn)) out_of_memory(void)
{
	fputs("vmcsgen: out of memory\n", stderr);
	exit(EXIT_FAILED_IO);
}

static void *checked(void *memory)
{
	if (!memory)
		out_of_memory();
	return memory;
}

/* malloc(0) may return NULL, which is not a failure: always ask for a byte. */
void *xmalloc(size_t size)
{
	return checked(malloc(size ? size : 1));
}

void *xcalloc(size_t count, size_t size)
{
	return checked(calloc(count ? count : 1, size ? size : 1));
}

void *xrealloc(void *old, size_t size)
{
	return checked(realloc(old, size ? size : 1));
}

void *grow(void *array, size_t *room, size_t count, size_t size)
{
	size_t more = *room ? *room : 8, bytes;

	if (count <= *room)
		return array;
	if (__builtin_mul_overflow(more, 2, &more) || more < count)
		more = count;
	if (__builtin_mul_overflow(more, size, &bytes))
		out_of_memory();
	*room = more;
	return xrealloc(array, bytes);
}

/*
 * Without huge pages, page faults take a third of gen's CPU time: 2290 of them instead of 800, 69
 * ms instead of 48 for the real spec.  This is advice: nothing depends on it.
 */
static void advise_huge_pages(void *memory, size_t bytes)
{
	size_t before = -(uintptr_t)memory % PAGE;

	madvise((char *)memory + before, bytes - before, MADV_HUGEPAGE);
}

static struct arena_block *block_new(size_t size)
{
	size_t bytes;
	struct arena_block *block;

	if (__builtin_add_overflow(size, sizeof(*block), &bytes))
		out_of_memory();
	block = xcalloc(1, bytes);
	block->size = size;
	if (size >= BLOCK_MORE)
		advise_huge_pages(block, bytes);
	return block;
}

/* A request that would waste much of a block gets its own block, after the current one. */
static void *alloc_in_new_block(struct arena *arena, size_t size)
{
	bool big = size > BLOCK_FIRST / 4;
	struct arena_block **at = big && arena->blocks ? &arena->blocks->next : &arena->blocks;
	size_t room = big ? size : arena->blocks ? BLOCK_MORE : BLOCK_FIRST;
	struct arena_block *block = block_new(room);

	block->next = *at;
	block->used = size;
	*at = block;
	return block->bytes;
}

static void *alloc_aligned(struct arena *arena, size_t size, size_t align)
{
	struct arena_block *block = arena->blocks;
	size_t at = block ? (block->used + align - 1) & ~(align - 1) : 0;

	if (!block || at > block->size || size > block->size - at)
		return alloc_in_new_block(arena, size);
	block->used = at + size;
	return (char *)block->bytes + at;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	return alloc_aligned(arena, size, _Alignof(max_align_t));
}

char *arena_copy(struct arena *arena, const char *text, size_t len)
{
	size_t size;
	char *copy;

	if (__builtin_add_overflow(len, 1, &size))
		out_of_memory();
	copy = alloc_aligned(arena, size, 1);
	if (len)
		memcpy(copy, text, len);
	return copy;
}

char *arena_vprintf(struct arena *arena, const char *format, va_list args)
{
	va_list again;
	char *text;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0)
		out_of_memory();
	text = alloc_aligned(arena, (size_t)len + 1, 1);
	vsnprintf(text, (size_t)len + 1, format, args);
	return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = arena_vprintf(arena, format, args);
	va_end(args);
	return text;
}

void arena_free(struct arena *arena)
{
	while (arena->blocks) {
		struct arena_block *next = arena->blocks->next;

		free(arena->blocks);
		arena->blocks = next;
	}
}
