{{#layout}}
{{#translates}}
{{>generated}}
/*
 * The revisions of {{name}} that an image in guest memory may have, the default first.  The includer
 * includes this file once for their maps, and wherever it lists them: there it defines
 * VMCS_REVISION(c_name, name), which this file undefines.
 */
#ifdef VMCS_REVISION
{{#names}}
VMCS_REVISION({{c_name}}, "{{name}}")
{{/names}}
#undef VMCS_REVISION
#else
{{#names}}
#include "{{name}}-map.h"
{{/names}}
#endif
{{/translates}}
{{/layout}}
