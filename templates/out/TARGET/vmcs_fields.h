{{>generated}}
/*
 * The encodings of the target's fields, and of the high halves of those that have 64 bits.
 * The includer defines VMCS_FIELD(NAME), and this file undefines it.
 */
#ifndef VMCS_FIELD
#error "define VMCS_FIELD first"
#endif
{{#sections}}

/* {{title}} */
{{#fields}}
VMCS_FIELD({{NAME}})
{{#high}}
VMCS_FIELD({{NAME}}_HIGH)
{{/high}}
{{/fields}}
{{/sections}}

#undef VMCS_FIELD
