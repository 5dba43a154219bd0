/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* BTF, the type information of the kernel: read by libbpf. */
#ifndef VMCSGEN_BTF_H
#define VMCSGEN_BTF_H

#include "import/compiled.h"

/* What btf_read() found. */
enum btf_result {
	BTF_FOUND,
	BTF_ABSENT,			/* the file has no BTF; nothing was reported */
	BTF_FAILED,			/* what failed was reported */
};

/*
 * Read the struct @name, or the struct of the typedef @name, from the BTF in @file, an object or
 * raw BTF.  Faults are reported about @path.  @base is the file with the BTF that the types of a
 * module refer to, or NULL.  @pointer is the size of a pointer in bytes.  *@compiled is @arena's.
 * A program built without libbpf lacks the function: its address is NULL.
 */
enum btf_result btf_read(const struct compiled **compiled, struct arena *arena,
			 struct names *names, struct messages *messages, const char *path,
			 const char *file, const char *base, unsigned int pointer,
			 const char *name)
	__attribute__((weak));

#endif
