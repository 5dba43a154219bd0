// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * pahole prints a struct as C, each member with its place behind it:
 *
 *	u64        guest_rip;			   offset   bytes
 *	struct vmcs_hdr {
 *		u32    shadow_vmcs:1;		   offset: bit  bytes
 *	} hdr;					   offset   bytes
 *
 * in a comment each.  A struct within it ends without a place if it is only a type,
 * which pahole prints again for files that clang has made.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pahole.h"
#include "process.h"

enum { NESTED_MAX = 32 };

#define SIZE "/* size: "

/* One line: a declaration without its comments, and its place. */
struct line {
	char *text;			/* trimmed */
	bool has_place;
	uint64_t bit, bytes;
};

struct reading {
	struct compiled *compiled;
	struct names *names;
	size_t open[NESTED_MAX];	/* number of parts when each struct began */
	unsigned int depth;
	bool done;
};

void compiled_add(struct compiled *compiled, const struct part *part)
{
	compiled->parts = grow(compiled->parts, &compiled->room, compiled->count + 1,
			       sizeof(*part));
	compiled->parts[compiled->count++] = *part;
}

void compiled_free(struct compiled *compiled)
{
	free(compiled->parts);
	*compiled = (struct compiled){ 0 };
}

/* The numbers of a comment, `offset bytes` or `offset: bit bytes`; false if it has others. */
static bool read_place(struct line *line, const char *comment)
{
	char *end;
	uint64_t offset = strtoull(comment, &end, 10), bit = 0;

	if (end == comment)
		return false;
	if (*end == ':')
		bit = strtoull(end + 1, &end, 10);
	if (*end != ' ')
		return false;
	line->bytes = strtoull(end, &end, 10);
	line->bit = offset * 8 + bit;
	return !strcmp(end, " ");
}

/* Take the comments out of @text; the last one that has the form of a place is it. */
static struct line read_line(char *text)
{
	struct line line = { .text = text };
	char *from, *end, *last;

	while ((from = strstr(text, "/*")) && (end = strstr(from, "*/"))) {
		*end = '\0';
		line.has_place = read_place(&line, from + 2);
		memmove(from, end + 2, strlen(end + 2) + 1);
	}
	while (isspace((unsigned char)*line.text))
		line.text++;
	last = line.text + strlen(line.text);
	while (last > line.text && isspace((unsigned char)last[-1]))
		*--last = '\0';
	return line;
}

/* Cut the lengths of arrays off a declaration; returns how many elements they make. */
static uint64_t cut_arrays(char *text)
{
	uint64_t count = 1;
	char *open = strchr(text, '['), *at = open;

	for (; at; at = strchr(at + 1, '['))
		count *= strtoull(at + 1, NULL, 10);
	if (open)
		*open = '\0';
	return count;
}

/* The last name in a declaration, or NULL. */
static const char *last_name(struct names *names, const char *text)
{
	const char *end = text + strlen(text), *start;

	while (end > text && isspace((unsigned char)end[-1]))
		end--;
	start = end;
	while (start > text && (isalnum((unsigned char)start[-1]) || start[-1] == '_'))
		start--;
	return start < end ? names_intern(names, start, end - start) : NULL;
}

/* A member, `TYPE NAME[COUNT];` or `TYPE NAME:BITS;`, or what stands behind a '}'. */
static void add_member(struct reading *reading, const struct line *line, char *text)
{
	char *colon = strchr(text, ':');
	struct part part = { .bit = line->bit, .is_bits = colon };

	text[strcspn(text, ";")] = '\0';
	part.count = cut_arrays(text);
	part.bits = part.count ? line->bytes * 8 / part.count : 0;
	if (colon) {
		part.bits = strtoull(colon + 1, NULL, 10);
		*colon = '\0';
	}
	part.name = last_name(reading->names, text);
	if (part.name)
		compiled_add(reading->compiled, &part);
}

