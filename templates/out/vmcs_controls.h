{{>generated}}
/*
 * The bits of the control words: Intel SDM Vol. 3C, "VM-Execution Control
 * Fields" and the sections on VM-exit and VM-entry controls.
 */
#ifndef VMCSGEN_VMCS_CONTROLS_H
#define VMCSGEN_VMCS_CONTROLS_H

#include "vmcs_types.h"
{{#control_words}}

/* {{name}}, {{encoding}} */
{{#has_default1}}
#define VMCS_DEFAULT1_{{NAME}} {{default1}}
{{/has_default1}}
{{#controls}}
#define VMCS_CTRL_{{NAME}} BIT{{#wide}}_ULL{{/wide}}({{bit}})
{{/controls}}
{{/control_words}}

#endif
