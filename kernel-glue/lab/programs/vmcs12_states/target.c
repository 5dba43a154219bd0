// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "target.h"
#include "words.h"

#define IA32_VMX_BASIC		0x480
#define EVMCS_VERSION		1
#define CR4_VMXE		0x2000

const struct target targets[] = {
	{ "fresh", PLAIN, NULL, true, false },
	{ "vmx", PLAIN, "current", false, false },
	{ "l2", PLAIN, "l2", false, false },
	{ "pending", PLAIN, "pending", false, false },
	{ "live", PLAIN, "l2", false, true },
	{ "shadow", PLAIN, "shadow", false, false },
	{ "all", PLAIN, "all", false, false },
	{ "smm-fresh", IN_SMM, NULL, true, false },
	/* That L2 was left for SMM is forgotten when SMM ends, not when another state is set. */
	{ "smm-vmx", IN_SMM, "smm", true, false },
	{ "smm-guest", IN_SMM, "smm-guest", true, false },
	{ "evmcs-fresh", WITH_EVMCS, NULL, true, false },
	{ "evmcs-vmx", WITH_EVMCS, "evmcs", false, false },
	{ "evmcs-l2", WITH_EVMCS, "evmcs-l2", false, false },
	{ "evmcs-live", WITH_EVMCS, "evmcs-l2", false, true },
};

const size_t target_count = ARRAY_SIZE(targets);

static bool set_id(struct subject *subject)
{
	uint64_t basic;

	if (subject->revision == &revisions[0])
		return true;
	machine_read_msr(&subject->machine, IA32_VMX_BASIC, &basic);
	return machine_write_msr(&subject->machine, IA32_VMX_BASIC,
				 (basic & ~0x7fffffffull) | subject->revision->id);
}

/* There is no VMX in SMM. */
static void enter_smm(struct subject *subject)
{
	struct kvm_vcpu_events events;
	struct kvm_sregs sregs;

	ASK(subject->machine.vcpu, KVM_GET_SREGS, &sregs);
	sregs.cr4 &= ~CR4_VMXE;
	ASK(subject->machine.vcpu, KVM_SET_SREGS, &sregs);
	ASK(subject->machine.vcpu, KVM_GET_VCPU_EVENTS, &events);
	events.smi.smm = 1;
	ASK(subject->machine.vcpu, KVM_SET_VCPU_EVENTS, &events);
}

static uint32_t *linked_word(struct subject *subject)
{
	return (uint32_t *)(subject->machine.memory + VMCS_SHADOW);
}

/* What L1 would have written before it entered L2. */
static void make_regions(struct subject *subject)
{
	struct machine *machine = &subject->machine;
	uint32_t *evmcs = (uint32_t *)(machine->memory + EVMCS_A);

	*linked_word(subject) = subject->revision->id | SHADOW_BIT;
	*evmcs = EVMCS_VERSION;
	if (machine->evmcs)
		use_evmcs(machine, EVMCS_A);
	copy_words(subject->regions, machine->memory + VMXON_REGION, sizeof(subject->regions));
}

static bool set_own(struct subject *subject)
{
	return !subject->target->start ||
	       !ioctl(subject->machine.vcpu, KVM_SET_NESTED_STATE, &subject->own);
}

/* Another vCPU. */
static bool bring_fresh(struct subject *subject)
{
	machine_replace_vcpu(&subject->machine);
	set_id(subject);
	if (subject->target->kind == IN_SMM)
		enter_smm(subject);
	return set_own(subject);
}

static void leave(struct subject *subject)
{
	struct kvm_nested_state none = {
		.size = sizeof(none), .hdr.vmx = { .vmxon_pa = ~0ull, .vmcs12_pa = ~0ull },
	};

	ASK(subject->machine.vcpu, KVM_SET_NESTED_STATE, &none);
}

/*
 * The same vCPU: what it has is taken away, and it gets its own again.  An L2 that ends this
 * way leaves fields to be read back when KVM next gets the state of an L1, whichever that
 * is: one is got, and set anew.
 */
static bool bring_back(struct subject *subject)
{
	static struct state ignored;

	leave(subject);
	result_restore(&subject->rest, &subject->machine);
	if (!set_own(subject))
		return false;
	if (!subject->in_l2 || subject->own.header.flags & KVM_STATE_NESTED_GUEST_MODE)
		return true;
	subject->in_l2 = false;
	ignored.header.size = sizeof(ignored);
	ASK(subject->machine.vcpu, KVM_GET_NESTED_STATE, &ignored);
	return set_own(subject);
}

