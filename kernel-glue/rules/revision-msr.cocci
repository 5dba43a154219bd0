// SPDX-License-Identifier: GPL-2.0-only
// Userspace sets the revision of a vCPU with the id in IA32_VMX_BASIC.
//
// in: arch/x86/kvm/vmx/nested.c
// match: id 1 in vmx_restore_vmx_basic
// match: set 1 in vmx_restore_vmx_basic

@id@
expression known, data;
position p;
@@
- if (vmx_basic_vmcs_revision_id@p(known) != vmx_basic_vmcs_revision_id(data))
- 	return -EINVAL;

@set@
struct vcpu_vmx *vmx;
expression data;
position p;
@@
- vmx->nested.msrs.basic =@p data;
+ if (vmcs12_set_revision(&vmx->vcpu, vmx_basic_vmcs_revision_id(data)))
+ 	return -EINVAL;
+
+ vmx->nested.msrs.basic = data;
