// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Measures what KVM does to a vmcs12 and an eVMCS, side by side.
 *
 *	bench check		compare the results of all sides
 *	bench time ROUNDS	print row,side,median,least,most: ns an operation
 *	bench count ROW TIMES	run a row's operation, for another program to count
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "vmcs_types.h"

#include "paths.h"
#include "translations.h"
#include "vcpu.h"

extern const struct vmcs12_ops vmcs12_linux_6_1_ops;

bool enable_shadow_vmcs;
struct kvm_vcpu_hv bench_hv;

/* Nothing is left to sync in what is measured; who comes here is counted. */
static unsigned long synced;

void copy_vmcs02_to_vmcs12_rare(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12)
{
	(void)vmcs12;
	if (!to_vmx(vcpu)->nested.need_sync_vmcs02_to_vmcs12_rare)
		return;
	synced++;
}

/* The machines have images of their own revision, so nobody asks for another. */
const struct vmcs12_ops *vmcs12_known(u64 id)
{
	(void)id;
	abort();
}

static unsigned long shadow_writes;

void __vmcs_writel(unsigned long field, unsigned long value)
{
	shadow_writes += field + value;
}

void vmcs_load(void *vmcs)
{
	(void)vmcs;
}

void vmcs_clear(void *vmcs)
{
	(void)vmcs;
}

enum { PAGE_BYTES = 4096, SEQUENCE = 1 << 16, ID = 0x11e57ed0 };

enum side { KERNEL, RESTRICT, OURS, LIMIT, REP, NOTHING, SIDES };

static const char *const side_names[] = {
	"kernel", "restrict", "ours", "limit", "rep", "nothing",
};

static const struct paths *const paths[] = {
	[KERNEL] = &kernel_paths, [RESTRICT] = &restrict_paths, [OURS] = &ours_paths,
	[LIMIT] = &limit_paths, [NOTHING] = &nothing_paths,
};

/* A side's own vCPU, whose vmcs12 and eVMCS are nobody else's. */
struct machine {
	unsigned char vmcs12[2 * PAGE_BYTES] __attribute__((aligned(PAGE_BYTES)));
	unsigned char evmcs[PAGE_BYTES] __attribute__((aligned(PAGE_BYTES)));
	struct vcpu_vmx vmx;
};

static struct machine machines[SIDES];
static struct loaded_vmcs loaded_vmcs;
static unsigned long fields[2 * SEQUENCE], valid[1024], nr_valid;

