// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/output.h"

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

void outputs_init(struct outputs *outputs, struct messages *messages, struct names *names)
{
	*outputs = (struct outputs){ .messages = messages, .names = names };
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

static bool write_all(int fd, const char *bytes, size_t len)
{
	size_t at = 0;
	ssize_t put;

	while (at < len) {
		put = write(fd, bytes + at, len - at);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		at += put;
	}
	return true;
}

/* Make the temporary file and, if they are @wanted, the folders above it that lack. */
static int make_temporary(struct output *output, bool wanted)
{
	int fd = mkstemp(output->temporary);

	if (fd >= 0 || errno != ENOENT || !wanted || !make_folders(output->path))
		return fd;
	memcpy(output->temporary + strlen(output->path), ENDING, sizeof(ENDING));
	return mkstemp(output->temporary);
}

/* Close the temporary file, of which @written says whether it is whole.  False: errno says why. */
static bool close_temporary(struct output *output, int fd, bool written, mode_t mode)
{
	int error = 0;

	if (!written || fchmod(fd, mode))
		error = errno;
	if (close(fd) && !error)
		error = errno;
	output->written = !error;
	if (error)
		unlink(output->temporary);
	errno = error;
	return !error;
}

/* Write the temporary file.  False: errno says why, and there is none. */
static bool write_temporary(struct output *output, mode_t mode)
{
	int fd = make_temporary(output, true);

	return fd >= 0 && close_temporary(output, fd, write_all(fd, output->content.bytes,
								output->content.len), mode);
}

static struct output *output_new(const char *path, const struct stat *status)
{
	size_t len = strlen(path);
	struct output *output = xmalloc(sizeof(*output) + 2 * (len + 1) + sizeof(ENDING));

	*output = (struct output){ .irregular = status && !S_ISREG(status->st_mode) };
	memcpy(output->path, path, len + 1);
	output->temporary = output->path + len + 1;
	memcpy(output->temporary, path, len);
	memcpy(output->temporary + len, ENDING, sizeof(ENDING));
	return output;
}

void outputs_add(struct outputs *outputs, const char *path, const struct text *content)
{
	struct output *output;
	struct stat status;
	bool there = !stat(path, &status);

	if (table_add_name(&outputs->paths, name_of(outputs->names, path), outputs)) {
		report_error(outputs->messages, (struct srcpos){ 0 },
			     "two files would be written as '%s'", path);
		return;
	}
	if (there && S_ISREG(status.st_mode) && (size_t)status.st_size == content->len &&
	    holds(path, content))
		return;
	output = output_new(path, there ? &status : NULL);
	text_add(&output->content, content->bytes, content->len);
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

static bool cannot_write(struct messages *messages, const struct output *output)
{
	report_failure(messages, errno, "cannot write %s", output->path);
	return false;
}

/* A device or a folder is not to be replaced by a file. */
static bool is_replaceable(struct messages *messages, const struct output *output)
{
	if (output->irregular)
		report_failure(messages, EINVAL, "%s is no regular file", output->path);
	return !output->irregular;
}

static bool prepare(struct messages *messages, struct output *output, mode_t mode)
{
	if (!is_replaceable(messages, output))
		return false;
	return write_temporary(output, mode) || cannot_write(messages, output);
}

static bool replace(struct messages *messages, struct output *output)
{
	if (!output->written)
		return true;
	if (rename(output->temporary, output->path)) {
		report_failure(messages, errno, "cannot replace %s", output->path);
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
		ok = prepare(outputs->messages, output, mode);
	for (struct output *output = outputs->files; ok && output; output = output->next)
		ok = replace(outputs->messages, output);
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
	table_free(&outputs->paths);
	outputs_init(outputs, outputs->messages, outputs->names);
}

static const char NO_STDOUT[] = "cannot write to standard output";

bool output_print(struct messages *messages, const struct text *content)
{
	if (content->len)
		fwrite(content->bytes, 1, content->len, stdout);
	if (!fflush(stdout) && !ferror(stdout))
		return true;
	report_failure(messages, errno, NO_STDOUT);
	return false;
}

/* The temporary file of a stream, while the program may end before that is closed. */
static const char *volatile unfinished;

static void remove_unfinished(void)
{
	if (unfinished)
		unlink(unfinished);
}

static void end_by_signal(int signal)
{
	remove_unfinished();
	raise(signal);
}

/* Without memory the program ends at once, and a long stream may be interrupted. */
static void remove_at_end(const char *temporary)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGTERM };
	struct sigaction action = { .sa_handler = end_by_signal, .sa_flags = SA_RESETHAND }, old;

	unfinished = temporary;
	atexit(remove_unfinished);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (!sigaction(signals[i], NULL, &old) && old.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
}

bool stream_open(struct stream *stream, struct messages *messages, const char *path)
{
	struct stat status;

	*stream = (struct stream){ .messages = messages, .fd = STDOUT_FILENO };
	if (!path)
		return true;
	stream->file = output_new(path, stat(path, &status) ? NULL : &status);
	stream->fd = -1;
	if (!is_replaceable(messages, stream->file))
		return false;
	stream->fd = make_temporary(stream->file, false);
	if (stream->fd < 0)
		return cannot_write(messages, stream->file);
	remove_at_end(stream->file->temporary);
	return true;
}

bool stream_write(struct stream *stream, const void *bytes, size_t len)
{
	if (write_all(stream->fd, bytes, len))
		return true;
	if (stream->file)
		return cannot_write(stream->messages, stream->file);
	report_failure(stream->messages, errno, NO_STDOUT);
	return false;
}

void stream_close(struct stream *stream)
{
	struct messages *messages = stream->messages;
	struct output *file = stream->file;

	if (file && stream->fd >= 0) {
		if (!close_temporary(file, stream->fd, true, usual_mode()))
			cannot_write(messages, file);
		else if (messages->status != EXIT_FINE || !replace(messages, file))
			unlink(file->temporary);
	}
	unfinished = NULL;
	free(file);
}
