// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "output.h"

/* Of a temporary file's name, as mkstemp() wants it. */
static const char ENDING[] = ".XXXXXX";

/* Both names are made early: once files are written nothing may run out of memory. */
struct output {
	struct output *next;
	struct text content;
	bool irregular;			/* a folder or a device is there */
	bool written;			/* the temporary file is there */
	char *temporary;
	char path[];
};

void outputs_init(struct outputs *outputs, struct messages *messages)
{
	*outputs = (struct outputs){ .messages = messages };
	outputs->end = &outputs->files;
}

/* Whether the file, which is as long, holds @content; one that can't be read does not. */
static bool holds(const char *path, const struct text *content)
{
	char buffer[65536];
	size_t at = 0;
	ssize_t got;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

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

/* Make the folders above @path, which is left as it was. */
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
	size_t at = 0;
	ssize_t put;

	while (at < content->len) {
		put = write(fd, content->bytes + at, content->len - at);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		at += put;
	}
	return true;
}

/* Make the temporary file, and the folders above it only if they lack. */
static int make_temporary(struct output *output)
{
	int fd = mkstemp(output->temporary);

	if (fd >= 0 || errno != ENOENT || !make_folders(output->path))
		return fd;
	memcpy(output->temporary + strlen(output->path), ENDING, sizeof(ENDING));
	return mkstemp(output->temporary);
}

/* Write the temporary file.  False: errno says why, and there is none. */
static bool write_temporary(struct output *output, mode_t mode)
{
	int fd = make_temporary(output), error = 0;

	if (fd < 0)
		return false;
	if (!write_all(fd, &output->content) || fchmod(fd, mode))
		error = errno;
	if (close(fd) && !error)
		error = errno;
	output->written = !error;
	if (error)
		unlink(output->temporary);
	errno = error;
	return !error;
}

void outputs_add(struct outputs *outputs, const char *path, const struct text *content)
{
	size_t len = strlen(path);
	struct output *output;
	struct stat status;
	bool there = !stat(path, &status);

	if (there && S_ISREG(status.st_mode) && (size_t)status.st_size == content->len &&
	    holds(path, content))
		return;
	output = xmalloc(sizeof(*output) + 2 * (len + 1) + sizeof(ENDING));
	*output = (struct output){ .irregular = there && !S_ISREG(status.st_mode) };
	text_add(&output->content, content->bytes, content->len);
	memcpy(output->path, path, len + 1);
	output->temporary = output->path + len + 1;
	memcpy(output->temporary, path, len);
	memcpy(output->temporary + len, ENDING, sizeof(ENDING));
	*outputs->end = output;
	outputs->end = &output->next;
}

/* The mode that open() would have given: mkstemp() makes private files. */
static mode_t usual_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

static bool prepare(struct outputs *outputs, struct output *output, mode_t mode)
{
	/* A device or a folder is not to be replaced by a file. */
	if (output->irregular) {
		report_failure(outputs->messages, EINVAL, "%s is no regular file", output->path);
		return false;
	}
	if (!write_temporary(output, mode)) {
		report_failure(outputs->messages, errno, "cannot write %s", output->path);
		return false;
	}
	return true;
}

static bool replace(struct outputs *outputs, struct output *output)
{
	if (!output->written)
		return true;
	if (rename(output->temporary, output->path)) {
		report_failure(outputs->messages, errno, "cannot replace %s", output->path);
		return false;
	}
	output->written = false;
	return true;
}

bool outputs_write(struct outputs *outputs)
{
	mode_t mode = usual_mode();
	bool ok = true;

	for (struct output *output = outputs->files; ok && output; output = output->next)
		ok = prepare(outputs, output, mode);
	for (struct output *output = outputs->files; ok && output; output = output->next)
		ok = replace(outputs, output);
	for (struct output *output = outputs->files; output; output = output->next)
		if (output->written)
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
	outputs_init(outputs, outputs->messages);
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
