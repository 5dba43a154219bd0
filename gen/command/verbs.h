/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The verbs that are no part of the core, and their options. */
#ifndef VMCSGEN_VERBS_H
#define VMCSGEN_VERBS_H

#include "command/options.h"

extern const struct rule verb_rules[];
extern const size_t verb_rule_count;

/* The core's check, and with --against that of two specs. */
enum exit_status verb_check_against(const struct options *options);

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
