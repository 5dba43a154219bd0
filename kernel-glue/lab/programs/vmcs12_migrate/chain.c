// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <vmcs_types.h>

#include "chain.h"

#define KERNEL_GS_BASE	0xc0000102

extern const char chain_begin[], chain_next[], chain_end[];

/* All that the chain depends on. */
struct chain {
	uint64_t words[CHAIN_WORDS];
	uint64_t lanes[CHAIN_LANES];		/* the oldest first */
	uint64_t hash, sum, cr2, dr0;
};

static void first_words(uint64_t *words)
{
	for (uint64_t i = 0; i < CHAIN_WORDS; i++)
		words[i] = (i + 1) * CHAIN_SEED;
}

void chain_create(struct machine *machine)
{
	memcpy(machine->memory + CHAIN_CODE, chain_begin, chain_end - chain_begin);
	first_words((uint64_t *)(machine->memory + CHAIN_DATA));
	if (!machine_write_msr(machine, KERNEL_GS_BASE, CHAIN_DATA))
		errx(1, "KVM_SET_MSRS of the kernel's GS base");
}

uint64_t chain_entry(void)
{
	return CHAIN_CODE;
}

uint64_t chain_behind_vmcall(void)
{
	return CHAIN_CODE + (chain_next - chain_begin);
}

static void compute_pass(struct chain *chain)
{
	for (int i = 0; i < CHAIN_WORDS; i++) {
		chain->hash = (chain->hash ^ chain->words[i]) * CHAIN_FACTOR + chain->lanes[0];
		memmove(chain->lanes, chain->lanes + 1,
			sizeof(chain->lanes[0]) * (CHAIN_LANES - 1));
		chain->lanes[CHAIN_LANES - 1] = chain->hash;
		chain->words[i] = chain->hash;
	}
	chain->sum += chain->hash;
}

static void compute(struct chain *chain, uint64_t rounds)
{
	*chain = (struct chain){ .hash = CHAIN_SEED };
	first_words(chain->words);
	for (uint64_t round = 0; round < rounds; round++) {
		for (int pass = 0; pass < CHAIN_PASSES; pass++)
			compute_pass(chain);
		chain->hash ^= chain->sum;
		chain->cr2 = chain->hash += chain->cr2;
		chain->dr0 = chain->hash = (chain->hash ^ chain->dr0) + round;
		chain->hash += chain->words[round % 2];
	}
}

static bool same(const char *name, uint64_t is, uint64_t expected)
{
	if (is != expected)
		printf("%s is %#" PRIx64 ", not %#" PRIx64 "\n", name, is, expected);
	return is == expected;
}

bool chain_check(struct machine *machine, uint64_t rounds)
{
	struct kvm_regs regs;
	struct kvm_sregs sregs;
	struct kvm_debugregs debugregs;
	struct chain chain;
	bool right;

	compute(&chain, rounds);
	ASK(machine->vcpu, KVM_GET_REGS, &regs);
	ASK(machine->vcpu, KVM_GET_SREGS, &sregs);
	ASK(machine->vcpu, KVM_GET_DEBUGREGS, &debugregs);

	const struct {
		const char *name;
		uint64_t is, expected;
	} values[] = {
		{ "rounds (RBP)", regs.rbp, rounds },
		{ "hash (RAX)", regs.rax, chain.hash },
		{ "RBX", regs.rbx, chain.lanes[0] }, { "R8", regs.r8, chain.lanes[1] },
		{ "R9", regs.r9, chain.lanes[2] }, { "R10", regs.r10, chain.lanes[3] },
		{ "R11", regs.r11, chain.lanes[4] }, { "R12", regs.r12, chain.lanes[5] },
		{ "R13", regs.r13, chain.lanes[6] }, { "R14", regs.r14, chain.lanes[7] },
		{ "R15", regs.r15, CHAIN_FACTOR }, { "RCX", regs.rcx, 0 },
		{ "RSI", regs.rsi, CHAIN_DATA }, { "RDI", regs.rdi, CHAIN_WORDS },
		{ "RSP", regs.rsp, runner_stack(L2) },
		{ "CR2", sregs.cr2, chain.cr2 }, { "DR0", debugregs.db[0], chain.dr0 },
	};

	right = !memcmp(machine->memory + CHAIN_DATA, chain.words, sizeof(chain.words));
	if (!right)
		printf("the page of data differs\n");
	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		right = same(values[i].name, values[i].is, values[i].expected) && right;
	return right;
}
