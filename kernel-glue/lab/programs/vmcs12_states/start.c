// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <string.h>

#include <vmcs_access.h>
#include <vmcs_controls.h>

#include "../machine/l2.h"
#include "image.h"
#include "start.h"

#define IA32_VMX_PROCBASED_CTLS2	0x48b
#define IA32_VMX_TRUE_PINBASED_CTLS	0x48d
#define IA32_VMX_TRUE_PROCBASED_CTLS	0x48e
#define IA32_VMX_TRUE_EXIT_CTLS		0x48f
#define IA32_VMX_TRUE_ENTRY_CTLS	0x490
#define IA32_VMX_VMFUNC			0x491

#define NO_ADDRESS	~0ull
#define DEFAULT_PAT	0x0007040600070406
#define LONG_MODE	0x500		/* LME and LMA of EFER */
#define EPTP_4_LEVELS	0x1e		/* in write-back memory */
#define FAR_DEADLINE	BIT_ULL(60)	/* of the VMX-preemption timer */

static struct vmcs12 *vmcs12_of(struct state *state)
{
	return (struct vmcs12 *)state->vmcs12;
}

static void make_vmxon(struct machine *machine, enum regions regions, struct state *state)
{
	(void)machine;
	memset(state, 0, sizeof(*state));
	state->header.size = sizeof(state->header);
	state->header.hdr.vmx.vmxon_pa = regions == FIRST ? (uint64_t)VMXON_REGION : VMXON_2;
	state->header.hdr.vmx.vmcs12_pa = NO_ADDRESS;
}

/* A VMCS with which L2 could run. */
static void make_current(struct machine *machine, enum regions regions, struct state *state)
{
	struct field fields[MAX_L2_FIELDS];
	size_t count = l2_fields(machine, fields);

	make_vmxon(machine, regions, state);
	state->header.size = offsetof(struct state, shadow);
	state->header.hdr.vmx.vmcs12_pa = regions == FIRST ? (uint64_t)VMCS_A : VMCS_2;
	vmcs12_of(state)->hdr.revision_id = DEFAULT_ID;
	for (size_t i = 0; i < count; i++)
		vmcs_poke(state->vmcs12, default_offset(fields[i].encoding),
			  vmcs_bytes(fields[i].encoding), fields[i].value);
	vmcs12_of(state)->guest_sysenter_esp = 0x1000 + regions;
	image_fill_unreached(state->vmcs12);
}

static void make_l2(struct machine *machine, enum regions regions, struct state *state)
{
	make_current(machine, regions, state);
	state->header.flags |= KVM_STATE_NESTED_GUEST_MODE;
}

static void make_pending(struct machine *machine, enum regions regions, struct state *state)
{
	make_l2(machine, regions, state);
	state->header.flags |= KVM_STATE_NESTED_RUN_PENDING;
}

static void make_smm(struct machine *machine, enum regions regions, struct state *state)
{
	make_current(machine, regions, state);
	state->header.hdr.vmx.smm.flags = KVM_STATE_NESTED_SMM_VMXON;
}

static void make_smm_guest(struct machine *machine, enum regions regions, struct state *state)
{
	make_smm(machine, regions, state);
	state->header.hdr.vmx.smm.flags |= KVM_STATE_NESTED_SMM_GUEST_MODE;
}

static void make_evmcs(struct machine *machine, enum regions regions, struct state *state)
{
	make_current(machine, regions, state);
	state->header.flags |= KVM_STATE_NESTED_EVMCS;
	state->header.hdr.vmx.vmcs12_pa = NO_ADDRESS;
}

static void make_evmcs_l2(struct machine *machine, enum regions regions, struct state *state)
{
	make_evmcs(machine, regions, state);
	state->header.flags |= KVM_STATE_NESTED_GUEST_MODE;
}

static void make_evmcs_pending(struct machine *machine, enum regions regions,
			       struct state *state)
{
	make_evmcs_l2(machine, regions, state);
	state->header.flags |= KVM_STATE_NESTED_RUN_PENDING;
}

/* L2 has a VMCS of its own to read and write. */
static void link_shadow(struct state *state)
{
	struct vmcs12 *vmcs12 = vmcs12_of(state);
	struct vmcs12 *shadow = (struct vmcs12 *)state->shadow;

	state->header.size = sizeof(*state);
	vmcs12->cpu_based_vm_exec_control |= VMCS_CTRL_CPU_BASED_ACTIVATE_SECONDARY_CONTROLS;
	vmcs12->secondary_vm_exec_control |= VMCS_CTRL_SECONDARY_EXEC_SHADOW_VMCS;
	vmcs12->vmcs_link_pointer = VMCS_SHADOW;
	vmcs12->vmread_bitmap = ZERO_BITMAP;
	vmcs12->vmwrite_bitmap = ZERO_BITMAP;
	memset(shadow, 0x3c, sizeof(*shadow));
	shadow->hdr.revision_id = DEFAULT_ID;
	shadow->hdr.shadow_vmcs = 1;
	image_fill_unreached(state->shadow);
}

