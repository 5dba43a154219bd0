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
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "target.h"

/* What the <asm/kvm.h> of a patched kernel has. */
#ifndef KVM_X86_VMCS12_REVISIONS
#define KVM_X86_VMCS12_REVISIONS 1
#endif

#define MAX_FAILURES 30		/* that are told of one by one */

struct run {
	unsigned long every, other;	/* of how many changes one is made */
	unsigned long scenes;		/* states on targets so far */
	const char *told;		/* the group of which each state is told */
	bool tell;			/* it is this one */
	const struct revision *listed[REVISIONS];
	int count;			/* of those */
	struct subject subjects[REVISIONS];
	unsigned long states, taken, failed[REVISIONS];
};

/* The ids that KVM lists, of which the first is the default. */
static void list_revisions(struct run *run)
{
	uint32_t list[1 + REVISIONS] = { REVISIONS };
	struct kvm_device_attr attribute = {
		.group = 0, .attr = KVM_X86_VMCS12_REVISIONS, .addr = (uintptr_t)list,
	};
	int kvm = open("/dev/kvm", O_RDWR);

	run->listed[run->count++] = &revisions[0];
	if (!ioctl(kvm, KVM_GET_DEVICE_ATTR, &attribute))
		for (int i = 1; i < REVISIONS; i++)
			for (uint32_t j = 0; j < list[0]; j++)
				if (list[1 + j] == revisions[i].id)
					run->listed[run->count++] = &revisions[i];
	close(kvm);
}

/* One state, as the default revision has taken it, or not. */
struct trial {
	const struct start *start;
	const struct variant *variant;
	int done;			/* what KVM_SET_NESTED_STATE has returned, or -errno */
	struct kvm_nested_state given;
	struct result result;
};

static void fail(struct run *run, int number, const struct trial *trial, const char *what)
{
	if (run->failed[number]++ >= MAX_FAILURES)
		return;
	printf("FAIL: %s: %s on %s, ", run->listed[number]->name, trial->start->name,
	       run->subjects[number].target->name);
	print_variant(trial->variant);
	printf(": %s\n", what);
}

/* What a refusal may not change: all that there is. */
static void check_refused(struct run *run, int number, const struct trial *trial,
			  const struct request *request, int done, const struct result *result)
{
	const struct subject *subject = &run->subjects[number];
	char what[128];
	size_t offset;
	const char *part = result_difference(&subject->before, result, &offset);
	int wanted = trial->done > 0 ? -EINVAL : trial->done;

	if (done != wanted) {
		snprintf(what, sizeof(what), "gives %d, default %d", done, trial->done);
		fail(run, number, trial, what);
	} else if (part) {
		snprintf(what, sizeof(what), "is refused, yet changes %s +%#zx", part, offset);
		fail(run, number, trial, what);
	} else if (subject_memory_changed(subject, request)) {
		fail(run, number, trial, "is refused, yet changes memory");
	}
}

/* What was taken must have become the same as the default's, translated. */
static void check_taken(struct run *run, int number, const struct trial *trial,
			const struct request *request, int done, struct result *result)
{
	const struct revision *revision = run->listed[number];
	const uint8_t *image = result->nested.vmcs12;
	char what[128];
	size_t offset;
	const char *part;

	if (done) {
		snprintf(what, sizeof(what), "gives %d, default 0", done);
		fail(run, number, trial, what);
		return;
	}
	if (result->nested.header.size > sizeof(result->nested.header) &&
	    image_unreached_differ(revision, image, request->state.vmcs12))
		fail(run, number, trial, "loses bytes that belong to no field");
	if (result->nested.header.size == sizeof(result->nested) &&
	    image_unreached_differ(revision, result->nested.shadow, request->state.shadow))
		fail(run, number, trial, "loses bytes of the shadow that belong to no field");
	result_to_default(revision, result);
	result_drop_time(result, &trial->given);
	part = result_difference(&trial->result, result, &offset);
	if (part) {
		snprintf(what, sizeof(what), "becomes another %s +%#zx", part, offset);
		fail(run, number, trial, what);
	}
}

static void try_other(struct run *run, int number, const struct state *state,
		      const struct trial *trial)
{
	struct subject *subject = &run->subjects[number];
	static struct request request;
	static struct result result;
	size_t offset;
	int done;

	if (subject->spoilt && !subject_bring(subject))
		fail(run, number, trial, "can't be tried: the vCPU is lost");
	make_request(&request, subject->revision, state, trial->variant);
	done = subject_set(subject, &request, &result);
	subject->spoilt = !done || result_difference(&subject->before, &result, &offset) ||
			  subject_memory_changed(subject, &request);
	if (trial->done)
		check_refused(run, number, trial, &request, done, &result);
	else
		check_taken(run, number, trial, &request, done, &result);
}

static void tell(const struct trial *trial)
{
	printf("  ");
	print_variant(trial->variant);
	printf(": %d,", trial->done);
	result_print(&trial->result);
	printf("\n");
}

