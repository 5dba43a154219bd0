/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The data of a symbol in an ELF file, read by libelf. */
#ifndef VMCSGEN_ELF_SYMBOL_H
#define VMCSGEN_ELF_SYMBOL_H

#include "base/arena.h"
#include "base/message.h"

/*
 * Find the data of the symbol @name in the ELF file @file, which messages call @path.  The bytes
 * are copied into @arena; *@len is their number.  NULL after a message.  Like btf_read(), it is
 * missing without libbpf.
 */
const unsigned char *elf_symbol(struct arena *arena, struct messages *messages, const char *path,
				const char *file, const char *name, size_t *len)
	__attribute__((weak));

#endif
