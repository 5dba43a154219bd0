/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A stage for two of KVM's functions, the one that emulates VMWRITE and the one that restores saved
 * state: their text follows, and what stands here takes the place of what they call outside of
 * their own work.  What is called and is not here is KVM's own.
 */
#undef enable_shadow_vmcs
#define enable_shadow_vmcs 0
#undef preempt_disable
#define preempt_disable() do { } while (0)
#undef preempt_enable
#define preempt_enable() do { } while (0)

/* What is on the stage. */
static struct {
	unsigned long field, value;
	const struct saved_state *saved;
	struct restored *restored;
} stage;

static struct vcpu_vmx *stage_vcpu(void)
{
	static union {
		struct vcpu_vmx vmx;
		char zeros[sizeof(struct vcpu_vmx)];
	} vcpu;
	static char regions[2][4096];

	__builtin_memset(&vcpu, 0, sizeof(vcpu));
	__builtin_memset(regions, 0, sizeof(regions));
	vcpu.vmx.nested.cached_vmcs12 = (void *)regions[0];
	vcpu.vmx.nested.cached_shadow_vmcs12 = (void *)regions[1];
	vcpu.vmx.nested.vmxon = true;
	return &vcpu.vmx;
}

/* VMWRITE takes its value from register 1, and the encoding from register 2. */
#define STAGE_INSTRUCTION (1u << 10 | 1u << 3 | 2u << 28)

#define vmcs_read32(field) STAGE_INSTRUCTION
#define vmx_get_exit_qual(vcpu) 0ul
#define kvm_register_read(vcpu, number) ((number) == 2 ? stage.field : stage.value)
#define nested_vmx_check_permission(vcpu) 1
#define nested_vmx_fail(vcpu, error) (error)
#define nested_vmx_failInvalid(vcpu) (-1)
#define nested_vmx_succeed(vcpu) 0

/* An L1 that may use nested VMX, and addresses that it may give. */
#define guest_cpu_cap_has(...) true
#define guest_can_use(...) true
#define guest_cpuid_has(...) true
#define nested_vmx_allowed(...) true
#define page_address_valid(...) true
#define vmx_leave_nested(...) do { } while (0)
#define enter_vmx_operation(...) 0
#define set_current_vmptr(...) do { } while (0)
#undef kvm_make_request
#define kvm_make_request(...) do { } while (0)

/* Where userspace has the state; nothing is there. */
#define STAGE_USER 0x10000000ul

static void stage_fill(struct vmcs12 *vmcs12, bool second)
{
	__builtin_memset(vmcs12, 0, sizeof(*vmcs12));
	vmcs12->hdr.revision_id = VMCS12_REVISION ^ (stage.saved->wrong_id == 1 + second);
	vmcs12->hdr.shadow_vmcs = second;
	vmcs12->vmcs_link_pointer = ~0ull;
	if (second || !stage.saved->shadow)
		return;
	vmcs12->vmcs_link_pointer = 0x3000;
	vmcs12->cpu_based_vm_exec_control = CPU_BASED_ACTIVATE_SECONDARY_CONTROLS;
	vmcs12->secondary_vm_exec_control = SECONDARY_EXEC_SHADOW_VMCS;
}

static unsigned long stage_read(void *to, unsigned long from, unsigned long size)
{
	unsigned long end = from - STAGE_USER + size;
	bool second = from - STAGE_USER >= sizeof(struct kvm_nested_state) + 4096;

	if (end > stage.restored->read[second])
		stage.restored->read[second] = end;
	stage_fill(to, second);
	return 0;
}

#undef copy_from_user
#define copy_from_user(to, from, size) stage_read(to, (unsigned long)(from), size)

static int stage_check(int number) { return stage.saved->fails == number ? -EINVAL : 0; }

static int stage_enter(void)
{
	stage.restored->entered = 1;
	return 0;
}
