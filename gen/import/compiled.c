// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * C -> an object (the compiler) -> BTF (pahole, unless the object has it) -> a struct.
 * Intermediate files are in a temporary folder.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "import/btf.h"
#include "import/elf_symbol.h"
#include "import/find.h"
#include "import/process.h"
#include "import/strings.h"

const char kernel_prelude[] =
	"typedef unsigned char u8, __u8;\n"
	"typedef unsigned short u16, __u16, __le16, __be16;\n"
	"typedef unsigned int u32, __u32, __le32, __be32;\n"
	"typedef unsigned long long u64, __u64, __le64, __be64;\n"
	"typedef signed char s8, __s8;\n"
	"typedef short s16, __s16;\n"
	"typedef int s32, __s32;\n"
	"typedef long long s64, __s64;\n"
	"typedef _Bool bool;\n"
	"#define __packed __attribute__((__packed__))\n"
	"#define __aligned(bytes) __attribute__((__aligned__(bytes)))\n"
	"#define BIT(nr) (1UL << (nr))\n"
	"#define BIT_ULL(nr) (1ULL << (nr))\n"
	"#define GENMASK(high, low) (~0UL << (low) & ~0UL >> (63 - (high)))\n"
	"#define GENMASK_ULL(high, low) (~0ULL << (low) & ~0ULL >> (63 - (high)))\n";

const char tlfs_prelude[] =
	"typedef unsigned char UINT8;\n"
	"typedef unsigned short UINT16;\n"
	"typedef unsigned int UINT32;\n"
	"typedef unsigned long long UINT64;\n"
	"typedef signed char INT8;\n"
	"typedef short INT16;\n"
	"typedef int INT32;\n"
	"typedef long long INT64;\n"
	"typedef UINT8 BOOLEAN;\n"
	"typedef UINT32 HV_VP_INDEX;\n"
	"typedef UINT64 HV_GPA, HV_SPA, HV_GVA, HV_PARTITION_ID;\n";

/* Ten errors of a compiler are enough, and a header that takes a minute is broken. */
enum { ERRORS_MAX = 10 };
#define COMPILE_SECONDS "60"
enum { STATUS_TIMEOUT = 124 };		/* of timeout(1) */

/* The intermediate results from a file to its struct. */
struct build {
	struct compiled_file *file;
	struct arena *arena;
	struct names *names;
	struct messages *messages;
	const char *folder;
	const char *source, *prelude, *object, *btf; /* paths in it */
	const char *program;		/* that is run, as the user may call it */
	struct table said;		/* what the compiler has complained of */
};

/* How a file begins. */
struct beginning {
	unsigned char bytes[20];
	size_t len;
};

/*
 * A program and its arguments
 */

static void add_words(struct strings *command, const char *const *words)
{
	for (; words && *words; words++)
		strings_add(command, *words);
}

/* The words of a text, separated by blanks. */
static void split_words(struct strings *command, char *text)
{
	for (char *word = strtok(text, " \t"); word; word = strtok(NULL, " \t"))
		strings_add(command, word);
}

/* The first word is env, whose status tells that a program can't be run, or is missing. */
enum { STATUS_NOT_RUN = 126, STATUS_NOT_THERE };

/*
 * Run it; messages call it @called, and its words are freed.  Returns its exit status, or -1 after
 * a message: it can't be run, or a signal ended it.
 */
static int run_command(struct build *build, struct strings *command, const char *called,
		       struct text *errors)
{
	struct messages *messages = build->messages;
	struct text output = { 0 };
	int status, error;

	strings_add(command, NULL);
	status = process_run(command->items, &output, errors);
	error = errno;
	text_free(&output);
	free(command->items);
	text_add(errors, "", 1);
	if (status != -1 && WIFSIGNALED(status)) {
		report_io(messages, (struct srcpos){ 0 }, "%s was ended by signal %d", called,
			  WTERMSIG(status));
		return -1;
	}
	if (status != -1) {
		status = WEXITSTATUS(status);
		if (status != STATUS_NOT_RUN && status != STATUS_NOT_THERE)
			return status;
		error = status == STATUS_NOT_RUN ? EACCES : ENOENT;
	}
	report_failure(messages, error, "cannot run '%s'", build->program);
	return -1;
}

/* Programs must speak English to us, whatever the user's locale is. */
static struct strings new_command(void)
{
	struct strings command = { 0 };

	strings_add(&command, "env");
	strings_add(&command, "LC_ALL=C");
	return command;
}

