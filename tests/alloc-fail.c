// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Preloaded into a program to make what it asks for fail, for tests/robust.t:
 *
 *	FAIL_ALLOC=N	the Nth allocation and all after it, from main() on
 *	FAIL_WRITE=N	writing, to anything but stderr, after N bytes: the disk is full
 *	FAIL_RENAME=N	the Nth rename and all after it
 *
 * With FAIL_COUNT=FILE the program tells there, at its end, how many allocations
 * it asked for.
 */
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/syscall.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static bool counting;
static long allocations, alloc_limit = LONG_MAX;
static long renames, rename_limit = LONG_MAX;
static long write_limit = -1;

static long number(const char *name, long otherwise)
{
	const char *text = getenv(name);

	return text ? atol(text) : otherwise;
}

static void __attribute__((constructor)) begin(void)
{
	alloc_limit = number("FAIL_ALLOC", LONG_MAX);
	write_limit = number("FAIL_WRITE", -1);
	rename_limit = number("FAIL_RENAME", LONG_MAX);
	counting = true;
}

static void __attribute__((destructor)) end(void)
{
	const char *path = getenv("FAIL_COUNT");
	FILE *file;

	counting = false;
	file = path ? fopen(path, "w") : NULL;
	if (!file)
		return;
	fprintf(file, "%ld\n", allocations);
	fclose(file);
}

static bool fails(void)
{
	if (!counting || ++allocations < alloc_limit)
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}

/* A disk takes what still fits, and only then nothing. */
ssize_t write(int fd, const void *bytes, size_t size)
{
	if (write_limit < 0 || fd == STDERR_FILENO)
		return syscall(SYS_write, fd, bytes, size);
	if (!write_limit && size) {
		errno = ENOSPC;
		return -1;
	}
	if (size > (size_t)write_limit)
		size = write_limit;
	write_limit -= size;
	return syscall(SYS_write, fd, bytes, size);
}

int rename(const char *from, const char *to)
{
	if (++renames >= rename_limit) {
		errno = EIO;
		return -1;
	}
	return syscall(SYS_rename, from, to);
}
