// SPDX-License-Identifier: GPL-2.0-only
// Any id in IA32_VMX_BASIC that KVM knows can be the vCPU's.
//
// in: arch/x86/kvm/vmx/nested.c
// match: id 1 in vmx_restore_vmx_basic

@id@
expression known, data;
position p;
@@
- if (vmx_basic_vmcs_revision_id@p(known) != vmx_basic_vmcs_revision_id(data))
- 	return -EINVAL;
