/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Blobs as templates see them; templates/README.md lists the names. */
#ifndef VMCSGEN_MODEL_BLOB_H
#define VMCSGEN_MODEL_BLOB_H

#include "emit/value.h"
#include "image/blob.h"

/* A blob with all its values; members go by Microsoft's names if @tlfs_names says so. */
struct value *model_blob(struct maker *maker, const struct spec *spec, const struct blob *blob,
			 bool tlfs_names);

/*
 * Enter into what model_blob() gave for a page what a scan says of it: where it begins, why it is
 * unlikely to be a VMCS, or NULL, and whether its members are printed.
 */
void map_scan(struct maker *maker, struct value *map, uint64_t at, const char *reason, bool told);

#endif