static void make_shadow(struct machine *machine, enum regions regions, struct state *state)
{
	make_l2(machine, regions, state);
	link_shadow(state);
}

/* All controls that a capability MSR allows. */
static uint32_t allowed(struct machine *machine, uint32_t msr)
{
	uint64_t value;

	machine_read_msr(machine, msr, &value);
	return value >> 32;
}

static void allow_controls(struct machine *machine, struct vmcs12 *vmcs12)
{
	uint64_t vm_functions;

	vmcs12->pin_based_vm_exec_control = allowed(machine, IA32_VMX_TRUE_PINBASED_CTLS);
	vmcs12->cpu_based_vm_exec_control = allowed(machine, IA32_VMX_TRUE_PROCBASED_CTLS);
	/* Not both ways to virtualize an APIC at once. */
	vmcs12->secondary_vm_exec_control = allowed(machine, IA32_VMX_PROCBASED_CTLS2) &
					    ~VMCS_CTRL_SECONDARY_EXEC_VIRTUALIZE_X2APIC_MODE;
	vmcs12->vm_exit_controls = allowed(machine, IA32_VMX_TRUE_EXIT_CTLS);
	vmcs12->vm_entry_controls = allowed(machine, IA32_VMX_TRUE_ENTRY_CTLS);
	machine_read_msr(machine, IA32_VMX_VMFUNC, &vm_functions);
	vmcs12->vm_function_control = vm_functions;
}

/* What those controls make KVM look at. */
static void make_all(struct machine *machine, enum regions regions, struct state *state)
{
	struct vmcs12 *vmcs12 = vmcs12_of(state);

	make_pending(machine, regions, state);
	link_shadow(state);
	allow_controls(machine, vmcs12);
	state->header.hdr.vmx.flags = KVM_STATE_VMX_PREEMPTION_TIMER_DEADLINE;
	state->header.hdr.vmx.preemption_timer_deadline = FAR_DEADLINE;
	vmcs12->io_bitmap_a = ZERO_BITMAP;
	vmcs12->io_bitmap_b = ZERO_BITMAP;
	vmcs12->msr_bitmap = ZERO_BITMAP;
	vmcs12->vm_exit_msr_store_addr = ZERO_BITMAP;
	vmcs12->vm_exit_msr_load_addr = ZERO_BITMAP;
	vmcs12->vm_entry_msr_load_addr = ZERO_BITMAP;
	vmcs12->virtual_apic_page_addr = ZERO_BITMAP;
	vmcs12->apic_access_addr = ZERO_BITMAP;
	vmcs12->posted_intr_desc_addr = ZERO_BITMAP;
	vmcs12->posted_intr_nv = 0xf2;
	vmcs12->ept_pointer = ZERO_BITMAP | EPTP_4_LEVELS;
	vmcs12->eptp_list_address = ZERO_BITMAP;
	vmcs12->pml_address = ZERO_BITMAP;
	vmcs12->virtual_processor_id = 1;
	vmcs12->vmx_preemption_timer_value = ~0u;
	vmcs12->tsc_multiplier = BIT_ULL(48);
	vmcs12->guest_ia32_pat = DEFAULT_PAT;
	vmcs12->host_ia32_pat = DEFAULT_PAT;
	vmcs12->guest_ia32_efer = LONG_MODE;
	vmcs12->host_ia32_efer = LONG_MODE;
}

#define KIND(kind) BIT(kind)

const struct start starts[] = {
	{ "vmxon", KIND(PLAIN) | KIND(IN_SMM), make_vmxon },
	{ "current", KIND(PLAIN), make_current },
	{ "l2", KIND(PLAIN) | KIND(IN_SMM) | KIND(WITH_EVMCS), make_l2 },
	{ "pending", KIND(PLAIN), make_pending },
	{ "shadow", KIND(PLAIN), make_shadow },
	{ "all", KIND(PLAIN), make_all },
	{ "smm", KIND(IN_SMM), make_smm },
	{ "smm-guest", KIND(IN_SMM), make_smm_guest },
	{ "evmcs", KIND(WITH_EVMCS), make_evmcs },
	{ "evmcs-l2", KIND(WITH_EVMCS), make_evmcs_l2 },
	{ "evmcs-pending", KIND(WITH_EVMCS), make_evmcs_pending },
};

const size_t start_count = ARRAY_SIZE(starts);

const struct start *find_start(const char *name)
{
	for (size_t i = 0; i < start_count; i++)
		if (!strcmp(starts[i].name, name))
			return &starts[i];
	errx(1, "no valid state is called %s", name);
}
