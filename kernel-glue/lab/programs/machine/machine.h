/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM whose L1, and the L2 that it starts, run what userspace tells them, command by
 * command.
 */
#ifndef MACHINE_MACHINE_H
#define MACHINE_MACHINE_H

#include <linux/kvm.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner.h"

#define PAGE		0x1000
#define MEMORY		(8 << 20)

/* Where things are in the guest's memory, which is mapped to itself. */
enum place {
	PAGE_TABLES = 0x1000,		/* three pages */
	GDT = 0x4000,
	TSS = 0x5000,
	IDT = 0x6000,			/* a page for each level */
	RUNNER = 0x8000,		/* likewise: L1's, then L2's */
	VMXON_REGION = 0x10000,
	VMCS_A = 0x11000,
	VMCS_B = 0x12000,
	VMCS_SHADOW = 0x13000,
	EVMCS_A = 0x14000,
	EVMCS_B = 0x15000,
	ASSIST_PAGE = 0x16000,
	ZERO_BITMAP = 0x17000,
	OPERAND = 0x18000,		/* of an instruction that takes it from memory */
	COMMANDS = 0x200000,		/* up to the end */
	NOWHERE = 0x10000000,		/* no memory */
};

/* Selectors of the one GDT. */
enum { CODE_SELECTOR = 0x08, DATA_SELECTOR = 0x10, TSS_SELECTOR = 0x18 };

/* The bits of control registers that long mode, and VMX, need. */
enum { GUEST_CR0 = 0x80010033, GUEST_CR4 = 0x2020 };

#define MAX_COMMANDS ((MEMORY - COMMANDS) / sizeof(struct command) / 2)

/* Who asks for commands; NOBODY once KVM_RUN ended otherwise. */
enum level { NOBODY, L1, L2 };

struct machine {
	int vm, vcpu;
	unsigned int vcpus;		/* that the VM has had; one at a time is in use */
	struct kvm_run *run;
	size_t run_size;
	uint8_t *memory;
	bool evmcs;			/* the enlightened VMCS is offered */
	enum level level;		/* which asks for commands */
};

/* Nested state as userspace saves and restores it. */
struct state {
	struct kvm_nested_state header;
	uint8_t vmcs12[PAGE];
	uint8_t shadow[PAGE];
};

/* A system call that has to succeed; its result. */
#define ASK(fd, request, argument) ask(fd, request, (void *)(argument), #request)
int ask(int fd, unsigned long request, void *argument, const char *name);

/* A VM with zeroes for memory and registers as at reset. */
void machine_create_empty(struct machine *machine, bool evmcs);

/* A VM whose L1 waits for its first command. */
void machine_create(struct machine *machine, bool evmcs);

/* Another with the same memory and registers, but without what is nested. */
void machine_copy(struct machine *machine, const struct machine *from);

/*
 * Another vCPU in place of the one there is, with registers as the first had; in another
 * VM, with memory as that one's at first, once this one has had MAX_VCPUS.
 */
#define MAX_VCPUS 200
void machine_replace_vcpu(struct machine *machine);

void machine_destroy(struct machine *machine);

/* KVM_GET_MSRS and KVM_SET_MSRS of one; return whether there is such. */
bool machine_read_msr(struct machine *machine, uint32_t msr, uint64_t *value);
bool machine_write_msr(struct machine *machine, uint32_t msr, uint64_t value);

/* Where the runner of a level begins, where a VM exit enters it, and its stack. */
uint64_t runner_entry(enum level level);
uint64_t runner_exit(enum level level);
uint64_t runner_stack(enum level level);

/* Room for a level's commands. */
struct command *machine_commands(struct machine *machine, enum level level);

/* Tell the level that asks to run the first @count of its commands, once it goes on. */
void machine_tell(struct machine *machine, size_t count);

/* Let who ran last go on until a level asks, or, and then return false, a signal comes. */
bool machine_go_on(struct machine *machine);

/* Both, through all signals. */
void machine_run(struct machine *machine, size_t count);

/* L1 names an eVMCS in the assist page, by which it will enter L2, or none. */
void use_evmcs(struct machine *machine, enum place place);
void use_no_evmcs(struct machine *machine);

#endif