/* The last line of a program's complaint, which says most. */
static const char *last_line(struct text *errors)
{
	size_t len = strlen(errors->bytes);
	char *line;

	while (len && isspace((unsigned char)errors->bytes[len - 1]))
		errors->bytes[--len] = '\0';
	line = strrchr(errors->bytes, '\n');
	if (line)
		return line + 1;
	return len ? errors->bytes : "it does not say why";
}

/*
 * The compiler
 */

/* A place in the source by line and byte, both from 1; where it is not there, nowhere. */
static struct srcpos pos_at(struct source *source, size_t line, size_t column)
{
	struct srcpos pos = source_line(source, line);

	if (!pos.source)
		return pos;
	pos.start += column - 1 < pos.len ? column - 1 : pos.len;
	pos.len = 1;
	while (isalnum((unsigned char)source->bytes[pos.start + pos.len - 1]) &&
	       (isalnum((unsigned char)source->bytes[pos.start + pos.len]) ||
		source->bytes[pos.start + pos.len] == '_'))
		pos.len++;
	return pos;
}

/*
 * Report a line of the compiler's, `FILE:LINE:COLUMN: error: TEXT`, as one of ours.  False
 * if it is none.
 */
static bool take_error(struct build *build, char *line)
{
	struct source *source = build->file->source;
	size_t len = strlen(source->path);
	char *text = strstr(line, "error: ");
	unsigned long row, column;
	char *end;

	/* Lines of the source that it quotes are indented. */
	if (!text || isspace((unsigned char)*line))
		return false;
	text += strlen("error: ");
	/* A type that is not known, not known again. */
	if (table_add_name(&build->said, name_of(build->names, text), build))
		return true;
	if (strncmp(line, source->path, len) || line[len] != ':') {
		report_error(build->messages, (struct srcpos){ 0 }, "%s", line);
		return true;
	}
	row = strtoul(line + len + 1, &end, 10);
	column = *end == ':' ? strtoul(end + 1, NULL, 10) : 0;
	report_error(build->messages, row && column ? pos_at(source, row, column) :
		     (struct srcpos){ 0 }, "%s", text);
	return true;
}

/* Pass the compiler's messages on. */
static void report_compiler(struct build *build, struct text *errors, int status)
{
	struct srcpos nowhere = { 0 };
	bool said = false, unknown = false;
	char *next;

	if (status == STATUS_TIMEOUT) {
		report_error(build->messages, nowhere,
			     "the compiler was stopped after " COMPILE_SECONDS " seconds of '%s'",
			     build->file->path);
		return;
	}
	for (char *line = errors->bytes; line && build->said.count < ERRORS_MAX; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		said |= take_error(build, line);
		unknown |= strstr(line, "unknown type name") != NULL;
	}
	if (unknown && !build->file->prelude)
		report_note(build->messages, nowhere,
			    "--kernel-types declares the kernel's, "
			    "what follows -- goes to the compiler");
	if (!said)
		report_error(build->messages, nowhere, "'%s' can't be compiled: %s",
			     build->file->path, last_line(errors));
}

static bool compile(struct build *build)
{
	const char *cc = getenv("CC");
	struct compiled_file *file = build->file;
	struct strings command = new_command();
	struct text errors = { 0 };
	size_t named;
	int status;

	add_words(&command, (const char *[]){ "timeout", "--foreground", COMPILE_SECONDS, NULL });
	named = command.count;
	split_words(&command, arena_printf(build->arena, "%s", cc && *cc ? cc : "cc"));
	build->program = command.count > named ? command.items[named] : "cc";
	/* All types, used or not; tabs are a column as other bytes are. */
	add_words(&command, (const char *[]){ "-g", "-fno-eliminate-unused-debug-types",
		  "-ftabstop=1", "-x", "c", NULL });
	if (file->prelude)
		add_words(&command, (const char *[]){ "-include", build->prelude, NULL });
	add_words(&command, file->flags);
	add_words(&command, (const char *[]){ "-c", "-o", build->object, build->source, NULL });
	status = run_command(build, &command, "the compiler", &errors);
	if (status > 0)
		report_compiler(build, &errors, status);
	text_free(&errors);
	return !status;
}

/*
 * Objects
 */

static bool read_beginning(struct build *build, const char *path, struct beginning *beginning)
{
	struct srcpos nowhere = { 0 };
	struct stat status;
	FILE *file;

	/* Several programs read it, so it can't be a pipe. */
	if (!stat(path, &status) && !S_ISREG(status.st_mode)) {
		report_error(build->messages, nowhere, "'%s' is not a regular file", path);
		return false;
	}
	file = fopen(path, "rb");
	if (!file) {
		report_error(build->messages, nowhere, "cannot open '%s': %s", path,
			     strerror(errno));
		return false;
	}
	beginning->len = fread(beginning->bytes, 1, sizeof(beginning->bytes), file);
	if (ferror(file))
		report_failure(build->messages, errno, "cannot read '%s'", path);
	return !fclose(file) && build->messages->status == EXIT_FINE;
}

