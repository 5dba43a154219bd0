// SPDX-License-Identifier: GPL-2.0-only
/*
 * The revision of a vCPU's VMCSs: for each that KVM knows, L1 writes every field of a VMCS,
 * which userspace finds where that revision has it, and runs an L2 that is saved and restored.
 */
#include "test_util.h"
#include "kvm_util.h"
#include "processor.h"
#include "vmx.h"

#include "layouts/vmcs12/evmcs-first.h"
#include "layouts/vmcs12/linux-6.1.h"
#include "layouts/vmcs12/rfc-2017.h"

#define VMCS_REVISION linux_6_1
#define VMCS_CANONICAL linux_6_1
#include "layouts/vmcs12/accessors.h"
#define VMCS_REVISION rfc_2017
#define VMCS_CANONICAL linux_6_1
#include "layouts/vmcs12/accessors.h"
#define VMCS_REVISION evmcs_first
#define VMCS_CANONICAL linux_6_1
#include "layouts/vmcs12/accessors.h"

#define L2_STACK_SIZE 64

static const struct {
	const char *name;
	u32 id;
	const u16 *map;
} revisions[] = {
	{ "linux-6.1", vmcs12_linux_6_1_revision_id, vmcs12_linux_6_1_map },
	{ "rfc-2017", vmcs12_rfc_2017_revision_id, vmcs12_rfc_2017_map },
	{ "evmcs-first", vmcs12_evmcs_first_revision_id, vmcs12_evmcs_first_map },
};

static const u32 fields[] = {
#define VMCS_FIELD(name) VMCS_ENC_##name,
#include "layouts/vmcs_fields.h"
};

/* Those that KVM emulates, whichever revision a VMCS has; not the high halves. */
static bool is_field(u32 encoding)
{
	return vmcs_offset(vmcs12_linux_6_1_map, encoding) && !VMCS_ENC_IS_HIGH(encoding);
}

/* Distinct values, without reserved bits of access rights. */
static u64 pattern(u32 encoding)
{
	unsigned int bits = 8 * vmcs_bytes(encoding);
	u64 value = encoding * 0x0001000100010001ull;

	if (encoding >= VMCS_ENC_GUEST_ES_AR_BYTES && encoding <= VMCS_ENC_GUEST_TR_AR_BYTES)
		return value & 0xf0ff;
	return bits == 64 ? value : value & ((1ull << bits) - 1);
}

static void l2_guest_code(void)
{
	GUEST_SYNC(2);
	vmcall();
	GUEST_SYNC(3);
	vmcall();
}

static void leave_l2(int (*enter)(void), u64 stage)
{
	GUEST_ASSERT(!enter());
	GUEST_ASSERT(vmreadz(VM_EXIT_REASON) == EXIT_REASON_VMCALL);
	vmwrite(GUEST_RIP, vmreadz(GUEST_RIP) + vmreadz(VM_EXIT_INSTRUCTION_LEN));
	GUEST_SYNC(stage);
}

static void l1_guest_code(struct vmx_pages *vmx)
{
	unsigned long stack[L2_STACK_SIZE];

	GUEST_ASSERT(prepare_for_vmx_operation(vmx));
	GUEST_ASSERT(load_vmcs(vmx));
	for (unsigned int i = 0; i < ARRAY_SIZE(fields); i++)
		if (is_field(fields[i]))
			GUEST_ASSERT(!vmwrite(fields[i], pattern(fields[i])));
	GUEST_ASSERT(!vmclear(vmx->vmcs_gpa));
	GUEST_SYNC(1);

	GUEST_ASSERT(load_vmcs(vmx));
	for (unsigned int i = 0; i < ARRAY_SIZE(fields); i++)
		if (is_field(fields[i]))
			vmwrite(fields[i], 0);
	prepare_vmcs(vmx, l2_guest_code, &stack[L2_STACK_SIZE]);
	leave_l2(vmlaunch, 4);
	leave_l2(vmresume, 5);
	GUEST_DONE();
}

/* What L1 has written is where the revision has it. */
static void check_image(const u8 *image, unsigned int revision)
{
	u32 id;

	memcpy(&id, image, sizeof(id));
	TEST_ASSERT(id == revisions[revision].id, "%s: the id is %#x", revisions[revision].name,
		    id);
	for (unsigned int i = 0; i < ARRAY_SIZE(fields); i++) {
		u32 field = fields[i];
		unsigned int offset = vmcs_offset(revisions[revision].map, field);
		u64 value;

		if (!is_field(field))
			continue;
		value = vmcs_peek(image, offset, vmcs_bytes(field));
		TEST_ASSERT(value == pattern(field), "%s: field %#x at %u is %#llx",
			    revisions[revision].name, field, offset, (unsigned long long)value);
	}
}

/* Another VM goes on; the id is one of the MSRs that it is given. */
static struct kvm_vcpu *restore(struct kvm_vm *vm, struct kvm_vcpu *vcpu)
{
	struct kvm_x86_state *state = vcpu_save_state(vcpu);

	kvm_vm_release(vm);
	vcpu = vm_recreate_with_one_vcpu(vm);
	vcpu_load_state(vcpu, state);
	kvm_x86_state_cleanup(state);
	return vcpu;
}

/* Run to the next stage; returns its number, or 0 at the end. */
static u64 run(struct kvm_vcpu *vcpu)
{
	struct ucall uc;

	vcpu_run(vcpu);
	switch (get_ucall(vcpu, &uc)) {
	case UCALL_SYNC:
		return uc.args[1];
	case UCALL_DONE:
		return 0;
	case UCALL_ABORT:
		REPORT_GUEST_ASSERT(uc);
		break;
	default:
		TEST_FAIL("unknown ucall %lu", uc.cmd);
	}
	return 0;
}

static void test_revision(unsigned int revision)
{
	static const u64 stages[] = { 1, 2, 4, 3, 5, 0 };
	vm_vaddr_t vmx_gva;
	struct kvm_vcpu *vcpu;
	struct vmx_pages *vmx;
	struct kvm_vm *vm;
	u64 basic;

	vm = vm_create_with_one_vcpu(&vcpu, l1_guest_code);
	vmx = vcpu_alloc_vmx(vm, &vmx_gva);
	vcpu_args_set(vcpu, 1, vmx_gva);
	basic = vcpu_get_msr(vcpu, MSR_IA32_VMX_BASIC) & ~GENMASK_ULL(30, 0);
	vcpu_set_msr(vcpu, MSR_IA32_VMX_BASIC, basic | revisions[revision].id);

	for (unsigned int i = 0; i < ARRAY_SIZE(stages); i++) {
		u64 stage = run(vcpu);

		TEST_ASSERT(stage == stages[i], "%s: stage %u, not %u", revisions[revision].name,
			    (unsigned int)stage, (unsigned int)stages[i]);
		if (stage == 1)
			check_image(addr_gpa2hva(vm, vmx->vmcs_gpa), revision);
		if (stage)
			vcpu = restore(vm, vcpu);
	}
	kvm_vm_free(vm);
}

int main(void)
{
	TEST_REQUIRE(kvm_cpu_has(X86_FEATURE_VMX));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_NESTED_STATE));

	for (unsigned int i = 0; i < ARRAY_SIZE(revisions); i++)
		test_revision(i);
}
