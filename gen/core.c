// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The core: the part of the program that a kernel tree contains and is built with. */
#include "command/verbs.h"

static const struct verb verbs[] = {
	{ "gen", "", "write every file that the templates in TEMPLATES/out make", 0, 0, false,
	  verb_gen },
	{ "check", "", "check the spec and write nothing", 0, 0, false, verb_check },
	{ 0 },
};

int main(int argc, char **argv)
{
	static const struct check *const *const checks[] = { spec_checks, NULL };
	struct program program = { .verbs = verbs, .checks = checks };
	struct options options = { 0 };
	int status = options_read(&options, &program, argc, argv);

	if (status == OPTIONS_FINE)
		status = options.verb->run(&options);
	options_free(&options);
	return status;
}
