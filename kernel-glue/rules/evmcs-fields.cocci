// SPDX-License-Identifier: GPL-2.0-only
// Where a field is in the enlightened VMCS, and in which group, comes from the spec, and so
// do the controls that it may carry.
//
// in: vmcs_field_to_evmcs_1[]
// in: evmcs_field_offset()
// reads: enum vmcs_field
// reads: arch/x86/include/asm/vmxfeatures.h
// deletes: evmcs_field vmcs_field_to_evmcs_1 nr_evmcs_1_fields evmcs_field_offset evmcs_read_any
// entries: EVMCS1_FIELD page
// masks: EVMCS1_SUPPORTED_
// masks: EVMCS1_UNSUPPORTED_
// match: entry 1
// match: declarations 2
// match: functions 2
// match: definitions 2
// match: layout 1
// match: supported+unsupported @masks
// match: allowed+refused 1

@entry@
position p;
@@
- struct evmcs_field {@p ... };

@declarations@
identifier table = { vmcs_field_to_evmcs_1, nr_evmcs_1_fields };
type T;
position p;
@@
(
- extern T table@p[];
|
- extern T table@p;
)

@functions@
identifier f = { evmcs_field_offset, evmcs_read_any };
type T;
position p;
@@
- T f@p(...) { ... }

@definitions@
identifier table = { vmcs_field_to_evmcs_1, nr_evmcs_1_fields };
type T;
expression e;
position p;
@@
(
- T table@p[] = { ... };
|
- T table@p = e;
)

@layout depends on entry@
@@
  #include "vmcs12.h"
+ #include "evmcs_layout.h"

@supported@
identifier mask =~ "^EVMCS1_SUPPORTED_";
expression bits;
position p;
@@
- #define mask@p bits

@allowed depends on supported@
@@
  #include "evmcs_layout.h"
+ #include "layouts/evmcs/supported-controls.h"

@unsupported@
identifier mask =~ "^EVMCS1_UNSUPPORTED_";
expression bits;
position p;
@@
- #define mask@p bits

@refused depends on unsupported@
@@
  #include "evmcs_layout.h"
+ #include "layouts/evmcs/unsupported-controls.h"
