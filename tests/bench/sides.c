// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The vCPUs of all sides, and what KVM's paths call in what is not measured. */
#include <string.h>

#include "sides.h"

enum { ID = 0x11e57ed0 };

const char *const side_names[SIDES] = {
	"kernel", "restrict", "ours", "limit", "rep", "nothing",
};

const struct paths *const paths[SIDES] = {
	[KERNEL] = &kernel_paths, [RESTRICT] = &restrict_paths, [OURS] = &ours_paths,
	[LIMIT] = &limit_paths, [NOTHING] = &nothing_paths,
};

struct machine machines[SIDES];
unsigned long valid[MAX_FIELDS], nr_valid;
unsigned long synced, shadow_writes;
static struct loaded_vmcs loaded_vmcs;

bool enable_shadow_vmcs;
struct kvm_vcpu_hv bench_hv;

void copy_vmcs02_to_vmcs12_rare(struct kvm_vcpu *vcpu, struct vmcs12 *vmcs12)
{
	(void)vmcs12;
	if (!to_vmx(vcpu)->nested.need_sync_vmcs02_to_vmcs12_rare)
		return;
	synced++;
}

void __vmcs_writel(unsigned long field, unsigned long value)
{
	shadow_writes += field + value;
}

void vmcs_load(void *vmcs)
{
	(void)vmcs;
}

void vmcs_clear(void *vmcs)
{
	(void)vmcs;
}

u64 chance(void)
{
	static u64 state = 88172645463325252;

	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

/* Every machine the same: an id that is known, and chance in all that has none. */
static void prepare_machines(void)
{
	static unsigned char evmcs[PAGE_BYTES];

	for (unsigned int i = 8; i < PAGE_BYTES; i++)
		evmcs[i] = chance();
	for (enum side side = 0; side < SIDES; side++) {
		struct machine *machine = &machines[side];

		memset(machine->vmcs12, 0, sizeof(machine->vmcs12));
		memcpy(machine->vmcs12, &(u32){ ID }, sizeof(u32));
		memcpy(machine->evmcs, evmcs, sizeof(evmcs));
		machine->vmx = (struct vcpu_vmx){
			.vcpu.vmwrite_any = true,
			.loaded_vmcs = &loaded_vmcs,
			.nested.cached_vmcs12 = (void *)machine->vmcs12,
			.nested.hv_evmcs = (void *)machine->evmcs,
		};
	}
}

void prepare_sides(void)
{
	prepare_machines();
	for (u64 field = 0; field < 0x10000; field++) {
		unsigned long value;

		if (!paths[KERNEL]->vmread(&machines[KERNEL].vmx.vcpu, field, &value))
			valid[nr_valid++] = field;
	}
}