static bool begins_with(const struct beginning *beginning, const char *bytes, size_t len)
{
	return beginning->len >= len && !memcmp(beginning->bytes, bytes, len);
}

static bool is_elf(const struct beginning *beginning)
{
	return begins_with(beginning, "\177ELF", 4);
}

static bool is_raw_btf(const struct beginning *beginning)
{
	return begins_with(beginning, "\237\353", 2) || begins_with(beginning, "\353\237", 2);
}

/* Report a compiled file that must be unpacked first. */
static bool refuse_wrapped(struct build *build, const struct beginning *beginning)
{
	static const struct {
		const char *bytes, *what;
		size_t len;
	} wrapped[] = {
		{ "\037\213", "compressed by gzip", 2 },
		{ "\3757zXZ", "compressed by xz", 5 },
		{ "\050\265\057\375", "compressed by zstd", 4 },
		{ "!<arch>\n", "an archive", 8 },
	};

	for (size_t i = 0; i < sizeof(wrapped) / sizeof(*wrapped); i++) {
		if (!begins_with(beginning, wrapped[i].bytes, wrapped[i].len))
			continue;
		report_error(build->messages, (struct srcpos){ 0 }, "'%s' is %s: unpack it first",
			     build->file->path, wrapped[i].what);
		return true;
	}
	return false;
}

/* Say why there is no BTF of @object. */
static void report_pahole(struct build *build, const char *object, const char *name,
			  struct text *errors)
{
	struct srcpos nowhere = { 0 };

	if (!strstr(errors->bytes, "failed to find '.BTF'"))
		report_error(build->messages, nowhere, "pahole makes no BTF of '%s': %s",
			     build->file->path, last_line(errors));
	else if (object == build->object)
		/* The compiler was asked for types, but there are none. */
		report_error(build->messages, nowhere, "'%s' has no struct %s", build->file->path,
			     name);
	else
		report_error(build->messages, nowhere,
			     "'%s' has no debug information: compile it with -g",
			     build->file->path);
}

/* Make BTF of the debug information in @object, for the struct @name. */
static bool encode_btf(struct build *build, const char *object, const char *name)
{
	struct strings command = new_command();
	struct text errors = { 0 };
	int status;

	add_words(&command, (const char *[]){ "pahole",
		  arena_printf(build->arena, "--btf_encode_detached=%s", build->btf), "-J",
		  "--", object, NULL });
	build->program = "pahole";
	status = run_command(build, &command, build->program, &errors);
	/* It may exit with 0 and have made none. */
	if (!status && access(build->btf, F_OK))
		status = 1;
	if (status > 0)
		report_pahole(build, object, name, &errors);
	text_free(&errors);
	return !status;
}

static const struct compiled *read_btf(struct build *build, const char *object,
				       const char *name)
{
	struct compiled_file *file = build->file;
	const char *path = file->path;
	const struct compiled *compiled = NULL;
	struct beginning beginning;
	unsigned int pointer = 8;
	enum btf_result result;

	if (!read_beginning(build, object, &beginning))
		return NULL;
	if (is_elf(&beginning) && beginning.bytes[5] != 1) {
		report_error(build->messages, (struct srcpos){ 0 },
			     "'%s' is big-endian, which no processor with a VMCS is", path);
		return NULL;
	}
	if (is_elf(&beginning))
		pointer = beginning.bytes[4] == 1 ? 4 : 8;
	if (file->table) {
		file->table_bytes = elf_symbol(build->arena, build->messages, path, object,
					       file->table, &file->table_len);
		if (!file->table_bytes)
			return NULL;
	}
	result = btf_read(&compiled, build->arena, build->names, build->messages, path, object,
			  file->btf_base, pointer, name);
	/* BTF that pahole makes of DWARF is complete and refers to no other file. */
	if (result == BTF_ABSENT && encode_btf(build, object, name))
		result = btf_read(&compiled, build->arena, build->names, build->messages, path,
				  build->btf, NULL, pointer, name);
	return result == BTF_FOUND ? compiled : NULL;
}

/*
 * The way
 */