/* The end of a struct within the struct: of its parts the bit fields stay, named after it. */
static void close_struct(struct reading *reading, const struct line *line)
{
	struct compiled *compiled = reading->compiled;
	size_t first = reading->open[--reading->depth], count = compiled->count, kept;
	struct arena *arena = reading->names->arena;
	struct part whole;

	if (!line->has_place) {
		compiled->count = first;
		return;
	}
	add_member(reading, line, line->text + 1);
	if (compiled->count == count)
		return;			/* it has no name: its members are the outer one's */
	whole = compiled->parts[count];
	kept = first;
	for (size_t i = first; i < count; i++) {
		struct part part = compiled->parts[i];

		if (!part.is_bits)
			continue;
		part.name = name_of(reading->names,
				    arena_printf(arena, "%s.%s", whole.name, part.name));
		compiled->parts[kept++] = part;
	}
	compiled->parts[kept++] = whole;
	compiled->count = kept;
}

/* False if structs are nested too deep to be followed. */
static bool take_line(struct reading *reading, char *text)
{
	const char *size = strstr(text, SIZE);
	struct line line = read_line(text);
	size_t len = strlen(line.text);

	if (len && line.text[len - 1] == '{') {
		if (reading->depth == NESTED_MAX)
			return false;
		reading->open[reading->depth++] = reading->compiled->count;
	} else if (size && reading->depth == 1) {
		reading->compiled->size = strtoull(size + strlen(SIZE), NULL, 10);
	} else if (line.text[0] == '}' && reading->depth == 1) {
		reading->depth--;
		reading->done = true;
	} else if (line.text[0] == '}' && reading->depth) {
		close_struct(reading, &line);
	} else if (line.has_place && reading->depth) {
		add_member(reading, &line, line.text);
	}
	return true;
}

/* The first struct of those printed; files of several compilers may have more. */
static bool read_struct(struct compiled *compiled, struct names *names, char *text)
{
	struct reading reading = { .compiled = compiled, .names = names };

	for (char *line = text, *next; line && !reading.done; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (!take_line(&reading, line))
			return false;
	}
	return reading.done;
}

/* The last line of what pahole has complained of, which says most. */
static const char *last_line(struct text *errors)
{
	char *line;

	while (errors->len && isspace((unsigned char)errors->bytes[errors->len - 1]))
		errors->len--;
	if (!errors->len)
		return "it does not say why";
	text_add(errors, "", 1);
	line = strrchr(errors->bytes, '\n');
	return line ? line + 1 : errors->bytes;
}

static bool read_output(struct compiled *compiled, struct names *names, struct messages *messages,
			const char *path, const char *name, int status, struct text *output,
			struct text *errors)
{
	struct place nowhere = { 0 };

	if (status == -1) {
		report_failure(messages, errno, "cannot run pahole");
		return false;
	}
	text_add(output, "", 1);
	if (WIFEXITED(status) && output->len > 1 && read_struct(compiled, names, output->bytes))
		return true;
	if (WIFSIGNALED(status))
		report_error(messages, nowhere, "pahole was ended by signal %d", WTERMSIG(status));
	else if (output->len > 1)
		report_error(messages, nowhere, "what pahole prints of '%s' is not understood",
			     path);
	else
		report_error(messages, nowhere, "pahole finds no 'struct %s' in '%s': %s", name,
			     path, last_line(errors));
	if (WIFSIGNALED(status) || output->len > 1)
		messages->status = EXIT_FAILED_IO;
	return false;
}

bool pahole_read(struct compiled *compiled, struct names *names, struct messages *messages,
		 const char *path, const char *base, const char *name)
{
	const char *with_base[] = { "pahole", "--btf_base", base, "-E", "-C", name, "--", path,
				    NULL };
	const char *alone[] = { "pahole", "-E", "-C", name, "--", path, NULL };
	struct text output = { 0 }, errors = { 0 };
	bool fine;

	*compiled = (struct compiled){ 0 };
	if (access(path, R_OK)) {
		report_error(messages, (struct place){ 0 }, "cannot open '%s': %s", path,
			     strerror(errno));
		return false;
	}
	fine = read_output(compiled, names, messages, path, name,
			   process_run(base ? with_base : alone, &output, &errors),
			   &output, &errors);
	text_free(&output);
	text_free(&errors);
	return fine;
}
