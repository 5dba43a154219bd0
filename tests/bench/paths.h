/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * KVM's hot paths, one side of what is compared: the kernel's own code, the same with
 * restrict, ours, or the limit.
 */
#ifndef TESTS_BENCH_PATHS_H
#define TESTS_BENCH_PATHS_H

struct kvm_vcpu;

struct paths {
	/* Once.  VMREAD and VMWRITE return 0, or the number of a VMfail. */
	int (*vmread)(struct kvm_vcpu *vcpu, unsigned long field, unsigned long *value);
	int (*vmwrite)(struct kvm_vcpu *vcpu, unsigned long field, unsigned long value);
	/* Many times, as part of a loop, since KVM has them as parts of its functions. */
	void (*vmreads)(struct kvm_vcpu *vcpu, const unsigned long *fields, unsigned int times);
	void (*vmwrites)(struct kvm_vcpu *vcpu, const unsigned long *fields, unsigned int times);
	void (*enters)(struct kvm_vcpu *vcpu, unsigned int clean, unsigned int times);
	void (*leaves)(struct kvm_vcpu *vcpu, unsigned int times);
};

extern const struct paths kernel_paths, restrict_paths, ours_paths, limit_paths, nothing_paths;

#endif
