// SPDX-License-Identifier: GPL-2.0-only
/*
 * Save a VM in the middle of its L2, as text on standard output; resume it from there,
 * under another kernel for instance, and see that L2 goes on where it was.
 */
#include <err.h>
#include <evmcs/linux-map.h>
#include <evmcs/linux.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "../machine/l2.h"
#include "chain.h"
#include "snapshot.h"

#define CR4_OSFXSR		0x200
#define REASON_VMCALL		18

#define ROUNDS			3	/* before a VM is saved, and between hops */
#define MAX_ATTEMPTS		10000	/* to stop L2 by a signal */
#define ENTRIES			64	/* for the same VMCALL before L1 asks again */

struct vm {
	struct machine machine;
	struct plan plan;
	bool again;			/* L1 lets L2 do its VMCALL again and again */
};

static const char USAGE[] =
	"usage: vmcs12_migrate save [--evmcs] [--pending] [--revision ID]\n"
	"       vmcs12_migrate resume [--save] [--other-version] FILE\n";

/*
 * L1's VMCS
 */

static void set_field(struct vm *vm, uint32_t encoding, uint64_t value)
{
	struct field field = { encoding, value };

	if (vm->plan.evmcs)
		set_evmcs_fields(&vm->machine, EVMCS_A, &field, 1);
	else if (write_fields(&vm->machine, &field, 1))
		errx(1, "VMWRITE of field %#x fails", encoding);
}

/* One command of L1 that has to succeed; what it has read. */
static uint64_t command(struct vm *vm, enum operation operation, uint64_t operand)
{
	struct command *command = machine_commands(&vm->machine, L1);

	*command = (struct command){ .operation = operation, .operand = operand };
	machine_run(&vm->machine, 1);
	if (vm->machine.level != L1 || command->result)
		errx(1, "L1's operation %u fails: result %#" PRIx64, operation, command->result);
	return command->value;
}

static uint64_t get_field(struct vm *vm, uint32_t encoding)
{
	if (vm->plan.evmcs)
		return vmcs_peek(vm->machine.memory + EVMCS_A,
				 vmcs_offset(evmcs_linux_map, encoding), vmcs_bytes(encoding));
	return command(vm, VMREAD, encoding);
}

static uint32_t revision(struct machine *machine)
{
	uint64_t basic;

	machine_read_msr(machine, IA32_VMX_BASIC, &basic);
	return basic & REVISION_ID;
}

static void set_revision(struct machine *machine, uint32_t id)
{
	uint64_t basic;

	machine_read_msr(machine, IA32_VMX_BASIC, &basic);
	if (!machine_write_msr(machine, IA32_VMX_BASIC, (basic & ~(uint64_t)REVISION_ID) | id))
		errx(1, "KVM_SET_MSRS of IA32_VMX_BASIC refuses revision %#010" PRIx32, id);
}

static void load_vmcs(struct vm *vm)
{
	uint8_t *memory = vm->machine.memory;
	uint32_t id = revision(&vm->machine);

	*(uint32_t *)(memory + VMXON_REGION) = id;
	*(uint32_t *)(memory + VMCS_A) = id;
	*(uint32_t *)(memory + EVMCS_A) = evmcs_linux_id;
	command(vm, VMXON, VMXON_REGION);
	if (vm->plan.evmcs) {
		use_evmcs(&vm->machine, EVMCS_A);
	} else {
		command(vm, VMCLEAR, VMCS_A);
		command(vm, VMPTRLD, VMCS_A);
	}
}

/* A VM whose L1 is about to enter L2. */
static void create(struct vm *vm, uint32_t id)
{
	struct field fields[MAX_L2_FIELDS];
	size_t count;

	machine_create(&vm->machine, vm->plan.evmcs);
	if (id)
		set_revision(&vm->machine, id);
	chain_create(&vm->machine);
	load_vmcs(vm);
	count = l2_fields(&vm->machine, fields);
	for (size_t i = 0; i < count; i++)
		set_field(vm, fields[i].encoding, fields[i].value);
	set_field(vm, VMCS_ENC_GUEST_RIP, chain_entry());
	set_field(vm, VMCS_ENC_GUEST_GS_BASE, CHAIN_GS_BASE);
	set_field(vm, VMCS_ENC_GUEST_CR4, GUEST_CR4 | CR4_OSFXSR);
	*machine_commands(&vm->machine, L1) = (struct command){ .operation = VMLAUNCH };
	machine_tell(&vm->machine, 1);
}

/*
 * Running
 */

/* L1 has had a VMCALL of L2: let it enter L2 again once it goes on. */
static void reenter(struct vm *vm)
{
	struct command *commands = machine_commands(&vm->machine, L1);
	size_t entries = vm->again ? ENTRIES : 1;
	uint64_t reason;

	if (commands->result != RESULT_VM_EXIT)
		errx(1, "L1 can't enter L2: result %#" PRIx64, commands->result);
	reason = get_field(vm, VMCS_ENC_VM_EXIT_REASON);
	if (reason != REASON_VMCALL)
		errx(1, "L2 exits to L1 with reason %#" PRIx64, reason);
	if (!vm->again)
		set_field(vm, VMCS_ENC_GUEST_RIP, chain_behind_vmcall());
	for (size_t i = 0; i < entries; i++)
		commands[i] = (struct command){ .operation = VMRESUME };
	machine_tell(&vm->machine, entries);
}

