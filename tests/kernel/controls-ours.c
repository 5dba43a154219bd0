// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The generated numbers that NUMBERS asks for, each with the name it has in the kernel. */
#include "vmcs_controls.h"
#include "vmcs_encodings.h"
#include CONTROLS_H
#include "controls.h"

const struct number our_numbers[] = {
#define NUMBER(kernel, ours)	{ #kernel, ours },
#include NUMBERS
	{ 0 }
};
