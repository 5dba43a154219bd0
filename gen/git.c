// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "git.h"
#include "message.h"

const char *git_path(struct arena *arena, const char *path)
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

/* What git calls the file: relative paths are relative to the folder it runs in. */
static const char *object_name(struct arena *arena, const char *revision, const char *folder,
			       const char *path)
{
	size_t len = strlen(folder);

	if (!strncmp(path, folder, len) && path[len] == '/')
		return arena_printf(arena, "%s:./%s", revision, path + len + 1);
	return arena_printf(arena, "%s:%s%s", revision, *path == '/' ? "" : "./", path);
}

/* Run git until it ends.  Returns what waitpid() tells, or -1 with errno set. */
static int run_git(const char *folder, const char *object, FILE *output, FILE *errors)
{
	const char *arguments[] = { "git", "-C", *folder ? folder : ".", "cat-file", "blob",
				    object, NULL };
	posix_spawn_file_actions_t actions;
	int status = -1;
	pid_t pid;

	errno = posix_spawn_file_actions_init(&actions);
	if (errno)
		return -1;
	errno = posix_spawn_file_actions_adddup2(&actions, fileno(output), STDOUT_FILENO);
	if (!errno)
		errno = posix_spawn_file_actions_adddup2(&actions, fileno(errors), STDERR_FILENO);
	if (!errno)
		errno = posix_spawnp(&pid, *arguments, &actions, NULL, (char **)arguments, environ);
	if (!errno)
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	posix_spawn_file_actions_destroy(&actions);
	return status;
}

/* What git has said: the first line of it. */
static const char *first_line(struct arena *arena, FILE *errors)
{
	char line[512];

	rewind(errors);
	if (!fgets(line, sizeof(line), errors))
		return "it does not say why";
	return arena_copy(arena, line, strcspn(line, "\n"));
}

static struct source *read_object(struct arena *arena, struct messages *messages,
				  const char *folder, const char *object, const char *name,
				  struct place from, FILE *output, FILE *errors)
{
	int status = run_git(folder, object, output, errors);

	if (status == -1) {
		report_failure(messages, errno, "cannot run git");
	} else if (WIFSIGNALED(status)) {
		report_error(messages, from, "git was ended by signal %d", WTERMSIG(status));
		messages->status = EXIT_FAILED_IO;
	} else if (status) {
		report_error(messages, from, "cannot read '%s': %s", name,
			     first_line(arena, errors));
	} else {
		rewind(output);
		return source_read_open(arena, messages, fileno(output), name, from);
	}
	return NULL;
}

struct source *git_read(struct arena *arena, struct messages *messages, const char *revision,
			const char *folder, const char *path, struct place from)
{
	FILE *output = tmpfile(), *errors = tmpfile();
	struct source *source = NULL;

	if (output && errors)
		source = read_object(arena, messages, folder,
				     object_name(arena, revision, folder, path),
				     arena_printf(arena, "%s:%s", revision, path), from, output,
				     errors);
	else
		report_failure(messages, errno, "cannot make a temporary file");
	if (output)
		fclose(output);
	if (errors)
		fclose(errors);
	return source;
}