/* L2 goes on until it asks for commands. */
static bool run(struct subject *subject)
{
	return machine_go_on(&subject->machine) && subject->machine.level == L2;
}

static void write_regions(struct subject *subject)
{
	copy_words(subject->machine.memory + VMXON_REGION, subject->regions,
		   sizeof(subject->regions));
}

/*
 * What was set may have asked for what comes first when the vCPU runs, as a VM exit that
 * ends in an abort: then another vCPU is taken.
 */
static bool bring_live(struct subject *subject)
{
	if (!bring_back(subject))
		return false;
	write_regions(subject);
	if (run(subject))
		return true;
	if (!bring_fresh(subject))
		return false;
	write_regions(subject);
	return run(subject);
}

bool subject_bring(struct subject *subject)
{
	const struct target *target = subject->target;
	bool brought = target->live ? bring_live(subject) :
		       target->fresh ? bring_fresh(subject) : bring_back(subject);

	subject->spoilt = false;
	if (!target->live) {
		write_regions(subject);
		return brought;
	}
	/* L2 has changed memory, and is told the address at which it last missed a page. */
	copy_words(subject->memory, subject->machine.memory + VMXON_REGION,
		   sizeof(subject->memory));
	result_take(&subject->before, &subject->machine);
	return brought;
}

bool subject_create(struct subject *subject, const struct revision *revision,
		    const struct target *target)
{
	struct request own;

	subject->revision = revision;
	subject->target = target;
	subject->in_l2 = false;
	machine_create(&subject->machine, target->kind == WITH_EVMCS);
	if (!set_id(subject)) {
		printf("FAIL: KVM refuses id %#x\n", revision->id);
		return false;
	}
	if (target->kind == IN_SMM)
		enter_smm(subject);
	make_regions(subject);
	if (target->start) {
		find_start(target->start)->make(&subject->machine, SECOND, &own.state);
		make_request(&own, revision, &own.state, &(struct variant){});
		subject->own = own.state;
	}
	msrs_choose(&subject->rest.msrs, &subject->machine);
	result_take(&subject->rest, &subject->machine);
	subject->before.msrs = subject->rest.msrs;
	if (!subject_bring(subject)) {
		printf("FAIL: no vCPU of %s becomes %s: %s\n", revision->name, target->name,
		       strerror(errno));
		return false;
	}
	copy_words(subject->memory, subject->machine.memory + VMXON_REGION,
		   sizeof(subject->memory));
	result_take(&subject->before, &subject->machine);
	return true;
}

/* The state so that what is not to be read can't be. */
static const void *readable_part(const struct request *request)
{
	static const size_t room = 4 * PAGE;	/* of which the last ends a struct state */
	static uint8_t *pages;

	if (request->readable == sizeof(request->state))
		return &request->state;
	if (!pages) {
		pages = mmap(NULL, room + PAGE, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (pages == MAP_FAILED || mprotect(pages + room, PAGE, PROT_NONE))
			err(1, "mmap");
	}
	memcpy(pages + room - request->readable, &request->state, request->readable);
	return pages + room - request->readable;
}

int subject_set(struct subject *subject, const struct request *request, struct result *result)
{
	int done;

	*linked_word(subject) = request->linked;
	done = ioctl(subject->machine.vcpu, KVM_SET_NESTED_STATE, readable_part(request));
	if (done < 0)
		done = -errno;
	result->msrs = subject->rest.msrs;
	result_take(result, &subject->machine);
	subject->in_l2 = result->nested.header.flags & KVM_STATE_NESTED_GUEST_MODE;
	return done;
}

bool subject_memory_changed(const struct subject *subject, const struct request *request)
{
	const uint8_t *now = subject->machine.memory + VMXON_REGION;
	size_t linked = VMCS_SHADOW - VMXON_REGION, behind = linked + sizeof(request->linked);

	return memcmp(now, subject->memory, linked) ||
	       memcmp(now + linked, &request->linked, sizeof(request->linked)) ||
	       memcmp(now + behind, subject->memory + behind, sizeof(subject->memory) - behind);
}

uint64_t subject_digest_memory(const struct subject *subject, uint64_t digest)
{
	return digest_words(subject->machine.memory + VMXON_REGION, sizeof(subject->memory),
			    digest);
}

void subject_destroy(struct subject *subject)
{
	machine_destroy(&subject->machine);
}
