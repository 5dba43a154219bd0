/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VMCSGEN_VERB_OPTIONS_H
#define VMCSGEN_VERB_OPTIONS_H

#include "command/options.h"

/* The options of verbs that are not part of the core, for a struct program. */
extern const struct rule verb_rules[];
extern const size_t verb_rule_count;

#endif
