/* SPDX-License-Identifier: GPL-2.0-only */
/* The revisions of vmcs12 that KVM knows, as the spec has them, and VMs that have one. */
#ifndef VMCS12_REVISIONS_REVISION_H
#define VMCS12_REVISIONS_REVISION_H

#include <vmcs12/revision-list.h>

#include "../machine/machine.h"

#define IA32_VMX_BASIC			0x480
#define IA32_VMX_VMCS_ENUM		0x48a
#define IA32_VMX_PROCBASED_CTLS2	0x48b
#define IA32_VMX_TRUE_PINBASED_CTLS	0x48d
#define IA32_VMX_TRUE_PROCBASED_CTLS	0x48e
#define IA32_VMX_TRUE_EXIT_CTLS		0x48f
#define IA32_VMX_TRUE_ENTRY_CTLS	0x490

/* Where an encoding, and IA32_VMX_VMCS_ENUM, have an index. */
#define INDEX_BITS			0x3fe
#define SHADOW_BIT		0x80000000u

struct revision {
	const char *name;
	uint32_t id;
	size_t size, launch_state;	/* bytes, and the offset of it */
	const uint16_t *map;		/* where it has each field */
};

/* The first is the default one. */
enum {
#define VMCS_REVISION(c_name, text) REVISION_##c_name,
#include <vmcs12/revision-list.h>
	REVISIONS
};

extern const struct revision revisions[REVISIONS];

/* The encodings of all fields, and of their high halves. */
extern const uint32_t encodings[];
extern const size_t encoding_count;

/* Where an image has a field, or 0. */
unsigned int offset_in(const struct revision *image, uint64_t encoding);

/*
 * Ask an L1 of the default revision which fields this CPU has.  Check that it finds none that the
 * revision lacks, and all that no control adds, or that a control adds which it may set.
 */
void find_fields(void);

/*
 * Whether an L1 reaches a field in an image: KVM emulates no other than the default's, and on some
 * kernels it depends on the CPU which of these there are, as find_fields() found.
 */
bool reached(const struct revision *image, uint64_t encoding);

/* Fill a page with garbage after this id: L1 need not have zeroed it. */
void make_image(struct machine *machine, enum place place, const struct revision *revision);

/* Check that, of the first @size bytes of an image, what belongs to no field is as it was. */
void check_bytes(const struct revision *revision, const uint8_t *image, const uint8_t *before,
		 size_t size);

/* A VM whose vCPU has a revision. */
void create(struct machine *machine, const struct revision *revision, bool evmcs);

/* Give a vCPU an id; returns whether KVM took it. */
bool set_id_by_msr(struct machine *machine, uint32_t id);

/* KVM_ENABLE_CAP of the enlightened VMCS, with an argument that KVM ignores; its errno or 0. */
int enable_evmcs(struct machine *machine, uint64_t argument);

/* The id that its IA32_VMX_BASIC tells. */
uint32_t id_of(struct machine *machine);

/* Run one command of the level that asks; returns it as it was done. */
struct command run_one(struct machine *machine, enum operation operation, uint64_t operand,
		       uint64_t value);

#endif
