// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM for what the lab does to nested state: 64-bit code on a flat map of 8 MB, without any device.
 */
#include <asm/kvm.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "machine.h"

#define MAX_CPUID		256

#define IA32_FEATURE_CONTROL	0x3a
#define FEATURE_CONTROL		5		/* locked; VMX outside SMX */
#define HV_GUEST_OS_ID		0x40000000
#define HV_VP_ASSIST_PAGE	0x40000073

/* In the assist page. */
#define ASSIST_ENLIGHTEN_VMENTRY	40
#define ASSIST_CURRENT_VMCS		48

#define CR4_VMXE		0x2000
#define EFER_LONG_MODE		0x500		/* LME and LMA */
#define RFLAGS_IF		0x202

int ask(int fd, unsigned long request, void *argument, const char *name)
{
	int result = ioctl(fd, request, argument);

	if (result < 0)
		err(1, "%s", name);
	return result;
}

static void *map(int fd, size_t size)
{
	int flags = fd < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED;
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (memory == MAP_FAILED)
		err(1, "mmap");
	return memory;
}

static uint64_t runner_page(enum level level)
{
	return RUNNER + (level - L1) * PAGE;
}

uint64_t runner_entry(enum level level)
{
	return runner_page(level) + ((level == L1 ? runner_start : runner_restart) - runner_begin);
}

uint64_t runner_exit(enum level level)
{
	return runner_page(level) + (runner_vm_exit - runner_begin);
}

uint64_t runner_stack(enum level level)
{
	return runner_page(level) + PAGE;
}

static void make_page_tables(uint8_t *memory)
{
	uint64_t *tables = (uint64_t *)(memory + PAGE_TABLES);
	size_t entries = PAGE / sizeof(*tables);

	tables[0] = (PAGE_TABLES + PAGE) | 3;			/* present, writable */
	tables[entries] = (PAGE_TABLES + 2 * PAGE) | 3;
	for (uint64_t page = 0; page < MEMORY >> 21; page++)
		tables[2 * entries + page] = page << 21 | 0x83;	/* 2 MB */
}

/* Each level's copy of the code, and an IDT that leads to its vectors. */
static void make_runner(uint8_t *memory, enum level level)
{
	struct runner *runner = (void *)(memory + runner_page(level));
	uint64_t (*gate)[2] = (void *)(memory + IDT + (level - L1) * PAGE);
	uint64_t entry = runner_page(level) + (runner_vectors - runner_begin);

	memcpy(runner, runner_begin, runner_end - runner_begin);
	runner->port = level;
	for (int i = 0; i < RUNNER_VECTORS; i++, entry += RUNNER_VECTOR_SIZE)
		gate[i][0] = 0x8e0000000000 | CODE_SELECTOR << 16 | entry;
}

static void make_memory(uint8_t *memory)
{
	uint64_t *gdt = (uint64_t *)(memory + GDT);

	make_page_tables(memory);
	gdt[CODE_SELECTOR / 8] = 0x00af9b000000ffff;
	gdt[DATA_SELECTOR / 8] = 0x00cf93000000ffff;
	gdt[TSS_SELECTOR / 8] = 0x00008b0000000067 | (uint64_t)TSS << 16;
	make_runner(memory, L1);
	make_runner(memory, L2);
}

static struct kvm_cpuid2 *get_cpuid(int fd, unsigned long request, const char *name)
{
	struct kvm_cpuid2 *cpuid = calloc(1, sizeof(*cpuid) +
					     MAX_CPUID * sizeof(cpuid->entries[0]));

	if (!cpuid)
		err(1, "calloc");
	cpuid->nent = MAX_CPUID;
	ask(fd, request, cpuid, name);
	return cpuid;
}

