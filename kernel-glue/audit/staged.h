/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is asked of the functions on the stage: they stand above, as staged_vmwrite() and
 * staged_restore().
 */
const unsigned long question_header = sizeof(struct kvm_nested_state);

long question_vmwrite(unsigned long field, unsigned long value, unsigned long *kept)
{
	struct vcpu_vmx *vmx = stage_vcpu();
	long status;

	stage.field = field;
	stage.value = value;
	status = staged_vmwrite(&vmx->vcpu);
	if (!status)
		*kept = vmcs12_read_any(vmx->nested.cached_vmcs12, field, STAGE_OFFSET(field));
	return status;
}

void question_restore(const struct saved_state *saved, struct restored *restored)
{
	struct vcpu_vmx *vmx = stage_vcpu();
	struct kvm_nested_state state = {
		.flags = saved->guest ? KVM_STATE_NESTED_GUEST_MODE : 0,
		.format = KVM_STATE_NESTED_FORMAT_VMX,
		.size = saved->size,
		.hdr.vmx.vmxon_pa = 0x1000,
		.hdr.vmx.vmcs12_pa = 0x2000,
	};

	stage.saved = saved;
	stage.restored = restored;
	restored->status = staged_restore(&vmx->vcpu, (void *)STAGE_USER, &state);
}
