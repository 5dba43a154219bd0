// SPDX-License-Identifier: GPL-2.0-only
// The copies of fields at a nested entry from an eVMCS, and back at the exit, come from the
// spec.  What else the two routines do is KVM's own business and stays.
//
// in: arch/x86/kvm/vmx/nested.c
// copies: copy_enlightened_to_vmcs12 entry page
// copies: copy_vmcs12_to_enlightened exit page
// match: enter 1 in copy_enlightened_to_vmcs12
// match: enter+entry @entry in copy_enlightened_to_vmcs12
// match: group @entry-groups in copy_enlightened_to_vmcs12
// match: leave 1 in copy_vmcs12_to_enlightened
// match: leave+exit @exit in copy_vmcs12_to_enlightened

@enter@
struct vmcs12 *vmcs12;
struct hv_enlightened_vmcs *evmcs;
position p;
@@
- vmcs12->tpr_threshold = evmcs@p->tpr_threshold;
+ evmcs_to_vmcs12(vmcs12, evmcs, hv_clean_fields);

@entry@
struct vmcs12 *vmcs12;
struct hv_enlightened_vmcs *evmcs;
identifier m;
position p;
@@
- vmcs12->m = evmcs@p->m;

@group@
expression bit;
position p;
@@
- if (unlikely@p(!(hv_clean_fields & bit))) { }

@leave@
struct vmcs12 *vmcs12;
struct hv_enlightened_vmcs *evmcs;
position p;
@@
- evmcs->guest_es_selector = vmcs12@p->guest_es_selector;
+ vmcs12_to_evmcs(evmcs, vmcs12);

@exit@
struct vmcs12 *vmcs12;
struct hv_enlightened_vmcs *evmcs;
identifier m;
position p;
@@
- evmcs->m = vmcs12@p->m;
