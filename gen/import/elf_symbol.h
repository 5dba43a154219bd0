/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What a symbol stands for in an ELF file: read by libelf. */
#ifndef VMCSGEN_ELF_SYMBOL_H
#define VMCSGEN_ELF_SYMBOL_H

#include "base/arena.h"
#include "base/message.h"

/*
 * Find the data that the symbol @name stands for in the ELF file @file, which messages call
 * @path.  The bytes are copied into @arena; *@len says how many they are.  NULL after a
 * message.  As btf_read(), it is not there without libbpf.
 */
const unsigned char *elf_symbol(struct arena *arena, struct messages *messages, const char *path,
				const char *file, const char *name, size_t *len)
	__attribute__((weak));

#endif
