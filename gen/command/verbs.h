/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The verbs, which vmcsgen(1) describes.  Each returns the status to exit with. */
#ifndef VMCSGEN_VERBS_H
#define VMCSGEN_VERBS_H

#include "command/options.h"

/* The core has these two. */
enum exit_status verb_gen(const struct options *options);
enum exit_status verb_check(const struct options *options);

/* The core's check, and with --against the comparison of two specs. */
enum exit_status verb_check_against(const struct options *options);

enum exit_status verb_field(const struct options *options);
enum exit_status verb_names(const struct options *options);

/* check with --dump. */
enum exit_status verb_dump(const struct options *options);

enum exit_status verb_list(const struct options *options);
enum exit_status verb_layout(const struct options *options);
enum exit_status verb_diff(const struct options *options);
enum exit_status verb_fmt(const struct options *options);
enum exit_status verb_freeze(const struct options *options);
enum exit_status verb_import(const struct options *options);
enum exit_status verb_verify(const struct options *options);
enum exit_status verb_convert(const struct options *options);
enum exit_status verb_decode(const struct options *options);

#endif
