// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
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

/* The streams of a program that reads nothing; returns 0 or an error. */
static int set_streams(posix_spawn_file_actions_t *actions, FILE *output, FILE *errors)
{
	int error = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY,
						     0);

	if (!error)
		error = posix_spawn_file_actions_adddup2(actions, fileno(output), STDOUT_FILENO);
	if (!error)
		error = posix_spawn_file_actions_adddup2(actions, fileno(errors), STDERR_FILENO);
	return error;
}

/* Let SIGINT and SIGQUIT end the program, which this one ignores for now. */
static int set_signals(posix_spawnattr_t *attributes)
{
	sigset_t signals;
	int error;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGQUIT);
	error = posix_spawnattr_setsigdefault(attributes, &signals);
	return error ? error : posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF);
}

/* Run the program to its end.  If @interrupted, SIGINT and SIGQUIT end it. */
static int spawn(const char *const *arguments, FILE *output, FILE *errors, bool interrupted)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	pid_t pid;
	int error = posix_spawn_file_actions_init(&actions);

	if (!error) {
		error = posix_spawnattr_init(&attributes);
		if (!error) {
			error = set_streams(&actions, output, errors);
			if (!error && interrupted)
				error = set_signals(&attributes);
			if (!error)
				error = posix_spawnp(&pid, *arguments, &actions, &attributes,
						     (char **)arguments, environ);
			posix_spawnattr_destroy(&attributes);
		}
		posix_spawn_file_actions_destroy(&actions);
	}
	if (!error)
		return wait_for(pid);
	errno = error;
	return -1;
}

/* Append all of @file; false with errno set if it can't be read. */
static bool append_file(struct text *text, FILE *file)
{
	char bytes[4096];
	size_t got;

	rewind(file);
	while ((got = fread(bytes, 1, sizeof(bytes), file)))
		text_add(text, bytes, got);
	return !ferror(file);
}

/* The keyboard ends the program that runs, as with system(3), and this one then tidies up. */
static int spawn_alone(const char *const *arguments, FILE *output, FILE *errors)
{
	struct sigaction ignored = { .sa_handler = SIG_IGN }, interrupt, quit;
	int status, error;

	sigemptyset(&ignored.sa_mask);
	sigaction(SIGINT, &ignored, &interrupt);
	sigaction(SIGQUIT, &ignored, &quit);
	status = spawn(arguments, output, errors, interrupt.sa_handler != SIG_IGN);
	error = errno;
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGQUIT, &quit, NULL);
	errno = error;
	return status;
}

int process_run(const char *const *arguments, struct text *output, struct text *errors)
{
	FILE *out = tmpfile(), *err = tmpfile();
	int status = -1, error;

	if (out && err)
		status = spawn_alone(arguments, out, err);
	if (status != -1 && !(append_file(output, out) && append_file(errors, err)))
		status = -1;
	error = errno;
	if (out)
		fclose(out);
	if (err)
		fclose(err);
	errno = error;
	return status;
}
