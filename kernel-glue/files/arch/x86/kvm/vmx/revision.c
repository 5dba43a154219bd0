// SPDX-License-Identifier: GPL-2.0-only
/* The revision of a vCPU's VMCSs: userspace lists the revisions, and chooses. */
#include "revision.h"

#include "nested.h"
#include "vmx.h"
#include "layouts/vmcs12/linux-map.h"

static_assert(vmcs12_linux_id == VMCS12_REVISION);

/* Without the enlightened VMCS, layouts that begin with it are of no use. */
static bool is_known(const struct vmcs12_revision *revision)
{
	return !revision->begins_with_evmcs || IS_ENABLED(CONFIG_KVM_INTEL_NESTED_EVMCS);
}

const struct vmcs12_revision *vmcs12_known(u64 id)
{
	for (unsigned int i = 0; i < nr_vmcs12_revisions; i++)
		if (vmcs12_revisions[i].id == id && is_known(&vmcs12_revisions[i]))
			return &vmcs12_revisions[i];
	return NULL;
}

#ifdef VMCS12_SOME_LACK_FIELDS

/* The words of controls that have a capability MSR, and where to find what is said of each. */
static const struct {
	u32 msr;
	u16 high;		/* in struct nested_vmx_msrs: the controls that may be 1 */
	u16 word;		/* in struct vmcs_controls */
} words[] = {
#define WORD(msr, high, word) \
	{ msr, offsetof(struct nested_vmx_msrs, high), offsetof(struct vmcs_controls, word) }
	WORD(MSR_IA32_VMX_TRUE_PINBASED_CTLS, pinbased_ctls_high, pin_based_vm_exec_control),
	WORD(MSR_IA32_VMX_TRUE_PROCBASED_CTLS, procbased_ctls_high, cpu_based_vm_exec_control),
	WORD(MSR_IA32_VMX_PROCBASED_CTLS2, secondary_ctls_high, secondary_vm_exec_control),
	WORD(MSR_IA32_VMX_TRUE_EXIT_CTLS, exit_ctls_high, vm_exit_controls),
	WORD(MSR_IA32_VMX_TRUE_ENTRY_CTLS, entry_ctls_high, vm_entry_controls),
#undef WORD
};

static u32 *high_of(struct nested_vmx_msrs *msrs, unsigned int i)
{
	return (void *)msrs + words[i].high;
}

/* The controls of a word that add fields which @revision lacks. */
static u32 lacks_of(const struct vmcs12_revision *revision, unsigned int i)
{
	return *(const u32 *)((const void *)&revision->lacks + words[i].word);
}

int vmcs12_set_controls(struct kvm_vcpu *vcpu, u32 msr, u64 data)
{
	struct nested_vmx *nested = &to_vmx(vcpu)->nested;

	for (unsigned int i = 0; i < ARRAY_SIZE(words); i++) {
		if (words[i].msr != msr)
			continue;
		if (data >> 32 & lacks_of(nested->revision, i))
			return -EINVAL;
		nested->set_controls |= BIT(i);
	}
	return 0;
}

/* Whether userspace has set a capability MSR to a control whose fields @revision lacks. */
static bool is_set_beyond(struct nested_vmx *nested, const struct vmcs12_revision *revision)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(words); i++)
		if (nested->set_controls & BIT(i) &&
		    *high_of(&nested->msrs, i) & lacks_of(revision, i))
			return true;
	return false;
}

/*
 * Controls that userspace has not set are those that KVM supports, without those that the revision
 * lacks: give back what the vCPU's last revision lacked, and take away what @revision lacks.
 */
static void limit_controls(struct nested_vmx *nested, const struct vmcs12_revision *revision)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(words); i++) {
		u32 *high = high_of(&nested->msrs, i);

		if (nested->set_controls & BIT(i))
			continue;
		*high |= *high_of(&vmcs_config.nested, i) & lacks_of(nested->revision, i);
		*high &= ~lacks_of(revision, i);
	}
}

#else

static bool is_set_beyond(struct nested_vmx *nested, const struct vmcs12_revision *revision)
{
	return false;
}

static void limit_controls(struct nested_vmx *nested, const struct vmcs12_revision *revision)
{
}

#endif /* VMCS12_SOME_LACK_FIELDS */

int vmcs12_set_revision(struct kvm_vcpu *vcpu, u64 id)
{
	struct nested_vmx *nested = &to_vmx(vcpu)->nested;
	const struct vmcs12_revision *revision = vmcs12_known(id);

	if (!revision)
		return -EINVAL;
	if (revision != nested->revision &&
	    (vcpu->arch.last_vmentry_cpu != -1 || nested->vmxon || nested->smm.vmxon))
		return -EINVAL;
	if (is_set_beyond(nested, revision))
		return -EINVAL;
	limit_controls(nested, revision);
	nested->revision = revision;
	return 0;
}

int vmcs12_get_revisions(struct kvm_vmcs12_revisions __user *user)
{
	u32 __user *ids = user->ids;
	u32 room, count = 0;

	for (unsigned int i = 0; i < nr_vmcs12_revisions; i++)
		count += is_known(&vmcs12_revisions[i]);
	if (get_user(room, &user->nr) || put_user(count, &user->nr))
		return -EFAULT;
	if (room < count)
		return -E2BIG;
	for (unsigned int i = 0; i < nr_vmcs12_revisions; i++)
		if (is_known(&vmcs12_revisions[i]) &&
		    put_user(vmcs12_revisions[i].id, ids++))
			return -EFAULT;
	return 0;
}
