{{>generated}}
/* Types u8 to u64 and assertions, for the generated files in the kernel and in userspace. */
#ifndef VMCSGEN_VMCS_TYPES_H
#define VMCSGEN_VMCS_TYPES_H

#ifdef __KERNEL__
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/stddef.h>
#include <linux/types.h>
#else
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#ifndef __packed
#define __packed __attribute__((packed))
#endif
#ifndef __maybe_unused
#define __maybe_unused __attribute__((unused))
#endif
#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif
#ifndef unlikely
#define unlikely(condition) __builtin_expect(!!(condition), 0)
#endif
#ifdef __CHECKER__
#define __bitwise __attribute__((bitwise))
#define __force __attribute__((force))
#else
#define __bitwise
#define __force
#endif
#ifndef BIT
#define BIT(nr) (1UL << (nr))
#endif
#ifndef BIT_ULL
#define BIT_ULL(nr) (1ULL << (nr))
#endif
#ifndef ARRAY_SIZE
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#endif
#endif /* __KERNEL__ */

/*
 * Check offset and size in bytes of a member of struct VMCS_CHECKED.  A field has the size of its
 * encoding, an array that of all elements.
 */
#define VMCS_ASSERT_MEMBER(member, offset, bytes)				\
	static_assert(offsetof(VMCS_CHECKED, member) == (offset) &&		\
		      sizeof(((VMCS_CHECKED *)0)->member) == (bytes),		\
		      #member " is not where it has to be")
#define VMCS_ASSERT_FIELD(member, offset, bytes, encoding)			\
	static_assert(offsetof(VMCS_CHECKED, member) == (offset) &&		\
		      sizeof(((VMCS_CHECKED *)0)->member) == (bytes) &&		\
		      VMCS_ENC_BYTES(VMCS_ENC_##encoding) == (bytes),		\
		      #member " is not what its encoding wants")
#define VMCS_ASSERT_ARRAY(member, count)					\
	static_assert(ARRAY_SIZE(((VMCS_CHECKED *)0)->member) == (count),	\
		      #member " has another length")

#endif
