/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Blobs as templates see them; templates/README.md lists the names. */
#ifndef VMCSGEN_MODEL_BLOB_H
#define VMCSGEN_MODEL_BLOB_H

#include "emit/value.h"
#include "image/blob.h"

/* A blob with all its values; members go by Microsoft's names if @tlfs_names says so. */
struct value *model_blob(struct maker *maker, const struct spec *spec, const struct blob *blob,
			 bool tlfs_names);

#endif
