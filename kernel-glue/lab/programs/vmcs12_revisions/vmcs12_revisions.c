// SPDX-License-Identifier: GPL-2.0-only
/*
 * vCPUs whose VMCSs have other revisions than the default one: userspace can ask for them, L1
 * and L2 run with images of each, in one VM and the next, and KVM refuses what it must.
 *
 *	vmcs12_revisions [STATES [ROUNDS]]
 */
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "revision.h"
#include "tests.h"

/* For each of three ids: states of chance, and loads of an image that changes. */
#define STATES 34000
#define ROUNDS 3000

int main(int argc, char **argv)
{
	setlinebuf(stdout);
	printf("which fields there are\n");
	find_fields();
	printf("choice\n");
	test_choice();
	printf("fields\n");
	test_fields();
	printf("sessions\n");
	test_sessions();
	printf("what is refused\n");
	test_refused();
	printf("races\n");
	test_races(argc > 2 ? strtoul(argv[2], NULL, 10) : ROUNDS);
	printf("random states\n");
	test_random_states(argc > 1 ? strtoul(argv[1], NULL, 10) : STATES);
	return checked();
}
