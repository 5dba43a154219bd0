// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Measures what KVM does to a vmcs12 and an eVMCS, side by side.
 *
 *	bench check		compare the results of all sides
 *	bench time ROUNDS	print row,side,median,lower,upper: ns, and quartiles
 *	bench count TIMES ROW...	run operations of rows, for another program to count
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sides.h"
#include "translations.h"

enum { SEQUENCE = 1 << 16 };

static unsigned long fields[2 * SEQUENCE];
static u32 clean;

/* The operations: each runs one side many times. */
static void run_vmread(enum side side, unsigned int times)
{
	static unsigned int at;

	at = (at + times) % SEQUENCE;
	paths[side]->vmreads(&machines[side].vmx.vcpu, fields + at, times);
}

static void run_vmwrite(enum side side, unsigned int times)
{
	static unsigned int at;

	at = (at + times) % SEQUENCE;
	paths[side]->vmwrites(&machines[side].vmx.vcpu, fields + at, times);
}

static void run_enter(enum side side, unsigned int times)
{
	paths[side]->enters(&machines[side].vmx.vcpu, clean, times);
}

static void run_leave(enum side side, unsigned int times)
{
	paths[side]->leaves(&machines[side].vmx.vcpu, times);
}

static void run_translate(translate_fn *const translate[], enum side side, unsigned int times)
{
	static unsigned char images[SIDES][2][PAGE_BYTES] __attribute__((aligned(PAGE_BYTES)));

	translate[side](images[side][0], images[side][1], times);
}

#define TRANSLATES(name, loop, ours, limit)					\
static void name(enum side side, unsigned int times)				\
{										\
	static translate_fn *const translate[] = {				\
		[KERNEL] = loop, [OURS] = ours, [LIMIT] = limit,		\
		[REP] = rep_translate, [NOTHING] = nothing_translate,		\
	};									\
										\
	run_translate(translate, side, times);					\
}

TRANSLATES(run_load, loop_load, ours_load, limit_load)
TRANSLATES(run_load_by_table, loop_load, table_load, limit_load)
TRANSLATES(run_store, loop_store, ours_store, limit_store)
TRANSLATES(run_store_by_table, loop_store, table_store, limit_store)

static void random_fields(void)
{
	for (unsigned int i = 0; i < 2 * SEQUENCE; i++)
		fields[i] = valid[chance() % nr_valid];
}

/* Each field many times, one after another. */
static void same_fields(void)
{
	for (unsigned int i = 0; i < 2 * SEQUENCE; i++)
		fields[i] = valid[i / 256 % nr_valid];
}

/* What an L1 reads and writes at every exit, in one order. */
static void usual_fields(void)
{
	static const unsigned int usual[] = {
		0x4402, 0x440c, 0x681e, 0x6820, 0x6400, 0x4404, 0x4408, 0x4016,
	};

	for (unsigned int i = 0; i < 2 * SEQUENCE; i++)
		fields[i] = usual[i % (sizeof(usual) / sizeof(usual[0]))];
}

static void all_clean(void) { clean = 0xffff; }
static void typical(void) { clean = TYPICAL; }
static void all_dirty(void) { clean = 0; }
static void as_it_is(void) { }

void begin_row(void);

static const struct row {
	const char *name;
	void (*prepare)(void);
	void (*run)(enum side side, unsigned int times);
	unsigned int sides;		/* bits of those that have it */
	unsigned int times;
} rows[] = {
#define ON(side) (1u << (side))
#define ALL (ON(KERNEL) | ON(OURS) | ON(LIMIT) | ON(NOTHING))
	{ "vmread-random", random_fields, run_vmread, ALL, 8192 },
	{ "vmread-same", same_fields, run_vmread, ALL, 8192 },
	{ "vmread-usual", usual_fields, run_vmread, ALL, 8192 },
	{ "vmwrite-random", random_fields, run_vmwrite, ALL, 8192 },
	{ "vmwrite-same", same_fields, run_vmwrite, ALL, 8192 },
	{ "vmwrite-usual", usual_fields, run_vmwrite, ALL, 8192 },
	{ "enter-clean", all_clean, run_enter, ALL | ON(RESTRICT), 4096 },
	{ "enter-typical", typical, run_enter, ALL | ON(RESTRICT), 4096 },
	{ "enter-dirty", all_dirty, run_enter, ALL | ON(RESTRICT), 2048 },
	{ "leave", as_it_is, run_leave, ALL | ON(RESTRICT), 2048 },
	{ "load", as_it_is, run_load, ALL | ON(REP), 2048 },
	{ "load-by-table", as_it_is, run_load_by_table, ALL, 2048 },
	{ "store", as_it_is, run_store, ALL, 2048 },
	{ "store-by-table", as_it_is, run_store_by_table, ALL, 2048 },
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1e9 + time.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

/* The sides take turns, so that a machine that drifts drifts for all. */
static void time_row(const struct row *row, unsigned int rounds)
{
	double *took = calloc(SIDES * rounds, sizeof(*took));

	if (!took)
		exit(1);
	row->prepare();
	for (unsigned int round = 0; round < rounds; round++)
		for (enum side side = 0; side < SIDES; side++) {
			double begin = now();

			if (row->sides & ON(side))
				row->run(side, row->times);
			took[side * rounds + round] = (now() - begin) / row->times;
		}
	for (enum side side = 0; side < SIDES; side++) {
		double *of = &took[side * rounds];

		qsort(of, rounds, sizeof(*of), by_value);
		if (row->sides & ON(side))
			printf("%s,%s,%.4f,%.4f,%.4f\n", row->name, side_names[side],
			       of[rounds / 2], of[rounds / 4], of[rounds * 3 / 4]);
	}
	free(took);
}

static int time_all(unsigned int rounds)
{
	printf("row,side,median,lower,upper\n");
	for (unsigned int i = 0; i < ROWS; i++)
		time_row(&rows[i], rounds);
	return 0;
}

/* Where callgrind writes down what it has counted, and begins anew. */
__attribute__((noinline)) void begin_row(void)
{
	__asm__ volatile("");
}

static int count(unsigned int times, char *const *names)
{
	for (; *names; names++) {
		unsigned int i = 0;

		while (i < ROWS && strcmp(rows[i].name, *names))
			i++;
		if (i == ROWS)
			return 2;
		rows[i].prepare();
		begin_row();
		for (enum side side = 0; side < SIDES; side++)
			if (rows[i].sides & ON(side))
				rows[i].run(side, times);
	}
	return 0;
}

int main(int argc, char **argv)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		return 1;
	prepare_sides();
	prepare_loop();
	if (argc == 2 && !strcmp(argv[1], "check")) {
		check_sides();
		return 0;
	}
	if (argc == 3 && !strcmp(argv[1], "time"))
		return time_all(atoi(argv[2]));
	if (argc >= 4 && !strcmp(argv[1], "count"))
		return count(atoi(argv[2]), argv + 3);
	return 2;
}
