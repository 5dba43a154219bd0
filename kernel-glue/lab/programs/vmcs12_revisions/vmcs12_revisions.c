// SPDX-License-Identifier: GPL-2.0-only
/*
 * vCPUs whose VMCSs have other revisions than the default one: userspace can ask for them, L1
 * and L2 run with images of each, in one VM and the next, and KVM refuses what it must.
 *
 *	vmcs12_revisions [STATES]
 */
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "tests.h"

#define STATES 34000	/* for each of three ids */

int main(int argc, char **argv)
{
	setlinebuf(stdout);
	printf("choice\n");
	test_choice();
	printf("fields\n");
	test_fields();
	printf("sessions\n");
	test_sessions();
	printf("what is refused\n");
	test_refused();
	printf("races\n");
	test_races();
	printf("random states\n");
	test_random_states(argc > 1 ? strtoul(argv[1], NULL, 10) : STATES);
	return checked();
}