/* All that KVM can offer; where KVM's own leaves are come Hyper-V's. */
static void set_cpuid(struct machine *machine, int kvm)
{
	struct kvm_cpuid2 *cpuid = get_cpuid(kvm, KVM_GET_SUPPORTED_CPUID,
					     "KVM_GET_SUPPORTED_CPUID");
	unsigned int kept = 0;

	if (machine->evmcs) {
		struct kvm_cpuid2 *hv = get_cpuid(machine->vcpu, KVM_GET_SUPPORTED_HV_CPUID,
						  "KVM_GET_SUPPORTED_HV_CPUID");

		for (unsigned int i = 0; i < cpuid->nent; i++)
			if (cpuid->entries[i].function >> 8 != 0x400000)
				cpuid->entries[kept++] = cpuid->entries[i];
		if (kept + hv->nent > MAX_CPUID)
			errx(1, "too many leaves of CPUID");
		memcpy(cpuid->entries + kept, hv->entries,
		       hv->nent * sizeof(hv->entries[0]));
		cpuid->nent = kept + hv->nent;
		free(hv);
	}
	ASK(machine->vcpu, KVM_SET_CPUID2, cpuid);
	free(cpuid);
}

static bool transfer_msr(struct machine *machine, unsigned long request, uint32_t msr,
			 uint64_t *value)
{
	union {
		struct kvm_msrs list;
		uint8_t room[sizeof(struct kvm_msrs) + sizeof(struct kvm_msr_entry)];
	} msrs = { .list.nmsrs = 1 };
	int done;

	msrs.list.entries[0] = (struct kvm_msr_entry){ .index = msr, .data = *value };
	done = ask(machine->vcpu, request, &msrs, "MSRs");
	*value = msrs.list.entries[0].data;
	return done == 1;
}

bool machine_read_msr(struct machine *machine, uint32_t msr, uint64_t *value)
{
	*value = 0;
	return transfer_msr(machine, KVM_GET_MSRS, msr, value);
}

bool machine_write_msr(struct machine *machine, uint32_t msr, uint64_t value)
{
	return transfer_msr(machine, KVM_SET_MSRS, msr, &value);
}

static void set_registers(struct machine *machine)
{
	struct kvm_segment code = {
		.limit = 0xffffffff, .selector = CODE_SELECTOR, .type = 0xb,
		.present = 1, .s = 1, .l = 1, .g = 1,
	};
	struct kvm_segment data = {
		.limit = 0xffffffff, .selector = DATA_SELECTOR, .type = 0x3,
		.present = 1, .s = 1, .db = 1, .g = 1,
	};
	struct kvm_segment task = {
		.base = TSS, .limit = 0x67, .selector = TSS_SELECTOR, .type = 0xb, .present = 1,
	};
	struct kvm_regs regs = {
		.rip = runner_entry(L1), .rsp = runner_stack(L1), .rflags = RFLAGS_IF,
	};
	struct kvm_sregs sregs;

	ASK(machine->vcpu, KVM_GET_SREGS, &sregs);
	sregs.cs = code;
	sregs.ds = sregs.es = sregs.fs = sregs.gs = sregs.ss = data;
	sregs.tr = task;
	sregs.ldt = (struct kvm_segment){ .unusable = 1 };
	sregs.gdt = (struct kvm_dtable){ .base = GDT, .limit = TSS_SELECTOR + 15 };
	sregs.idt = (struct kvm_dtable){ .base = IDT, .limit = RUNNER_VECTORS * 16 - 1 };
	sregs.cr0 = GUEST_CR0;
	sregs.cr3 = PAGE_TABLES;
	sregs.cr4 = GUEST_CR4;
	sregs.efer = EFER_LONG_MODE;
	ASK(machine->vcpu, KVM_SET_SREGS, &sregs);
	ASK(machine->vcpu, KVM_SET_REGS, &regs);
}

static void set_msrs(struct machine *machine)
{
	bool done = machine_write_msr(machine, IA32_FEATURE_CONTROL, FEATURE_CONTROL);

	if (machine->evmcs)
		done = done && machine_write_msr(machine, HV_GUEST_OS_ID, 1) &&
		       machine_write_msr(machine, HV_VP_ASSIST_PAGE, ASSIST_PAGE | 1);
	if (!done)
		errx(1, "KVM_SET_MSRS");
}

static int open_kvm(void)
{
	int kvm = open("/dev/kvm", O_RDWR);

	if (kvm < 0)
		err(1, "/dev/kvm");
	return kvm;
}

