/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VMCSGEN_CHECK_AGAINST_H
#define VMCSGEN_CHECK_AGAINST_H

#include "check/check.h"

/* The checks that compare a spec with another one, ended by NULL. */
extern const struct check *const against_checks[];

#endif
