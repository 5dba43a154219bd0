// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <fcntl.h>
#include <ftw.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base.h"

/*
 * Bounds, sanitizers included: an input of up to 10 KB may take the program a second, and
 * what is larger in proportion.  An error quotes its line.
 */
enum {
	SECONDS = 10,
	BYTES_A_SECOND = 10000,
	MESSAGES = 65536,
	MESSAGES_A_BYTE = 1000,
	OUTPUT = 64 << 20,
};

int program_main(int argc, char **argv);	/* main(), in gen/main.c */

char *stdout_bytes;
size_t stdout_size;
static size_t input_size, tree_size;
static uint64_t hash;
static FILE *real_stderr;
static char home[PATH_MAX];

void claim_failed(const char *condition, const char *file, int line)
{
	char messages[4096];
	size_t count;

	rewind(stderr);
	count = fread(messages, 1, sizeof(messages), stderr);
	fprintf(real_stderr, "%s:%d: does not hold: %s\nThe program's last messages:\n%.*s\n", file,
		line, condition, (int)count, messages);
	fflush(real_stderr);
	abort();
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	(void)status;
	(void)kind;
	return walk->level ? remove(path) : 0;
}

static void clear_folder(void)
{
	CLAIM(!nftw("work", remove_entry, 16, FTW_DEPTH | FTW_PHYS));
}

static void remove_home(void)
{
	if (!chdir("/")) {
		nftw(home, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
		rmdir(home);
	}
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *with = getenv("FUZZ_WITH");
	char command[2 * PATH_MAX];

	(void)argc;
	(void)argv;
	real_stderr = fdopen(dup(STDERR_FILENO), "w");
	strcpy(home, "/dev/shm/vmcsgen-fuzz-XXXXXX");
	CLAIM(real_stderr && with && mkdtemp(home));
	atexit(remove_home);
	snprintf(command, sizeof(command), "cp -rL '%s'/. %s", with, home);
	CLAIM(!system(command) && !chdir(home) && !mkdir("work", 0777));
	/* The program's output and messages go to files in memory. */
	CLAIM(dup2(memfd_create("stdout", 0), STDOUT_FILENO) == STDOUT_FILENO);
	stderr = fdopen(memfd_create("messages", 0), "w+");
	return 0;
}

void put_file(const char *name, const void *bytes, size_t size)
{
	FILE *file = NULL;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "work/%s", name);
	/* An input may name what is not a file, or one elsewhere. */
	if (!strstr(name, "..")) {
		for (char *slash = strchr(path + 5, '/'); slash; slash = strchr(slash + 1, '/')) {
			*slash = '\0';
			mkdir(path, 0777);
			*slash = '/';
		}
		file = fopen(path, "w");
	}
	if (!file)
		return;
	CLAIM(fwrite(bytes, 1, size, file) == size && !fclose(file));
}

char *get_file(const char *name, size_t *size)
{
	FILE *file = fopen(name, "r");
	char *bytes = NULL;
	size_t count = 0, got;

	if (!file)
		return NULL;
	do {
		bytes = realloc(bytes, count + 65536 + 1);
		got = fread(bytes + count, 1, 65536, file);
		count += got;
	} while (got);
	bytes[count] = '\0';
	fclose(file);
	if (size)
		*size = count;
	return bytes;
}

void input_begin(const uint8_t *data, size_t size, const char *name)
{
	char *text = malloc(size + 1), *at = text, *next;

	memcpy(text, data, size);
	text[size] = '\0';
	input_size = size;
	clear_folder();
	CLAIM(!mkdir("work/t", 0777) && !mkdir("work/t/views", 0777) &&
	      !mkdir("work/t/partials", 0777));
	while ((next = memmem(at, text + size - at, "\n=== ", 5))) {
		char *line_end = memchr(next + 5, '\n', text + size - next - 5);

		put_file(name, at, next + 1 - at);
		if (!line_end) {
			at = text + size;
			break;
		}
		*line_end = '\0';
		name = next + 5;
		at = line_end + 1;
	}
	put_file(name, at, text + size - at);
	free(text);
}

static void claim_bounded(int status, double seconds)
{
	long messages = ftell(stderr);

	CLAIM(status >= 0 && status <= 4);
	CLAIM(status < 2 || messages > 0);
	CLAIM(seconds < SECONDS + (double)input_size / BYTES_A_SECOND);
	CLAIM(messages <= (long)(MESSAGES + MESSAGES_A_BYTE * input_size));
	CLAIM(stdout_size <= OUTPUT);
}

int vmcsgen(const char *verb, ...)
{
	char *arguments[32] = { "vmcsgen", (char *)verb };
	int count = 2, status;
	clock_t begin = clock();
	va_list more;

	va_start(more, verb);
	while ((arguments[count] = va_arg(more, char *)))
		count++;
	va_end(more);
	CLAIM(!ftruncate(STDOUT_FILENO, 0) && !lseek(STDOUT_FILENO, 0, SEEK_SET));
	rewind(stderr);
	optind = 0;
	CLAIM(!chdir("work"));
	status = program_main(count, arguments);
	CLAIM(!chdir(home));
	fflush(stdout);
	free(stdout_bytes);
	stdout_size = lseek(STDOUT_FILENO, 0, SEEK_END);
	stdout_bytes = calloc(stdout_size + 1, 1);
	CLAIM(pread(STDOUT_FILENO, stdout_bytes, stdout_size, 0) == (ssize_t)stdout_size);
	claim_bounded(status, (double)(clock() - begin) / CLOCKS_PER_SEC);
	return status;
}

static void hash_bytes(const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * 1099511628211ULL;
}

/* Each file's number is added, so that the order in which they are found is none. */
static int hash_entry(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	uint64_t sum = hash;
	size_t size;
	char *bytes = kind == FTW_F ? get_file(path, &size) : NULL;

	(void)status;
	(void)walk;
	if (bytes) {
		hash = 14695981039346656037ULL;
		hash_bytes(strchr(path + 5, '/'), strlen(strchr(path + 5, '/')));
		hash_bytes(bytes, size);
		hash += sum;
		tree_size += size;
	}
	free(bytes);
	return 0;
}

uint64_t tree_hash(const char *folder)
{
	hash = tree_size = 0;
	nftw(folder, hash_entry, 16, FTW_PHYS);
	CLAIM(tree_size <= OUTPUT);
	return hash;
}
