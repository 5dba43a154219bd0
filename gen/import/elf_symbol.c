// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <unistd.h>

#include "import/elf_symbol.h"

/* The symbol @name of a section of symbols; false if it has none with data. */
static bool find_in(Elf *elf, Elf_Scn *section, const char *name, GElf_Sym *symbol)
{
	Elf_Data *data = elf_getdata(section, NULL);
	GElf_Shdr header;

	if (!data || !gelf_getshdr(section, &header) || header.sh_type != SHT_SYMTAB ||
	    !header.sh_entsize)
		return false;
	for (uint64_t i = 0; i < header.sh_size / header.sh_entsize; i++) {
		const char *its = gelf_getsym(data, i, symbol) ?
				  elf_strptr(elf, header.sh_link, symbol->st_name) : NULL;

		if (its && !strcmp(its, name) && symbol->st_shndx != SHN_UNDEF && symbol->st_size)
			return true;
	}
	return false;
}

static bool find_symbol(Elf *elf, const char *name, GElf_Sym *symbol)
{
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(elf, section)))
		if (find_in(elf, section, name, symbol))
			return true;
	return false;
}

/* The bytes of @symbol in its section; NULL if they are not there. */
static const unsigned char *symbol_bytes(struct arena *arena, Elf *elf, const GElf_Sym *symbol)
{
	Elf_Scn *section = elf_getscn(elf, symbol->st_shndx);
	Elf_Data *data = section ? elf_rawdata(section, NULL) : NULL;
	uint64_t at = symbol->st_value;
	GElf_Ehdr file;
	GElf_Shdr header;

	if (!data || !data->d_buf || !gelf_getehdr(elf, &file) || !gelf_getshdr(section, &header))
		return NULL;
	/* In an object a value is a place in its section, elsewhere an address. */
	if (file.e_type != ET_REL)
		at -= header.sh_addr;
	if (at > data->d_size || symbol->st_size > data->d_size - at)
		return NULL;
	return (const unsigned char *)arena_copy(arena, (const char *)data->d_buf + at,
						 symbol->st_size);
}

const unsigned char *elf_symbol(struct arena *arena, struct messages *messages, const char *path,
				const char *file, const char *name, size_t *len)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	Elf *elf = elf_version(EV_CURRENT) != EV_NONE && fd >= 0 ?
		   elf_begin(fd, ELF_C_READ, NULL) : NULL;
	const unsigned char *bytes = NULL;
	GElf_Sym symbol;

	if (elf && find_symbol(elf, name, &symbol)) {
		bytes = symbol_bytes(arena, elf, &symbol);
		*len = symbol.st_size;
	}
	if (!bytes)
		report_error(messages, (struct srcpos){ 0 }, "'%s' has no data called %s", path,
			     name);
	elf_end(elf);
	if (fd >= 0)
		close(fd);
	return bytes;
}
