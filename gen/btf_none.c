// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* What stands for btf.c where there is no libbpf. */
#include "btf.h"

enum btf_result btf_read(const struct compiled **compiled, struct arena *arena,
			 struct names *names, struct messages *messages, const char *path,
			 const char *file, const char *base, unsigned int pointer,
			 const char *name)
{
	(void)compiled, (void)arena, (void)names, (void)file, (void)base, (void)pointer;
	report_error(messages, (struct place){ 0 },
		     "struct %s of '%s' can't be read: vmcsgen was built without libbpf", name, path);
	return BTF_FAILED;
}
