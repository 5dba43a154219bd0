/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of the test, in their order. */
#ifndef VMCS12_REVISIONS_TESTS_H
#define VMCS12_REVISIONS_TESTS_H

/* Userspace finds the ids, and gives a vCPU one. */
void test_choice(void);

/* L1 writes each field of images of each revision, and userspace finds them there. */
void test_fields(void);

/* L2s of all revisions, by VMCSes and eVMCSes, at once; each moves to another VM. */
void test_sessions(void);

/* What must be refused, and nothing changed. */
void test_refused(void);

/* Images that another thread changes while they are loaded, @rounds times for each id. */
void test_races(unsigned long rounds);

/* Saved states without sense, @count of them for each id. */
void test_random_states(unsigned long count);

#endif
