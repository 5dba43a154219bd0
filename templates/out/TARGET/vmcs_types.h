{{>generated}}
/*
 * What the generated files need of their surroundings, in the kernel and in
 * userspace: u8 to u64, assertions, and the look-up tables' index.
 */
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
 * The index of an encoding in a look-up table: its low 16 bits rotated left by
 * six, so that width and type, which are few, end up below the index.  Twice
 * the 16 bits side by side hold every rotation of them.
 */
#define VMCS_INDEX(encoding) (((((encoding) & 0xffffu) * 0x10001u) >> 10) & 0xffff)

/* Assert where a member lies and how many bytes it has in all. */
#define VMCS_ASSERT_MEMBER(type, member, offset, bytes)				\
	static_assert(offsetof(type, member) == (offset) &&			\
		      sizeof(((type *)0)->member) == (bytes),			\
		      #type "." #member " is not where it has to be")

/* Assert that of a field, and that its encoding has as many bytes. */
#define VMCS_ASSERT_FIELD(type, member, offset, bytes, encoding)		\
	static_assert(offsetof(type, member) == (offset) &&			\
		      sizeof(((type *)0)->member) == (bytes) &&			\
		      VMCS_ENC_BYTES(VMCS_ENC_##encoding) == (bytes),		\
		      #type "." #member " is not what its encoding wants")

/* Assert how many bytes a structure has, or what a mask is. */
#define VMCS_ASSERT_SIZE(type, bytes)						\
	static_assert(sizeof(type) == (bytes), #type " has another size")
#define VMCS_ASSERT_MASK(mask, value)						\
	static_assert((mask) == (value), #mask " has another value")

/* Assert how many elements an array has. */
#define VMCS_ASSERT_ARRAY(type, member, count)					\
	static_assert(sizeof(((type *)0)->member) ==				\
		      (count) * sizeof(((type *)0)->member[0]),			\
		      #type "." #member " has another length")

#endif
