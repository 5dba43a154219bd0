/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is asked of KVM's own code: by the program, in host.c, of what is compiled with the kernel's
 * headers.  Neither side sees the other's headers.
 */
#ifndef QUESTIONS_H
#define QUESTIONS_H

/* What a function answers for an encoding; it may say which clean-field @groups the field has. */
struct question {
	const char *name;
	long (*ask)(unsigned long encoding, unsigned int *groups);
};

/* All questions about encodings; the last has no name. */
extern const struct question questions[];

/* Where a member of a structure lies, in bytes; the last of a list has no member. */
struct place {
	const char *structure, *member;
	unsigned long offset, size;
};

/* The members of the structures that the audit is about. */
extern const struct place places[];

/*
 * What KVM knows of the CPU, and the words of controls in it; a word that a kernel lacks has no
 * bytes.
 */
extern void *const question_cpu;
extern const unsigned long question_cpu_size;
extern const struct place controls[];

/* The words of controls that KVM offers an L1, in the same structure, after question_offer(). */
extern const struct place offers[];

/* Find out what KVM offers an L1 on that CPU. */
void question_offer(void);

/* Do what KVM does when it is loaded, by what it knows of the CPU. */
void question_prepare(void);

/* The bytes of a struct vcpu_vmx. */
long question_vcpu_size(void);

/*
 * Clamp an index to a size, so that a CPU that speculates does not load what lies beyond: this is
 * called in the place of array_index_nospec().
 */
unsigned long question_clamp(unsigned long index, unsigned long size);

/* Copy an eVMCS to a struct vmcs12, as at an entry at which these groups are @clean; and back. */
void question_entry(void *vmx, void *vmcs12, void *evmcs, unsigned int clean);
void question_exit(void *vmx, void *vmcs12, void *evmcs);

/*
 * Emulate VMWRITE of @value to a field; returns 0, the number of the SDM's VM-instruction error, or
 * -1 for VMfailInvalid, and what the field has then.
 */
long question_vmwrite(unsigned long field, unsigned long value, unsigned long *kept);

/* Saved state of a vCPU, and what its checks say: @fails is one that does, or -1. */
struct saved_state {
	unsigned long size;	/* in bytes, with its header */
	int guest, shadow;	/* L2 runs; it has a VMCS of its own */
	int wrong_id;		/* 1: the first struct vmcs12 has another id, 2: the second */
	int fails;
};

/* What became of it. */
struct restored {
	long status;		/* as KVM returns it */
	int entered;		/* L2 was entered */
	unsigned long read[2];	/* how far into it each struct vmcs12 was read, in bytes */
};

/* Restore saved state. */
void question_restore(const struct saved_state *saved, struct restored *restored);

/* The names of the checks that VMLAUNCH makes; the last is NULL.  The bytes of a state's header. */
extern const char *const question_checks[];
extern const unsigned long question_header;

#endif
