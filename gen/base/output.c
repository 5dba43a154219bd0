// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/output.h"

/* Of a temporary file's name, as mkstemp() wants it. */
static const char ENDING[] = ".XXXXXX";

/* Both names are made early: memory must not run out once files are written. */
struct output {
	struct output *next;
	struct text content;
	bool has_temporary;		/* the temporary file is there */
	char *temporary;
	char path[];
};

void outputs_init(struct outputs *outputs, struct messages *messages, struct names *names)
{
	*outputs = (struct outputs){ .messages = messages, .names = names, .folders = true };
	outputs->end = &outputs->files;
}

/* Whether a file holds @content; false if the file can't be read. */
static bool is_up_to_date(const char *path, const struct text *content)
{
	char buffer[65536];
	struct stat status;
	size_t at = 0;
	ssize_t got;
	int fd;

	if (stat(path, &status) || !S_ISREG(status.st_mode) ||
	    status.st_size != (off_t)content->len)
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	while (at < content->len && (got = read(fd, buffer, sizeof(buffer))) > 0) {
		if ((size_t)got > content->len - at || memcmp(buffer, content->bytes + at, got))
			break;
		at += got;
	}
	close(fd);
	return at == content->len;
}

/* Make the folders above @path.  @path is the same afterwards. */
static bool make_folders(char *path)
{
	bool made = true;

	for (char *slash = strchr(path + 1, '/'); slash && made; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		made = !mkdir(path, 0777) || errno == EEXIST;
		*slash = '/';
	}
	return made;
}

static bool write_all(int fd, const struct text *content)
{
	ssize_t put;

	for (size_t at = 0; at < content->len; at += put) {
		put = write(fd, content->bytes + at, content->len - at);
		if (put < 0)
			return false;
	}
	return true;
}

/* Make the temporary file and, if they are wanted, the missing @folders above it. */
static int make_temporary(struct output *output, bool folders)
{
	int fd = mkstemp(output->temporary);

	if (fd >= 0 || errno != ENOENT || !folders || !make_folders(output->path))
		return fd;
	memcpy(output->temporary + strlen(output->path), ENDING, sizeof(ENDING));
	return mkstemp(output->temporary);
}

/* Write the temporary file.  False with errno set: then there is none. */
static bool write_temporary(struct output *output, bool folders, mode_t mode)
{
	int fd = make_temporary(output, folders), error = 0;

	if (fd < 0)
		return false;
	if (!write_all(fd, &output->content) || fchmod(fd, mode))
		error = errno;
	if (close(fd) && !error)
		error = errno;
	if (error)
		unlink(output->temporary);
	errno = error;
	return output->has_temporary = !error;
}

static struct output *output_new(const char *path, const struct text *content)
{
	size_t len = strlen(path);
	struct output *output = xcalloc(1, sizeof(*output) + 2 * (len + 1) + sizeof(ENDING));

	memcpy(output->path, path, len);
	output->temporary = output->path + len + 1;
	memcpy(output->temporary, path, len);
	memcpy(output->temporary + len, ENDING, sizeof(ENDING));
	text_add(&output->content, content->bytes, content->len);
	return output;
}

/*
 * One spelling for each entry of a folder: the real path as far as it exists, then the rest.  If
 * the entry itself is a link, the file replaces the link.
 */
static const char *entry_path(struct names *names, const char *path)
{
	char *folder = arena_copy(names->arena, path, strlen(path)), *slash, *real;
	char room[PATH_MAX];
	const char *rest;

	do {
		slash = strrchr(folder, '/');
		*(slash ? slash : folder) = '\0';
		real = realpath(*folder ? folder : *path == '/' ? "/" : ".", room);
	} while (!real && *folder);
	rest = path + strlen(folder);
	return name_of(names, arena_printf(names->arena, "%s/%s", real ? real : "",
					   rest + (*rest == '/')));
}

bool outputs_have(const struct outputs *outputs, const char *path)
{
	struct stat there, written;

	if (table_name(&outputs->paths, entry_path(outputs->names, path)))
		return true;
	if (stat(path, &there))
		return false;
	/* A link may be another name of an output file. */
	for (const struct output *output = outputs->files; output; output = output->next)
		if (!stat(output->path, &written) && written.st_dev == there.st_dev &&
		    written.st_ino == there.st_ino)
			return true;
	return false;
}

void outputs_add(struct outputs *outputs, const char *path, const struct text *content)
{
	if (table_add_name(&outputs->paths, entry_path(outputs->names, path), outputs)) {
		report_error(outputs->messages, (struct srcpos){ 0 },
			     "two files would be written as '%s'", path);
		return;
	}
	if (is_up_to_date(path, content))
		return;
	*outputs->end = output_new(path, content);
	outputs->end = &(*outputs->end)->next;
}

/* Set the mode that open() would have given: mkstemp() makes private files. */
static mode_t usual_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

/* Write the temporary file, unless its place is taken by a device or a folder. */
static bool prepare(const struct outputs *outputs, struct output *output, mode_t mode)
{
	struct messages *messages = outputs->messages;
	struct stat status;

	if (!stat(output->path, &status) && !S_ISREG(status.st_mode))
		report_failure(messages, EINVAL, "%s is not a regular file", output->path);
	else if (!write_temporary(output, outputs->folders, mode))
		report_failure(messages, errno, "cannot write %s", output->path);
	return output->has_temporary;
}

static bool replace(struct messages *messages, struct output *output)
{
	output->has_temporary = rename(output->temporary, output->path);
	if (output->has_temporary)
		report_failure(messages, errno, "cannot replace %s", output->path);
	return !output->has_temporary;
}

bool outputs_write(struct outputs *outputs)
{
	mode_t mode = usual_mode();
	bool ok = true;

	for (struct output *output = outputs->files; ok && output; output = output->next)
		ok = prepare(outputs, output, mode);
	for (struct output *output = outputs->files; ok && output; output = output->next)
		ok = replace(outputs->messages, output);
	for (struct output *output = outputs->files; output; output = output->next)
		if (output->has_temporary)
			unlink(output->temporary);
	return ok;
}

void outputs_free(struct outputs *outputs)
{
	struct output *output = outputs->files;

	while (output) {
		struct output *next = output->next;

		text_free(&output->content);
		free(output);
		output = next;
	}
	table_free(&outputs->paths);
	outputs_init(outputs, outputs->messages, outputs->names);
}

bool output_print(struct messages *messages, const struct text *content)
{
	if (content->len)
		fwrite(content->bytes, 1, content->len, stdout);
	if (!fflush(stdout) && !ferror(stdout))
		return true;
	report_failure(messages, errno, "cannot write to standard output");
	return false;
}
