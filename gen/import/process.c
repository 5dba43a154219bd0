// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "import/process.h"

/* Wait for the program's end.  Returns its status, or -1 with errno set. */
static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}

static int spawn(const char * const *arguments, FILE *output, FILE *errors)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int error;

	error = posix_spawn_file_actions_init(&actions);
	if (error) {
		errno = error;
		return -1;
	}
	error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&actions, fileno(output), STDOUT_FILENO);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&actions, fileno(errors), STDERR_FILENO);
	if (!error)
		error = posix_spawnp(&pid, *arguments, &actions, NULL, (char **)arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (!error)
		return wait_for(pid);
	errno = error;
	return -1;
}

/* Append all of @file; false with errno set if it can't be read. */
static bool gather(struct text *text, FILE *file)
{
	char bytes[4096];
	size_t got;

	rewind(file);
	while ((got = fread(bytes, 1, sizeof(bytes), file)))
		text_add(text, bytes, got);
	return !ferror(file);
}

int process_run(const char * const *arguments, struct text *output, struct text *errors)
{
	FILE *out = tmpfile(), *err = tmpfile();
	int status = -1, error;

	if (out && err)
		status = spawn(arguments, out, err);
	if (status != -1 && !(gather(output, out) && gather(errors, err)))
		status = -1;
	error = errno;
	if (out)
		fclose(out);
	if (err)
		fclose(err);
	errno = error;
	return status;
}
