// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* What stands for compiled.c where there is no libbpf. */
#include "import/compiled.h"

const char kernel_prelude[] = "", tlfs_prelude[] = "";

const struct compiled *compiled_read(struct compiled_file *file, struct arena *arena,
				     struct names *names, struct messages *messages,
				     const char *name)
{
	(void)arena, (void)names;
	report_error(messages, (struct srcpos){ 0 },
		     "struct %s of '%s' can't be read: vmcsgen was built without libbpf", name,
		     file->path);
	return NULL;
}

struct srcpos compiled_pos(const struct compiled_file *file, const char *owner, const char *name)
{
	(void)file, (void)owner, (void)name;
	return (struct srcpos){ 0 };
}
