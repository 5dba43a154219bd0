{{#names_controls}}
{{>generated}}
/*
 * The bits of the control words: Intel SDM Vol. 3C, "VM-Execution Control
 * Fields" and the sections on VM-exit and VM-entry controls.  Where the includer has a bit
 * by the name that Linux gives it, both are the same.
 */
#ifndef VMCSGEN_VMCS_CONTROLS_H
#define VMCSGEN_VMCS_CONTROLS_H

#include "vmcs_types.h"

#define VMCS_ASSERT_CONTROL(name) static_assert(VMCS_CTRL_##name == (name), #name)
{{#control_words}}

/* {{name}}, {{encoding}} */
{{#has_default1}}
#define VMCS_DEFAULT1_{{NAME}} {{default1}}
{{/has_default1}}
{{#controls}}
#define VMCS_CTRL_{{NAME}} BIT{{#wide}}_ULL{{/wide}}({{bit}})
#ifdef {{NAME}}
VMCS_ASSERT_CONTROL({{NAME}});
#endif
{{/controls}}
{{/control_words}}

/* Controls word by word, as the allowed 1-settings of the VMX MSRs are. */
struct vmcs_controls {
{{#control_words}}
	u{{width}} {{name}};
{{/control_words}}
};

#endif
{{/names_controls}}