/* Until L2 has done a round, L1 asks, or, and then return false, a signal comes. */
static bool go_on(struct vm *vm)
{
	if (!machine_go_on(&vm->machine))
		return false;
	switch (vm->machine.level) {
	case L1:
		reenter(vm);
		break;
	case L2:
		vm->plan.rounds++;
		break;
	default:
		errx(1, "KVM_RUN ends with exit reason %u", vm->machine.run->exit_reason);
	}
	return true;
}

static void run_rounds(struct vm *vm, unsigned int rounds)
{
	for (uint64_t end = vm->plan.rounds + rounds; vm->plan.rounds < end; )
		go_on(vm);
}

static void wake(int signal)
{
	(void)signal;
}

static void set_timer(unsigned int microseconds)
{
	struct itimerval timer = {
		.it_interval.tv_usec = microseconds, .it_value.tv_usec = microseconds,
	};
	struct sigaction action = { .sa_handler = wake, .sa_flags = SA_RESTART };

	if (sigaction(SIGALRM, &action, NULL) || setitimer(ITIMER_REAL, &timer, NULL))
		err(1, "a timer");
}

/* Whether L2 is where it is to be saved: running, or about to. */
static bool in_l2(struct vm *vm)
{
	uint16_t wanted = KVM_STATE_NESTED_GUEST_MODE;
	struct state state = { .header.size = sizeof(state) };

	if (vm->plan.pending)
		wanted |= KVM_STATE_NESTED_RUN_PENDING;
	ASK(vm->machine.vcpu, KVM_GET_NESTED_STATE, &state);
	return (state.header.flags & (KVM_STATE_NESTED_GUEST_MODE |
				      KVM_STATE_NESTED_RUN_PENDING)) == wanted;
}

/*
 * Let a signal stop L2 wherever it is.  Between an entry and L2's first instruction there
 * is little time: L1 enters L2 so often that the signal comes just then.
 */
static void stop_in_l2(struct vm *vm)
{
	unsigned int attempts = 0;

	vm->again = vm->plan.pending;
	set_timer(1000);
	while (go_on(vm) || !in_l2(vm))
		if (++attempts == MAX_ATTEMPTS)
			errx(1, "no signal has stopped L2 where it is to be saved");
	set_timer(0);
	vm->again = false;
}

/*
 * What the program does
 */

static struct snapshot snapshot;

static int save(struct vm *vm)
{
	uint32_t id;

	run_rounds(vm, ROUNDS);
	stop_in_l2(vm);
	snapshot_take(&snapshot, &vm->machine);
	snapshot.plan = vm->plan;
	memcpy(&id, snapshot.nested.vmcs12, sizeof(id));
	printf("saved after %" PRIu64 " rounds at RIP %#llx, nested state %#x, revision %#010"
	       PRIx32 "\n", vm->plan.rounds, snapshot.regs.rip, snapshot.nested.header.flags, id);
	if (id != revision(&vm->machine))
		errx(1, "the saved VMCS has not the revision of IA32_VMX_BASIC");
	snapshot_print(&snapshot);
	return 0;
}

/* L2 ends a round and exits to L1, which leaves VMX operation. */
static int finish(struct vm *vm)
{
	bool right;

	run_rounds(vm, ROUNDS);
	right = chain_check(&vm->machine, vm->plan.rounds);
	while (!machine_go_on(&vm->machine))
		;
	if (vm->machine.level != L1 || get_field(vm, VMCS_ENC_VM_EXIT_REASON) != REASON_VMCALL)
		errx(1, "L2's VMCALL is no exit to L1");
	command(vm, VMXOFF, 0);
	printf("%s after %" PRIu64 " rounds\n", right ? "OK" : "wrong", vm->plan.rounds);
	return right ? 0 : 1;
}

static int usage(void)
{
	fputs(USAGE, stderr);
	return 2;
}

static int save_command(int argc, char **argv)
{
	static const struct option options[] = {
		{ "evmcs", no_argument, NULL, 'e' },
		{ "pending", no_argument, NULL, 'p' },
		{ "revision", required_argument, NULL, 'r' },
		{ }
	};
	struct vm vm = { };
	uint32_t id = 0;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'e':
			vm.plan.evmcs = true;
			break;
		case 'p':
			vm.plan.pending = true;
			break;
		case 'r':
			id = strtoul(optarg, NULL, 0);
			break;
		default:
			return usage();
		}
	}
	if (optind != argc)
		return usage();
	create(&vm, id);
	return save(&vm);
}

static int resume_command(int argc, char **argv)
{
	static const struct option options[] = {
		{ "save", no_argument, NULL, 's' },
		{ "other-version", no_argument, NULL, 'o' },
		{ }
	};
	bool hop = false, other_version = false, restored;
	struct vm vm = { };
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 's':
			hop = true;
			break;
		case 'o':
			other_version = true;
			break;
		default:
			return usage();
		}
	}
	if (optind != argc - 1)
		return usage();
	snapshot_read(&snapshot, argv[optind]);
	vm.plan = snapshot.plan;
	restored = snapshot_restore(&snapshot, &vm.machine, other_version);
	return (hop ? save(&vm) : finish(&vm)) || !restored;
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "save"))
		return save_command(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "resume"))
		return resume_command(argc - 1, argv + 1);
	return usage();
}