/*
 * Of a vCPU with an enlightened VMCS, a VM-function control that has no meaning yet makes
 * any kernel warn: nested_evmcs_check_controls() trusts in what L1 could have written.
 */
static bool makes_kvm_warn(const struct target *target, const struct request *request)
{
	const struct vmcs12_linux_6_1 *vmcs12 = (const void *)request->state.vmcs12;

	return target->kind == WITH_EVMCS && vmcs12->vm_function_control >> 32;
}

/*
 * An L2 with a shadow VMCS that is made to leave writes that to memory.  KVM looks at memory
 * afterwards with the default revision, and before with the others, since it may refuse: so
 * what is there must not be otherwise.
 */
static bool depends_on_order(const struct target *target, const struct variant *variant)
{
	bool linked = false;

	for (int i = 0; i < MAX_CHANGES; i++)
		linked = linked || variant->changes[i].part == LINKED;
	return linked && (!strcmp(target->name, "shadow") || !strcmp(target->name, "all"));
}

/* One change, on the vCPUs of all revisions; returns the digest so far. */
static uint64_t try(struct run *run, const struct start *start, const struct state *state,
		    const struct variant *variant, uint64_t digest)
{
	static struct trial trial;
	static struct request request;
	struct subject *subject = &run->subjects[0];
	size_t offset;

	trial.start = start;
	trial.variant = variant;
	make_request(&request, subject->revision, state, variant);
	if (makes_kvm_warn(subject->target, &request))
		return digest;
	if (subject->spoilt && !subject_bring(subject))
		fail(run, 0, &trial, "can't be tried: the vCPU is lost");
	trial.given = request.state.header;
	trial.done = subject_set(subject, &request, &trial.result);
	subject->spoilt = !trial.done ||
			  result_difference(&subject->before, &trial.result, &offset) ||
			  subject_memory_changed(subject, &request);
	result_drop_time(&trial.result, &trial.given);
	digest = result_digest(&trial.result, digest ^ (uint32_t)trial.done);
	if (subject_memory_changed(subject, &request))
		digest = subject_digest_memory(subject, digest);
	if (run->tell)
		tell(&trial);
	result_to_default(subject->revision, &trial.result);
	run->states++;
	run->taken += !trial.done;
	for (int i = 1; i < run->count; i++)
		if (!depends_on_order(subject->target, variant))
			try_other(run, i, state, &trial);
	return digest;
}

/* Of all pairs of a start and a target, the one that shows most. */
static bool is_wanted_whole(const struct start *start, const struct target *target)
{
	return !strcmp(start->name, "all") && !strcmp(target->name, "all");
}

static void try_group(struct run *run, const struct start *start, const struct state *state,
		      const struct group *group)
{
	const struct target *target = run->subjects[0].target;
	unsigned long every = group->whole ? 1 : is_wanted_whole(start, target) ? run->every
										: run->other;
	unsigned long states = run->states, taken = run->taken;
	uint64_t digest = 0;
	char name[64];

	snprintf(name, sizeof(name), "%s:%s:%s", start->name, target->name, group->name);
	run->tell = run->told && !strcmp(run->told, name);
	/* Others for each scene, so that all are made somewhere. */
	for (size_t i = run->scenes % every; i < group->count; i += every)
		digest = try(run, start, state, &group->variants[i], digest);
	printf("states %s %lu, taken %lu, digest %016" PRIx64 "\n", name, run->states - states,
	       run->taken - taken, digest);
	fflush(stdout);
}

/* Whether there is an image at all that the group would change. */
static bool is_apt(const struct state *state, const struct group *group)
{
	return state->header.size > sizeof(state->header) || !strcmp(group->name, "header") ||
	       !strcmp(group->name, "sizes") || !strcmp(group->name, "known");
}

static void try_target(struct run *run, const struct target *target)
{
	struct state state;
	bool created = true;

	for (int i = 0; i < run->count; i++)
		if (!subject_create(&run->subjects[i], run->listed[i], target)) {
			run->failed[i]++;
			created = false;
		}
	for (size_t i = 0; created && i < start_count; i++) {
		if (!(starts[i].kinds & BIT(target->kind)))
			continue;
		starts[i].make(&run->subjects[0].machine, FIRST, &state);
		for (int j = 0; j < GROUPS; j++)
			if (is_apt(&state, &groups[j]))
				try_group(run, &starts[i], &state, &groups[j]);
		run->scenes++;
	}
	for (int i = 0; i < run->count; i++)
		subject_destroy(&run->subjects[i]);
}

int main(int argc, char **argv)
{
	static struct run run = { .every = 1, .other = 30 };
	unsigned long failed = 0;

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
	for (int i = 0; i < run.count; i++) {
		printf("%s: %lu states, %lu taken by the default, %lu failed\n",
		       run.listed[i]->name, run.states, run.taken, run.failed[i]);
		failed += run.failed[i];
	}
	return failed || !run.taken;
}
