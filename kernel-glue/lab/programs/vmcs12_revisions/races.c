// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/ioctl.h>

#include <vmcs_access.h>

#include "check.h"
#include "revision.h"
#include "tests.h"

#define MAX_ROUNDS	100000

/* What another CPU does to an image. */
struct writer {
	struct machine *machine;
	atomic_bool ended;
};

/*
 * It becomes one of a revision, or of none, by chance: an emulated CPU that has threads take
 * turns by its clock would always show the same of a regular sequence.
 */
static void *write_images(void *argument)
{
	struct writer *writer = argument;
	volatile uint32_t *id = (uint32_t *)(writer->machine->memory + VMCS_B);
	uint64_t seed = 1;

	while (!writer->ended) {
		uint64_t number = chance(&seed) % (REVISIONS + 1);

		*id = number < REVISIONS ? revisions[number].id : 0x12345678;
	}
	return NULL;
}

/*
 * The image that was loaded, as userspace saves it: KVM goes by the vCPU's revision, whatever
 * id the image has got since the check.
 */
static void check_loaded(struct machine *machine, const struct revision *vcpu)
{
	struct state state = { .header.size = sizeof(state) };
	uint64_t read, there;

	read = run_one(machine, VMREAD, VMCS_ENC_GUEST_RIP, 0).value;
	ioctl(machine->vcpu, KVM_GET_NESTED_STATE, &state);
	there = vmcs_peek(state.vmcs12, offset_in(vcpu, VMCS_ENC_GUEST_RIP), 8);
	check(read == there, "GUEST_RIP is %#llx, and %#llx in the image",
	      (unsigned long long)read, (unsigned long long)there);
}

static void test_race(const struct revision *vcpu, unsigned long rounds)
{
	unsigned int loaded = 0, refused = 0;
	struct machine machine;
	struct writer writer = { .machine = &machine };
	pthread_t thread;

	about("images that change on a vCPU of %s", vcpu->name);
	create(&machine, vcpu, false);
	memcpy(machine.memory + VMXON_REGION, &vcpu->id, sizeof(vcpu->id));
	make_image(&machine, VMCS_A, vcpu);
	make_image(&machine, VMCS_B, vcpu);
	for (int i = 0; i < REVISIONS; i++)
		vmcs_poke(machine.memory + VMCS_B, offset_in(&revisions[i], VMCS_ENC_GUEST_RIP), 8,
			  0x1000 + i);
	check(!run_one(&machine, VMXON, VMXON_REGION, 0).result, "VMXON fails");
	if (pthread_create(&thread, NULL, write_images, &writer))
		errx(1, "pthread_create");
	for (unsigned long i = 0; i < (loaded && refused ? rounds : MAX_ROUNDS); i++) {
		check(!run_one(&machine, VMPTRLD, VMCS_A, 0).result, "VMPTRLD fails");
		if (run_one(&machine, VMPTRLD, VMCS_B, 0).result) {
			refused++;
			continue;
		}
		loaded++;
		check_loaded(&machine, vcpu);
	}
	writer.ended = true;
	pthread_join(thread, NULL);
	check(loaded && refused, "%u were loaded, %u refused", loaded, refused);
	machine_destroy(&machine);
}

void test_races(unsigned long rounds)
{
	for (int i = 0; rounds && i < REVISIONS; i++)
		test_race(&revisions[i], rounds);
}
