// SPDX-License-Identifier: GPL-2.0-only
/*
 * Run several guests that take turns: each says its line to a port, a character
 * at an exit, and halts.  KVM switches between their VMCSes at every exit.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#define GUESTS		4
#define MEMORY		0x1000
#define MESSAGE		0x100		/* where its line is in a guest's memory */

/* Real mode: write the string at MESSAGE to port 0x3f8, byte by byte. */
static const uint8_t guest_code[] = {
	0xba, 0xf8, 0x03,		/*	mov	$0x3f8, %dx	*/
	0xbe, 0x00, 0x01,		/*	mov	$MESSAGE, %si	*/
	0xac,				/* 1:	lodsb			*/
	0x84, 0xc0,			/*	test	%al, %al	*/
	0x74, 0x03,			/*	jz	2f		*/
	0xee,				/*	out	%al, (%dx)	*/
	0xeb, 0xf8,			/*	jmp	1b		*/
	0xf4,				/* 2:	hlt			*/
};

struct guest {
	int vcpu;
	struct kvm_run *run;
	char said[64];
	size_t length;
	bool halted;
};

static int ask(int fd, unsigned long request, void *argument, const char *name)
{
	int result = ioctl(fd, request, argument);

	if (result < 0)
		err(1, "%s", name);
	return result;
}

#define ASK(fd, request, argument) ask(fd, request, (void *)(argument), #request)

static void *map(int fd, size_t size)
{
	int flags = fd < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED;
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (memory == MAP_FAILED)
		err(1, "mmap");
	return memory;
}

static void message(char *text, size_t size, int number)
{
	snprintf(text, size, "guest %d is alive", number);
}

static void create(struct guest *guest, int kvm, int number)
{
	char *memory = map(-1, MEMORY);
	struct kvm_userspace_memory_region region = {
		.memory_size = MEMORY,
		.userspace_addr = (uintptr_t)memory,
	};
	struct kvm_regs regs = { .rflags = 0x202 };
	struct kvm_sregs sregs;
	int vm = ASK(kvm, KVM_CREATE_VM, 0);

	memcpy(memory, guest_code, sizeof(guest_code));
	message(memory + MESSAGE, MEMORY - MESSAGE, number);
	ASK(vm, KVM_SET_USER_MEMORY_REGION, &region);
	guest->vcpu = ASK(vm, KVM_CREATE_VCPU, 0);
	guest->run = map(guest->vcpu, ASK(kvm, KVM_GET_VCPU_MMAP_SIZE, 0));
	ASK(guest->vcpu, KVM_GET_SREGS, &sregs);
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	ASK(guest->vcpu, KVM_SET_SREGS, &sregs);
	ASK(guest->vcpu, KVM_SET_REGS, &regs);
}

/* Let a guest run until it says a character, or halts. */
static void turn(struct guest *guest, int number)
{
	struct kvm_run *run = guest->run;

	ASK(guest->vcpu, KVM_RUN, 0);
	if (run->exit_reason == KVM_EXIT_HLT)
		guest->halted = true;
	else if (run->exit_reason != KVM_EXIT_IO)
		errx(1, "guest %d: exit reason %u", number, run->exit_reason);
	else if (guest->length < sizeof(guest->said) - 1)
		guest->said[guest->length++] = ((char *)run)[run->io.data_offset];
}

int main(void)
{
	static struct guest guests[GUESTS];
	int kvm = open("/dev/kvm", O_RDWR);
	int left = GUESTS;

	if (kvm < 0)
		err(1, "/dev/kvm");
	for (int i = 0; i < GUESTS; i++)
		create(&guests[i], kvm, i);
	while (left) {
		for (int i = 0; i < GUESTS; i++) {
			if (guests[i].halted)
				continue;
			turn(&guests[i], i);
			left -= guests[i].halted;
		}
	}
	for (int i = 0; i < GUESTS; i++) {
		char wanted[sizeof(guests[i].said)];

		message(wanted, sizeof(wanted), i);
		if (strcmp(guests[i].said, wanted))
			errx(1, "guest %d said '%s', not '%s'", i, guests[i].said, wanted);
		printf("%s\n", guests[i].said);
	}
	return 0;
}
