/* SPDX-License-Identifier: GPL-2.0-only */
#if !defined(__KVM_X86_VMX_VMCS12_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define __KVM_X86_VMX_VMCS12_TRACE_H

#include <linux/tracepoint.h>

#undef TRACE_SYSTEM
#define TRACE_SYSTEM kvm

/* An image of a vmcs12 can't be loaded, or stored, because of what one field holds. */
TRACE_EVENT(kvm_vmcs12_refused,
	TP_PROTO(u32 id, const struct vmcs_loss *refused, bool load),
	TP_ARGS(id, refused, load),

	TP_STRUCT__entry(
		__field(u32, id)
		__field(u32, encoding)
		__field(bool, load)
		__array(char, name, 40)
	),

	TP_fast_assign(
		__entry->id = id;
		__entry->encoding = refused->encoding;
		__entry->load = load;
		strscpy(__entry->name, refused->name, sizeof(__entry->name));
	),

	TP_printk("%s of an image with id 0x%x: %s (0x%x)", __entry->load ? "load" : "store",
		  __entry->id, __entry->name, __entry->encoding)
);

#endif /* __KVM_X86_VMX_VMCS12_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH ../../arch/x86/kvm/vmx
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE vmcs12_trace

#include <trace/define_trace.h>
