// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "check.h"
#include "revision.h"
#include "tests.h"

/* What the <asm/kvm.h> of a patched kernel has. */
#ifndef KVM_X86_VMCS12_REVISIONS
#define KVM_X86_VMCS12_REVISIONS 1
struct kvm_vmcs12_revisions {
	__u32 nr;
	__u32 ids[];
};
#endif

static int get_ids(int kvm, struct kvm_vmcs12_revisions *ids)
{
	struct kvm_device_attr attribute = {
		.group = 0, .attr = KVM_X86_VMCS12_REVISIONS, .addr = (uintptr_t)ids,
	};

	return ioctl(kvm, KVM_GET_DEVICE_ATTR, &attribute) ? errno : 0;
}

static void test_attribute(void)
{
	struct kvm_device_attr attribute = { .attr = KVM_X86_VMCS12_REVISIONS };
	union {
		struct kvm_vmcs12_revisions ids;
		uint32_t room[1 + 2 * REVISIONS];
	} list = { .room = { 0 } };
	int kvm = open("/dev/kvm", O_RDWR);

	about("the attribute");
	if (kvm < 0)
		err(1, "/dev/kvm");
	check(!ioctl(kvm, KVM_HAS_DEVICE_ATTR, &attribute), "there is none");
	list.ids.nr = REVISIONS - 1;
	check(get_ids(kvm, &list.ids) == E2BIG, "too little room is not E2BIG");
	check(list.ids.nr == REVISIONS && !list.room[1], "nr is %u, ids[0] %#x", list.ids.nr,
	      list.room[1]);
	list.ids.nr = 2 * REVISIONS;
	check(!get_ids(kvm, &list.ids), "with room for more it fails");
	check(list.ids.nr == REVISIONS, "nr is %u", list.ids.nr);
	for (int i = 0; i < REVISIONS; i++)
		check(list.room[1 + i] == revisions[i].id, "ids[%d] is %#x", i, list.room[1 + i]);
	check(get_ids(kvm, NULL) == EFAULT, "no list is not EFAULT");
	close(kvm);
}

/* What no vCPU can be given. */
static const uint32_t unknown[] = { 0, 1, 0x11e57ed1, 0x7fffffff, 0x91e57ed0 };

static void test_before_run(const struct revision *revision)
{
	struct machine machine;

	about("a vCPU of %s before it runs", revision->name);
	machine_create(&machine, true);
	check(id_of(&machine) == revisions[0].id, "the first id is %#x", id_of(&machine));
	check(set_id_by_msr(&machine, revision->id), "KVM_SET_MSRS fails");
	check(id_of(&machine) == revision->id, "then the id is %#x", id_of(&machine));
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		check(!set_id_by_msr(&machine, unknown[i]), "%#x is taken", unknown[i]);
		check(!enable_evmcs(&machine, unknown[i]), "the cap with %#x fails", unknown[i]);
	}
	for (int i = 0; i < REVISIONS; i++)
		check(!enable_evmcs(&machine, revisions[i].id), "the cap with %#x fails",
		      revisions[i].id);
	check(id_of(&machine) == revision->id, "after that the id is %#x", id_of(&machine));
	machine_destroy(&machine);
}

static void test_after_run(const struct revision *revision)
{
	const struct revision *other = &revisions[revision == &revisions[0]];
	struct machine machine;
	uint32_t read;

	about("a vCPU of %s after it has run", revision->name);
	create(&machine, revision, true);
	read = run_one(&machine, RDMSR, IA32_VMX_BASIC, 0).value;
	check(read == revision->id, "its guest reads %#x", read);
	check(!set_id_by_msr(&machine, other->id), "KVM_SET_MSRS changes it");
	check(!enable_evmcs(&machine, other->id), "the cap fails");
	check(set_id_by_msr(&machine, revision->id), "KVM_SET_MSRS of the same fails");
	check(id_of(&machine) == revision->id, "the id is %#x", id_of(&machine));
	machine_destroy(&machine);
}

/* In VMX operation, to which saved state leads without a run. */
static void test_in_vmx(const struct revision *revision)
{
	const struct revision *other = &revisions[revision == &revisions[0]];
	struct kvm_nested_state state = {
		.size = sizeof(state),
		.hdr.vmx = { .vmxon_pa = VMXON_REGION, .vmcs12_pa = ~0ull },
	};
	struct machine machine;

	about("a vCPU of %s in VMX operation", revision->name);
	create(&machine, revision, true);
	check(!ioctl(machine.vcpu, KVM_SET_NESTED_STATE, &state), "KVM_SET_NESTED_STATE fails");
	check(!set_id_by_msr(&machine, other->id), "KVM_SET_MSRS changes it");
	check(id_of(&machine) == revision->id, "the id is %#x", id_of(&machine));
	machine_destroy(&machine);
}

void test_choice(void)
{
	test_attribute();
	for (int i = 0; i < REVISIONS; i++) {
		test_before_run(&revisions[i]);
		test_after_run(&revisions[i]);
		test_in_vmx(&revisions[i]);
	}
}