static u64 chance(void)
{
	static u64 state = 88172645463325252;

	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

/* Every machine the same: an id that is known, and chance in all that has none. */
static void prepare(void)
{
	static unsigned char evmcs[PAGE_BYTES];

	for (unsigned int i = 8; i < PAGE_BYTES; i++)
		evmcs[i] = chance();
	for (enum side side = 0; side < SIDES; side++) {
		struct machine *machine = &machines[side];

		memset(machine->vmcs12, 0, sizeof(machine->vmcs12));
		memcpy(machine->vmcs12, &(u32){ ID }, sizeof(u32));
		memcpy(machine->evmcs, evmcs, sizeof(evmcs));
		machine->vmx = (struct vcpu_vmx){
			.vcpu.vmwrite_any = true,
			.loaded_vmcs = &loaded_vmcs,
			.nested.vmcs12_ops = &vmcs12_linux_6_1_ops,
			.nested.cached_vmcs12 = (void *)machine->vmcs12,
			.nested.hv_evmcs = (void *)machine->evmcs,
		};
	}
}

static void fail(const char *what, enum side side, u64 at)
{
	printf("%s of %s differs at 0x%llx\n", what, side_names[side], (unsigned long long)at);
	exit(1);
}

/* The encodings of 15 bits and all with one bit above, as each side reads them. */
static void compare_reads(const char *what)
{
	for (u64 encoding = 0; encoding < 0x10000; encoding++)
		for (unsigned int bit = 15; bit < 64; bit++) {
			u64 field = bit == 15 ? encoding : encoding | 1ull << bit;
			unsigned long values[SIDES] = { 0 };
			int said[SIDES];

			for (enum side side = KERNEL; side <= OURS; side++) {
				said[side] = paths[side]->vmread(&machines[side].vmx.vcpu, field,
								&values[side]);
				if (said[side] != said[KERNEL] || values[side] != values[KERNEL])
					fail(what, side, field);
			}
		}
}

/* VMWRITE to every encoding, with what it may do beside, and what is there then. */
static void check_writes(bool any, bool shadow)
{
	enable_shadow_vmcs = shadow;
	for (u64 field = 0; field < 0x20000; field++) {
		unsigned long value = chance(), written[SIDES] = { 0 };

		for (enum side side = KERNEL; side <= OURS; side++) {
			struct vcpu_vmx *vmx = &machines[side].vmx;

			vmx->vcpu.vmwrite_any = any;
			vmx->nested.dirty_vmcs12 = false;
			vmx->nested.need_sync_vmcs02_to_vmcs12_rare = true;
			shadow_writes = synced = 0;
			written[side] = paths[side]->vmwrite(&vmx->vcpu, field, value) * 64 +
					vmx->nested.dirty_vmcs12 * 2 + synced + shadow_writes * 4096;
			vmx->nested.need_sync_vmcs02_to_vmcs12_rare = false;
			vmx->vcpu.vmwrite_any = true;
			if (written[side] != written[KERNEL])
				fail("VMWRITE", side, field);
		}
	}
	enable_shadow_vmcs = false;
	compare_reads("VMREAD after VMWRITE");
}

/* The reads that sync first. */
static void check_syncs(void)
{
	for (u64 field = 0; field < 0x10000; field++) {
		unsigned long counted[SIDES], value;

		for (enum side side = KERNEL; side <= OURS; side++) {
			struct vcpu_vmx *vmx = &machines[side].vmx;

			synced = 0;
			vmx->nested.need_sync_vmcs02_to_vmcs12_rare = true;
			paths[side]->vmread(&vmx->vcpu, field, &value);
			vmx->nested.need_sync_vmcs02_to_vmcs12_rare = false;
			counted[side] = synced;
			if (counted[side] != counted[KERNEL])
				fail("the sync of VMREAD", side, field);
		}
	}
}

/* A nested entry of every clean-field mask, and exits, from values that change. */
static void check_copies(void)
{
	for (u32 clean = 0; clean < 0x10000; clean++) {
		u64 value = chance();
		bool recalc = false;

		for (enum side side = KERNEL; side <= OURS; side++) {
			struct vcpu_vmx *vmx = &machines[side].vmx;

			for (unsigned int at = 8; at < 1024; at += 8)
				machines[side].evmcs[at + value % 8] ^= value >> at % 57;
			paths[side]->enters(&vmx->vcpu, clean, 1);
			if (clean % 256 == 0)
				paths[side]->leaves(&vmx->vcpu, 1);
			if (side == KERNEL)
				recalc = vmx->nested.force_msr_bitmap_recalc;
			if (memcmp(machines[side].evmcs, machines[KERNEL].evmcs, PAGE_BYTES) ||
			    vmx->nested.force_msr_bitmap_recalc != recalc)
				fail("a copy", side, clean);
			vmx->nested.force_msr_bitmap_recalc = false;
		}
		for (unsigned long i = 0; i < nr_valid; i++)
			for (enum side side = KERNEL; side <= OURS; side++) {
				unsigned long right, here;

				paths[KERNEL]->vmread(&machines[KERNEL].vmx.vcpu, valid[i], &right);
				paths[side]->vmread(&machines[side].vmx.vcpu, valid[i], &here);
				if (here != right)
					fail("an entry's copy", side, clean);
			}
	}
}

static void check_translation(void)
{
	static unsigned char from[PAGE_BYTES], by_loop[PAGE_BYTES], ours[PAGE_BYTES];

	for (unsigned int i = 0; i < PAGE_BYTES; i++)
		from[i] = chance();
	loop_translate(by_loop, from, 1);
	ours_translate(ours, from, 1);
	/* The loop knows fields, and so neither the id nor what the header and KVM have. */
	for (unsigned int i = 40; i < PAGE_BYTES; i++)
		if (by_loop[i] != ours[i])
			fail("a translation", OURS, i);
}

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

static u32 clean;

static void run_enter(enum side side, unsigned int times)
{
	paths[side]->enters(&machines[side].vmx.vcpu, clean, times);
}

static void run_leave(enum side side, unsigned int times)
{
	paths[side]->leaves(&machines[side].vmx.vcpu, times);
}

static void run_translate(enum side side, unsigned int times)
{
	static unsigned char images[SIDES][2][PAGE_BYTES] __attribute__((aligned(PAGE_BYTES)));
	static translate_fn *const translate[] = {
		[KERNEL] = loop_translate, [OURS] = ours_translate, [LIMIT] = limit_translate,
		[REP] = rep_translate, [NOTHING] = nothing_translate,
	};

	translate[side](images[side][0], images[side][1], times);
}

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
static void typical(void) { clean = 0xffff & ~(1u << 5 | 1u << 8 | 1u << 10); }
static void all_dirty(void) { clean = 0; }
static void as_it_is(void) { }

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
	{ "translate", as_it_is, run_translate, ALL | ON(REP), 2048 },
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

static int count(const char *name, unsigned int times)
{
	for (unsigned int i = 0; i < ROWS; i++)
		if (!strcmp(rows[i].name, name)) {
			rows[i].prepare();
			for (enum side side = 0; side < SIDES; side++)
				if (rows[i].sides & ON(side))
					rows[i].run(side, times);
			return 0;
		}
	return 2;
}

static int check(void)
{
	compare_reads("VMREAD");
	for (unsigned int i = 0; i < 4; i++)
		check_writes(i & 1, i & 2);
	check_syncs();
	check_copies();
	check_translation();
	printf("equal\n");
	return 0;
}

int main(int argc, char **argv)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		return 1;
	prepare();
	prepare_loop();
	for (u64 field = 0; field < 0x10000; field++) {
		unsigned long value;

		if (!paths[KERNEL]->vmread(&machines[KERNEL].vmx.vcpu, field, &value))
			valid[nr_valid++] = field;
	}
	if (argc == 2 && !strcmp(argv[1], "check"))
		return check();
	if (argc == 3 && !strcmp(argv[1], "time"))
		return time_all(atoi(argv[2]));
	if (argc == 4 && !strcmp(argv[1], "count"))
		return count(argv[2], atoi(argv[3]));
	return 2;
}
