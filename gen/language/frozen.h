/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The tables of frozen revisions: what may not change of each member. */
#ifndef VMCSGEN_FROZEN_H
#define VMCSGEN_FROZEN_H

#include "base/text.h"
#include "language/spec.h"

/* The first line of a table; layout --format=csv has the same. */
#define FROZEN_HEADER "name,offset,size,count,encoding,clean_group"

/*
 * Path of the table of @revision: frozen/LAYOUT/REVISION.csv next to @file, which freezes it.  The
 * path is @arena's.
 */
const char *frozen_path(struct arena *arena, const char *file, const struct revision *revision);

/* Append the row of @member, without a newline. */
void frozen_put_row(struct text *text, const struct layout *layout, const struct member *member);

/* The member of @row, maybe under another name or encoding, or NULL. */
const struct member *frozen_member(const struct revision *revision,
				   const struct frozen_row *row);

/* Whether @member agrees with @row; the name may differ. */
bool frozen_row_holds(const struct layout *layout, const struct frozen_row *row,
		      const struct member *member);

#endif
