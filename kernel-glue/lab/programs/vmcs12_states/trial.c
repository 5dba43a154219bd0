// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "trial.h"

#define MAX_FAILURES 30			/* of a revision that are told one by one */

/* What a state has become on a vCPU. */
struct outcome {
	int done;			/* what KVM_SET_NESTED_STATE has returned, or -errno */
	struct request request;
	struct result result;
};

static void fail(const struct trial *trial, struct bench *bench, int number,
		 const char *format, ...) __attribute__((format(printf, 4, 5)));

static void fail(const struct trial *trial, struct bench *bench, int number,
		 const char *format, ...)
{
	const struct subject *subject = &bench->subjects[number];
	va_list arguments;

	if (bench->failed[number]++ >= MAX_FAILURES)
		return;
	printf("FAIL: %s: %s on %s, ", subject->revision->name, trial->start->name,
	       subject->target->name);
	print_variant(trial->variant);
	printf(": ");
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
}

/* Set the state on a vCPU that is what it is to be before. */
static void set(const struct trial *trial, struct bench *bench, int number,
		struct outcome *outcome)
{
	struct subject *subject = &bench->subjects[number];
	size_t offset;

	if (subject->spoilt && !subject_bring(subject))
		fail(trial, bench, number, "can't be tried: the vCPU is lost");
	outcome->done = subject_set(subject, &outcome->request, &outcome->result);
	subject->spoilt = !outcome->done ||
			  result_difference(&subject->before, &outcome->result, &offset) ||
			  subject_memory_changed(subject, &outcome->request);
}

/*
 * What a refusal may not change: all that there is.  The default fails half-way at times, and
 * with a guest_cr3 that is bad returns what is no errno; others are to know before.
 */
static void check_refused(const struct trial *trial, struct bench *bench, int number,
			  const struct outcome *wanted, const struct outcome *outcome)
{
	const struct subject *subject = &bench->subjects[number];
	int error = wanted->done > 0 ? -EINVAL : wanted->done;
	size_t offset;
	const char *part = result_difference(&subject->before, &outcome->result, &offset);

	if (outcome->done != error)
		fail(trial, bench, number, "gives %d, default %d", outcome->done, wanted->done);
	else if (part)
		fail(trial, bench, number, "is refused, yet changes %s +%#zx", part, offset);
	else if (subject_memory_changed(subject, &outcome->request))
		fail(trial, bench, number, "is refused, yet changes memory");
}

/* What belongs to no field is kept, as far as there are images. */
static void check_unreached(const struct trial *trial, struct bench *bench, int number,
			    const struct outcome *outcome)
{
	const struct revision *revision = bench->subjects[number].revision;
	const struct state *set = &outcome->request.state, *got = &outcome->result.nested;

	if (got->header.size >= offsetof(struct state, shadow) &&
	    image_unreached_differ(revision, got->vmcs12, set->vmcs12))
		fail(trial, bench, number, "loses bytes of no field");
	if (got->header.size >= sizeof(*got) &&
	    image_unreached_differ(revision, got->shadow, set->shadow))
		fail(trial, bench, number, "loses bytes of no field of the shadow VMCS");
}

/* What was taken must have become the same as the default's, translated. */
static void check_taken(const struct trial *trial, struct bench *bench, int number,
			const struct outcome *wanted, struct outcome *outcome)
{
	size_t offset;
	const char *part;

	if (outcome->done) {
		fail(trial, bench, number, "gives %d, default 0", outcome->done);
		return;
	}
	check_unreached(trial, bench, number, outcome);
	result_to_default(bench->subjects[number].revision, &outcome->result);
	result_drop_time(&outcome->result, &wanted->request.state.header);
	part = result_difference(&wanted->result, &outcome->result, &offset);
	if (part)
		fail(trial, bench, number, "becomes another %s +%#zx", part, offset);
}

/*
 * Of a vCPU with an enlightened VMCS, a VM-function control that has no meaning yet makes
 * any kernel warn: nested_evmcs_check_controls() trusts in what L1 could have written.
 */
static bool makes_kvm_warn(const struct target *target, const struct request *request)
{
	const struct vmcs12 *vmcs12 = (const void *)request->state.vmcs12;

	return target->kind == WITH_EVMCS && vmcs12->vm_function_control >> 32;
}

/*
 * An L2 with a shadow VMCS that is made to leave writes that to memory.  KVM looks at memory
 * afterwards with the default revision, and before with the others, since it may refuse: so
 * what is there must not be otherwise.
 */
static bool depends_on_order(const struct target *target, const struct variant *variant)
{
	if (!target->start ||
	    (strcmp(target->start, "shadow") && strcmp(target->start, "all")))
		return false;
	for (int i = 0; i < MAX_CHANGES; i++)
		if (variant->changes[i].part == LINKED)
			return true;
	return false;
}

static void tell(const struct trial *trial, const struct outcome *outcome)
{
	printf("  ");
	print_variant(trial->variant);
	printf(": %d,", outcome->done);
	result_print(&outcome->result);
	printf("\n");
}

/* The default revision's part. */
static uint64_t try_default(const struct trial *trial, struct bench *bench,
			    struct outcome *outcome, uint64_t digest)
{
	struct subject *subject = &bench->subjects[0];

	set(trial, bench, 0, outcome);
	bench->states++;
	bench->taken += !outcome->done;
	result_drop_time(&outcome->result, &outcome->request.state.header);
	if (trial->told)
		tell(trial, outcome);
	digest = result_digest(&outcome->result, digest ^ (uint32_t)outcome->done);
	if (subject_memory_changed(subject, &outcome->request))
		digest = subject_digest_memory(subject, digest);
	return digest;
}

uint64_t trial_run(const struct trial *trial, struct bench *bench, uint64_t digest)
{
	static struct outcome wanted, outcome;
	const struct target *target = bench->subjects[0].target;

	make_request(&wanted.request, &revisions[0], trial->state, trial->variant);
	if (makes_kvm_warn(target, &wanted.request))
		return digest;
	digest = try_default(trial, bench, &wanted, digest);
	result_to_default(&revisions[0], &wanted.result);
	for (int i = 1; i < bench->count && !depends_on_order(target, trial->variant); i++) {
		make_request(&outcome.request, bench->subjects[i].revision, trial->state,
			     trial->variant);
		set(trial, bench, i, &outcome);
		if (wanted.done)
			check_refused(trial, bench, i, &wanted, &outcome);
		else
			check_taken(trial, bench, i, &wanted, &outcome);
	}
	return digest;
}
