{{#shadows}}
{{>generated}}
/*
 * The fields of {{path}} that a shadow VMCS lets L1 reach without an exit.
 * The includer defines SHADOW_FIELD_RO(ENCODING, member), SHADOW_FIELD_RW() or
 * both; this file undefines them.  A field that L0 changes when it emulates a
 * VMX instruction is not shadowed; a shadowed field must be synced at each
 * nested entry.
 */
#if !defined(SHADOW_FIELD_RO) && !defined(SHADOW_FIELD_RW)
#error "define SHADOW_FIELD_RO or SHADOW_FIELD_RW first"
#endif

#ifndef SHADOW_FIELD_RO
#define SHADOW_FIELD_RO(encoding, member)
#endif
#ifndef SHADOW_FIELD_RW
#define SHADOW_FIELD_RW(encoding, member)
#endif

{{#widths}}
/* {{title}} */
{{#fields}}
SHADOW_FIELD_{{#writable}}RW{{/writable}}{{^writable}}RO{{/writable}}({{FIELD}}{{#high}}_HIGH{{/high}}, {{name}})
{{/fields}}

{{/widths}}
#undef SHADOW_FIELD_RO
#undef SHADOW_FIELD_RW
{{/shadows}}