static bool write_text(struct build *build, const char *path, const char *text)
{
	FILE *file = fopen(path, "w");
	bool fine = file && fputs(text, file) >= 0;

	fine = file && !fclose(file) && fine;
	if (!fine)
		report_failure(build->messages, errno, "cannot write '%s'", path);
	return fine;
}

/* A line that makes the compiler call the following text @path. */
static const char *line_directive(struct arena *arena, const char *path)
{
	char *line = arena_alloc(arena, strlen("#line 1 \"\"\n") + 2 * strlen(path) + 1);
	char *end = line + sprintf(line, "#line 1 \"");

	for (; *path; path++) {
		if (*path == '\\' || *path == '"')
			*end++ = '\\';
		*end++ = *path == '\n' ? ' ' : *path;
	}
	strcpy(end, "\"\n");
	return line;
}

/* Prepare the input: the file itself or, of a source, a copy under its name. */
static bool prepare_source(struct build *build)
{
	struct compiled_file *file = build->file;

	if (file->prelude && !write_text(build, build->prelude, file->prelude))
		return false;
	if (!file->source) {
		file->source = source_read(build->arena, build->messages, file->path,
					   (struct srcpos){ 0 });
		build->source = *file->path == '-' ?
			arena_printf(build->arena, "./%s", file->path) : file->path;
		return file->source;
	}
	return write_text(build, build->source,
			  arena_printf(build->arena, "%s%s",
				       line_directive(build->arena, file->source->path),
				       file->source->bytes));
}

static const struct compiled *build_struct(struct build *build, const char *name)
{
	struct beginning beginning;

	if (!build->file->source) {
		if (!read_beginning(build, build->file->path, &beginning) ||
		    refuse_wrapped(build, &beginning))
			return NULL;
		if (is_elf(&beginning) || is_raw_btf(&beginning))
			return read_btf(build, build->file->path, name);
	}
	if (!prepare_source(build) || !compile(build))
		return NULL;
	return read_btf(build, build->object, name);
}

/* Flags may make a compiler leave more than an object. */
static void remove_folder(struct build *build)
{
	DIR *folder = opendir(build->folder);
	struct dirent *entry;

	while (folder && (entry = readdir(folder)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			unlinkat(dirfd(folder), entry->d_name, 0);
	if (folder)
		closedir(folder);
	rmdir(build->folder);
}

const struct compiled *compiled_read(struct compiled_file *file, struct arena *arena,
				     struct names *names, struct messages *messages,
				     const char *name)
{
	const char *root = getenv("TMPDIR");
	char *folder = arena_printf(arena, "%s/vmcsgen.XXXXXX", root && *root ? root : "/tmp");
	struct build build = { .file = file, .arena = arena, .names = names,
			       .messages = messages, .folder = folder };
	const struct compiled *compiled;

	if (!btf_read) {
		report_error(messages, (struct srcpos){ 0 },
			     "struct %s of '%s' can't be read: vmcsgen was built without libbpf",
			     name, file->path);
		return NULL;
	}
	if (!mkdtemp(folder)) {
		report_failure(messages, errno, "cannot make a folder '%s'", folder);
		return NULL;
	}
	build.source = arena_printf(arena, "%s/source.c", folder);
	build.prelude = arena_printf(arena, "%s/prelude.h", folder);
	build.object = arena_printf(arena, "%s/object.o", folder);
	build.btf = arena_printf(arena, "%s/object.btf", folder);
	compiled = build_struct(&build, name);
	remove_folder(&build);
	table_free(&build.said);
	return compiled;
}

/*
 * Places
 */

/* Where a struct is declared: its name stands before a brace, or after one; or anywhere. */
static struct srcpos struct_pos(struct source *source, const char *name)
{
	struct srcpos first = source_find(source, 0, name), pos = first;

	while (pos.source) {
		const char *after = source->bytes + pos.start + pos.len;
		const char *before = source->bytes + pos.start;

		after += strspn(after, " \t\r\n");
		while (before > source->bytes && isspace((unsigned char)before[-1]))
			before--;
		if (*after == '{' || (before > source->bytes && before[-1] == '}'))
			return pos;
		pos = source_find(source, pos.start + pos.len, name);
	}
	return first;
}

struct srcpos compiled_pos(const struct compiled_file *file, const char *owner, const char *name)
{
	struct srcpos whole = { 0 }, pos;

	if (!file->source)
		return whole;
	whole = struct_pos(file->source, owner);
	if (!strcmp(owner, name))
		return whole;
	/* A typedef calls a struct by its name after the members. */
	pos = source_find(file->source, whole.start + whole.len, name);
	if (!pos.source)
		pos = source_find(file->source, 0, name);
	return pos.source ? pos : whole;
}
