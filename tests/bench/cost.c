// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Run a command again and again and print, a line a run, what it cost:
 * microseconds of CPU time and KiB of memory at the most.
 *
 *	cost RUNS COMMAND [ARGUMENT ...]
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static long microseconds(struct timeval time)
{
	return time.tv_sec * 1000000L + time.tv_usec;
}

int main(int argc, char **argv)
{
	int runs = argc > 2 ? atoi(argv[1]) : 0;

	for (int i = 0; i < runs; i++) {
		struct rusage usage;
		int status;
		pid_t child = fork();

		if (!child) {
			if (freopen("/dev/null", "w", stdout))
				execvp(argv[2], argv + 2);
			_exit(127);
		}
		if (child < 0 || wait4(child, &status, 0, &usage) < 0)
			return 1;
		if (!WIFEXITED(status) || WEXITSTATUS(status)) {
			fprintf(stderr, "cost: %s failed\n", argv[2]);
			return 1;
		}
		printf("%ld %ld\n", microseconds(usage.ru_utime) + microseconds(usage.ru_stime),
		       usage.ru_maxrss);
	}
	return runs < 1;
}
