// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * costs FILE SECONDS COMMAND...: run the command, which ends beyond so many seconds of
 * CPU, and write to FILE how many it took, and how many KB it had at the most.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static double seconds(const struct timeval *time)
{
	return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

int main(int argc, char **argv)
{
	struct rusage usage;
	FILE *file;
	int status;
	pid_t pid;

	if (argc < 4)
		return 125;
	pid = fork();
	if (!pid) {
		rlim_t most = (rlim_t)atoi(argv[2]) + 1;

		setrlimit(RLIMIT_CPU, &(struct rlimit){ most, most });
		execv(argv[3], argv + 3);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) < 0)
		return 125;
	file = fopen(argv[1], "w");
	if (!file)
		return 125;
	fprintf(file, "%f %ld\n", seconds(&usage.ru_utime) + seconds(&usage.ru_stime),
		usage.ru_maxrss);
	if (fclose(file))
		return 125;
	if (WIFSIGNALED(status))
		raise(WTERMSIG(status));
	return WEXITSTATUS(status);
}
