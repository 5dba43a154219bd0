// SPDX-License-Identifier: GPL-2.0-only
/*
 * Saved states that are valid but for one or two things, on vCPUs that are in each
 * condition.  What the default revision makes of them is printed as a digest, so that two
 * kernels can be compared; each other revision must make the same of them, translated, and
 * keep nothing of what it refuses.
 *
 *	vmcs12_states [EVERY [OTHER [GROUP]]]
 *
 * takes one of EVERY changes of the state that has most to it, and one of OTHER of all others,
 * and tells of each in GROUP, "START:TARGET:CHANGES".
 */
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "trial.h"

/* What the <asm/kvm.h> of a patched kernel has. */
#ifndef KVM_X86_VMCS12_REVISIONS
#define KVM_X86_VMCS12_REVISIONS 1
#endif

struct run {
	unsigned long every, other;	/* of how many changes one is made */
	const char *told;		/* the group of which each state is told */
	unsigned long scenes;		/* starts on targets so far */
	const struct revision *listed[REVISIONS];
	struct bench bench;
};

static const struct revision *find_revision(uint32_t id)
{
	for (int i = 0; i < REVISIONS; i++)
		if (revisions[i].id == id)
			return &revisions[i];
	errx(1, "KVM lists id %#x, which is of no revision", id);
}

/* The ids that KVM lists, of which the first is the default; an unpatched kernel has no list. */
static void list_revisions(struct run *run)
{
	uint32_t list[1 + REVISIONS] = { REVISIONS };
	struct kvm_device_attr attribute = {
		.group = 0, .attr = KVM_X86_VMCS12_REVISIONS, .addr = (uintptr_t)list,
	};
	int kvm = open("/dev/kvm", O_RDWR);

	if (kvm < 0)
		err(1, "/dev/kvm");
	run->listed[run->bench.count++] = &revisions[0];
	if (!ioctl(kvm, KVM_HAS_DEVICE_ATTR, &attribute)) {
		ASK(kvm, KVM_GET_DEVICE_ATTR, &attribute);
		for (uint32_t i = 1; i < list[0]; i++)
			run->listed[run->bench.count++] = find_revision(list[1 + i]);
	}
	close(kvm);
}

/* Of all pairs of a start and a target, the one that shows most. */
static bool is_wanted_whole(const struct start *start, const struct target *target)
{
	return !strcmp(start->name, "all") && !strcmp(target->name, "all");
}

static void try_group(struct run *run, struct trial *trial, const struct group *group)
{
	const struct target *target = run->bench.subjects[0].target;
	unsigned long every = group->whole ? 1 : is_wanted_whole(trial->start, target) ?
			      run->every : run->other;
	unsigned long states = run->bench.states, taken = run->bench.taken;
	uint64_t digest = 0;
	char name[64];

	snprintf(name, sizeof(name), "%s:%s:%s", trial->start->name, target->name, group->name);
	trial->told = run->told && !strcmp(run->told, name);
	/* Others on each target, so that all are made somewhere. */
	for (size_t i = run->scenes % every; i < group->count; i += every) {
		trial->variant = &group->variants[i];
		digest = trial_run(trial, &run->bench, digest);
	}
	printf("states %s %lu, taken %lu, digest %016" PRIx64 "\n", name,
	       run->bench.states - states, run->bench.taken - taken, digest);
	fflush(stdout);
}

static void try_start(struct run *run, const struct start *start)
{
	struct state state;
	struct trial trial = { .start = start, .state = &state };

	start->make(&run->bench.subjects[0].machine, FIRST, &state);
	for (int i = 0; i < GROUPS; i++)
		if (!groups[i].of_images || state.header.size > sizeof(state.header))
			try_group(run, &trial, &groups[i]);
	run->scenes++;
}

/*
 * In an unpatched kernel, too, a vCPU that has run L2 does not reach it again after some states
 * with every control.
 */
static bool loses_vcpu(const struct start *start, const struct target *target)
{
	return !strcmp(start->name, "all") && !strcmp(target->name, "live");
}

static void try_target(struct run *run, const struct target *target)
{
	struct bench *bench = &run->bench;
	bool created = true;

	for (int i = 0; i < bench->count; i++)
		if (!subject_create(&bench->subjects[i], run->listed[i], target)) {
			bench->failed[i]++;
			created = false;
		}
	for (size_t i = 0; created && i < start_count; i++)
		if (starts[i].kinds & BIT(target->kind) && !loses_vcpu(&starts[i], target))
			try_start(run, &starts[i]);
	for (int i = 0; i < bench->count; i++)
		subject_destroy(&bench->subjects[i]);
}

/* Whether all went well. */
static bool sum_up(const struct run *run)
{
	const struct bench *bench = &run->bench;
	bool good = bench->taken && bench->taken < bench->states;

	for (int i = 0; i < bench->count; i++) {
		printf("%s: %lu states, %lu taken by the default, %lu failed\n",
		       run->listed[i]->name, bench->states, bench->taken, bench->failed[i]);
		good = good && !bench->failed[i];
	}
	return good;
}

int main(int argc, char **argv)
{
	static struct run run = { .every = 1, .other = 30 };

	if (argc > 1)
		run.every = strtoul(argv[1], NULL, 10);
	if (argc > 2)
		run.other = strtoul(argv[2], NULL, 10);
	if (argc > 3)
		run.told = argv[3];
	if (!run.every || !run.other)
		errx(3, "one of 0 changes can't be made");
	list_revisions(&run);
	make_groups();
	for (size_t i = 0; i < target_count; i++)
		try_target(&run, &targets[i]);
	return !sum_up(&run);
}
