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

/* What KVM knows of the CPU, and the words of controls in it; a word that a kernel lacks has no bytes. */
extern void *const question_cpu;
extern const unsigned long question_cpu_size;
extern const struct place controls[];

/* Do what KVM does when it is loaded, by what it knows of the CPU. */
void question_prepare(void);

/* The bytes of a struct vcpu_vmx. */
long question_vcpu_size(void);

/* Copy an eVMCS to a struct vmcs12, as at an entry at which these groups are @clean; and back. */
void question_entry(void *vmx, void *vmcs12, void *evmcs, unsigned int clean);
void question_exit(void *vmx, void *vmcs12, void *evmcs);

#endif
