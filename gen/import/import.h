/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The input of import: a function for each kind of source fills in a draft. */
#ifndef VMCSGEN_IMPORT_H
#define VMCSGEN_IMPORT_H

#include "import/draft.h"
#include "import/foreign.h"

/*
 * Settle @draft, which has its layout, its name and its base if there is one, with the
 * members of the struct @name in @path, which is C or compiled.  Members that moved or are
 * missing are noted.  False after messages.
 */
bool import_struct(struct draft *draft, struct spec *spec, const struct foreign_options *options,
		   const struct table *keywords, const char *path, const char *name);

/* The same with the page of the TLFS @path, whose struct is called @name. */
bool import_page(struct draft *draft, struct spec *spec, const struct foreign_options *options,
		 const char *path, const char *name);

#endif
