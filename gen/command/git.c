// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <errno.h>
#include <string.h>
#include <sys/wait.h>

#include "base/message.h"
#include "command/git.h"
#include "import/process.h"

/* @path without "." and "..", as far as the text allows. */
static const char *git_path(struct arena *arena, const char *path)
{
	char *normal = arena_alloc(arena, strlen(path) + 1), *end = normal, *slash;

	if (*path == '/')
		*end++ = '/';
	while (*path) {
		size_t len = strcspn(path, "/");

		*end = '\0';
		slash = strrchr(normal, '/');
		if (len == 2 && !strncmp(path, "..", 2) && end > normal + (*normal == '/') &&
		    strcmp(slash ? slash + 1 : normal, "..")) {
			end = slash ? slash + (slash == normal) : normal;
		} else if (len && !(len == 1 && *path == '.')) {
			if (end > normal && end[-1] != '/')
				*end++ = '/';
			memcpy(end, path, len);
			end += len;
		}
		path += len + (path[len] == '/');
	}
	*end = '\0';
	return normal;
}

/* The file as git names it: relative to the folder in which git runs. */
static const char *object_name(struct arena *arena, const char *commit, const char *folder,
			       const char *path)
{
	size_t len = strlen(folder);

	if (!strncmp(path, folder, len) && path[len] == '/')
		return arena_printf(arena, "%s:./%s", commit, path + len + 1);
	return arena_printf(arena, "%s:%s%s", commit, *path == '/' ? "" : "./", path);
}

/* The first line of git's message. */
static const char *first_error_line(struct arena *arena, const struct text *errors)
{
	const char *newline = errors->len ? memchr(errors->bytes, '\n', errors->len) : NULL;

	if (!errors->len)
		return "it does not say why";
	return arena_copy(arena, errors->bytes,
			  newline ? (size_t)(newline - errors->bytes) : errors->len);
}

static struct source *git_read(struct arena *arena, struct messages *messages,
			       const char *commit, const char *folder, const char *path,
			       struct srcpos from)
{
	const char *arguments[] = { "git", "-C", *folder ? folder : ".", "cat-file", "blob",
				    object_name(arena, commit, folder, path), NULL };
	const char *name = arena_printf(arena, "%s:%s", commit, path);
	struct text output = { 0 }, errors = { 0 };
	int status = process_run(arguments, &output, &errors);
	struct source *source = NULL;

	if (status == -1) {
		report_failure(messages, errno, "cannot run git");
	} else if (WIFSIGNALED(status)) {
		report_io(messages, from, "git was ended by signal %d", WTERMSIG(status));
	} else if (status) {
		report_error(messages, from, "cannot read '%s': %s", name,
			     first_error_line(arena, &errors));
	} else {
		source = source_of(arena, messages, name, output.bytes, output.len, from);
	}
	text_free(&output);
	text_free(&errors);
	return source;
}

bool git_head_comes_from(const char *folder, const char *commit)
{
	const char *arguments[] = { "git", "-C", *folder ? folder : ".", "merge-base",
				    "--is-ancestor", "--end-of-options", commit, "HEAD", NULL };
	struct text output = { 0 }, errors = { 0 };
	int status = process_run(arguments, &output, &errors);

	text_free(&output);
	text_free(&errors);
	return status == 0;
}

const struct spec_files git_files = { .normal_path = git_path, .read = git_read };