/* The VM's next, with registers as at reset. */
static void create_vcpu(struct machine *machine)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_HYPERV_ENLIGHTENED_VMCS };
	int kvm = open_kvm();
	uint16_t version;

	machine->vcpu = ASK(machine->vm, KVM_CREATE_VCPU, (uintptr_t)machine->vcpus++);
	machine->run_size = ASK(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	machine->run = map(machine->vcpu, machine->run_size);
	if (machine->evmcs) {
		cap.args[0] = (uintptr_t)&version;
		ASK(machine->vcpu, KVM_ENABLE_CAP, &cap);
	}
	set_cpuid(machine, kvm);
	set_msrs(machine);
	close(kvm);
}

static void destroy_vcpu(struct machine *machine)
{
	munmap(machine->run, machine->run_size);
	close(machine->vcpu);
}

void machine_create_empty(struct machine *machine, bool evmcs)
{
	struct kvm_userspace_memory_region region = { .memory_size = MEMORY };
	int kvm = open_kvm();

	machine->evmcs = evmcs;
	machine->vcpus = 0;
	machine->memory = map(-1, MEMORY);
	region.userspace_addr = (uintptr_t)machine->memory;
	machine->vm = ASK(kvm, KVM_CREATE_VM, 0);
	ASK(machine->vm, KVM_SET_USER_MEMORY_REGION, &region);
	create_vcpu(machine);
	close(kvm);
}

void machine_create(struct machine *machine, bool evmcs)
{
	machine_create_empty(machine, evmcs);
	make_memory(machine->memory);
	set_registers(machine);
	machine->level = L1;
}

void machine_copy(struct machine *machine, const struct machine *from)
{
	struct kvm_sregs sregs;
	struct kvm_regs regs;

	machine_create_empty(machine, from->evmcs);
	machine->level = from->level;
	memcpy(machine->memory, from->memory, MEMORY);
	ASK(from->vcpu, KVM_GET_SREGS, &sregs);
	ASK(from->vcpu, KVM_GET_REGS, &regs);
	ASK(machine->vcpu, KVM_SET_SREGS, &sregs);
	ASK(machine->vcpu, KVM_SET_REGS, &regs);
}

void machine_replace_vcpu(struct machine *machine)
{
	if (machine->vcpus == MAX_VCPUS) {
		machine_destroy(machine);
		machine_create(machine, machine->evmcs);
	}
	/* The first one of a VM boots it, as its APIC base says; the others are alike. */
	destroy_vcpu(machine);
	create_vcpu(machine);
	set_registers(machine);
	machine->level = L1;
}

void machine_destroy(struct machine *machine)
{
	destroy_vcpu(machine);
	close(machine->vm);
	munmap(machine->memory, MEMORY);
}

struct command *machine_commands(struct machine *machine, enum level level)
{
	return (struct command *)(machine->memory + COMMANDS) + (level - L1) * MAX_COMMANDS;
}

void machine_tell(struct machine *machine, size_t count)
{
	struct runner *runner = (void *)(machine->memory + runner_page(machine->level));
	struct command *commands = machine_commands(machine, machine->level);

	runner->commands = (uint8_t *)commands - machine->memory;
	runner->count = count;
}

/*
 * The exit's instruction is completed, too, so that the vCPU's state can be read, and
 * set.
 */
bool machine_go_on(struct machine *machine)
{
	struct kvm_run *run = machine->run;

	machine->level = NOBODY;
	if (ioctl(machine->vcpu, KVM_RUN, 0)) {
		if (errno == EINTR)
			return false;
		err(1, "KVM_RUN");
	}
	if (run->exit_reason == KVM_EXIT_IO) {
		machine->level = run->io.port;
		run->immediate_exit = 1;
		ioctl(machine->vcpu, KVM_RUN, 0);
		run->immediate_exit = 0;
	}
	return true;
}

void machine_run(struct machine *machine, size_t count)
{
	machine_tell(machine, count);
	while (!machine_go_on(machine))
		;
}

void use_evmcs(struct machine *machine, enum place place)
{
	machine->memory[ASSIST_PAGE + ASSIST_ENLIGHTEN_VMENTRY] = 1;
	*(uint64_t *)(machine->memory + ASSIST_PAGE + ASSIST_CURRENT_VMCS) = place;
}

void use_no_evmcs(struct machine *machine)
{
	machine->memory[ASSIST_PAGE + ASSIST_ENLIGHTEN_VMENTRY] = 0;
}
