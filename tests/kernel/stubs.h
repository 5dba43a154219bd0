/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What KVM's own files need so that a userspace compiler takes them: the
 * kernel's small headers as they are, and stand-ins for a few names out of its
 * large ones, which the test leaves empty.
 */
#ifndef TESTS_KERNEL_STUBS_H
#define TESTS_KERNEL_STUBS_H

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/types.h>

#define ARRAY_SIZE(array)		(sizeof(array) / sizeof((array)[0]))
#define array_index_nospec(index, size)	((index) < (size) ? (index) : 0)

#define WARN_ON_ONCE(condition)		({ !!(condition); })
#define pr_warn_once(...)		do { } while (0)

#ifndef __init
#define __init
#define __initconst
#endif
#ifndef __ro_after_init
#define __ro_after_init
#endif

#define PAGE_SIZE			4096
#define DECLARE_PER_CPU(type, name)	extern type name
#define DECLARE_STATIC_KEY_FALSE(name)	extern bool name
#define DEFINE_STATIC_KEY_FALSE(name)	bool name

typedef s64 ktime_t;
struct kvm_vcpu;

#endif
