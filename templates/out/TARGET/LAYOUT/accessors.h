{{>generated}}
{{#layout}}
/*
 * Access to one revision of {{name}}.  Include this once for each, several times in
 * a file if need be, with {{#clean}}a name{{/clean}}{{^clean}}one or two names{{/clean}} defined, which it undefines:
 *
 *	#define VMCS_REVISION {{#names}}{{#first}}{{c_name}}{{/first}}{{/names}}
{{^clean}}
 *	#define VMCS_CANONICAL {{#names}}{{#last}}{{c_name}}{{/last}}{{/names}}
{{/clean}}
 *	#include "{{name}}/accessors.h"
 *
{{^clean}}
 * VMCS_REVISION is the one that an image has.  VMCS_CANONICAL is the one that the includer
 * keeps in memory: images are loaded into it, and stored from it.  An includer that keeps
 * the image itself does without.  Two revisions may have one id, so only the caller can
 * know which revision an image has.
{{/clean}}
{{#clean}}
 * Its pages are copied, by <...-copies.h>, and not translated.
{{/clean}}
 */
#include "../vmcs_access.h"

#define VMCS_NUMBER(revision) VMCS_JOIN(VMCSGEN_{{NAME}}_NUMBER_, revision)
{{#names}}
#define VMCSGEN_{{layout.NAME}}_NUMBER_{{c_name}} {{number}}
{{/names}}

#ifndef VMCS_REVISION
#error "define VMCS_REVISION, the revision of {{name}} to access"
{{#names}}
#elif VMCS_NUMBER(VMCS_REVISION) == {{number}} && defined(VMCSGEN_{{layout.NAME}}_{{NAME}}_ACCESSORS)
#error "{{layout.name}}/{{name}} has its accessors already"
#elif VMCS_NUMBER(VMCS_REVISION) == {{number}}
#define VMCSGEN_{{layout.NAME}}_{{NAME}}_ACCESSORS
#include "{{name}}-map.h"
{{^layout.clean}}
#ifdef VMCS_CANONICAL
#include "{{name}}-translations.h"
#endif
{{/layout.clean}}
#define VMCS_READY
{{/names}}
#else
#error "VMCS_REVISION is no revision of {{name}}"
#endif

{{^clean}}
#if !defined(VMCS_READY) || !defined(VMCS_CANONICAL)
{{#names}}
#elif VMCS_NUMBER(VMCS_CANONICAL) == {{number}}
#include "{{name}}-map.h"
#include "{{name}}-translations.h"
{{/names}}
#else
#undef VMCS_READY
#error "VMCS_CANONICAL is no revision of {{name}}"
#endif

{{/clean}}
#ifdef VMCS_READY
#undef VMCS_READY

/* The names of this revision's functions and of its structure. */
#define VMCS_OWN(name) VMCS_JOIN3({{name}}_, VMCS_REVISION, _##name)
#define VMCS_OFFSET VMCS_OWN(offset_t)
#define VMCS_IMAGE struct VMCS_JOIN({{struct}}_, VMCS_REVISION)

VMCS_IMAGE;

/* Where a field is in an image of this revision: sparse knows it from all others. */
typedef u16 __bitwise VMCS_OFFSET;

{{#clean}}
/* The version of the enlightened VMCS, which is the first word of a page. */
{{/clean}}
{{^clean}}
/*
 * What an L1 reads from IA32_VMX_BASIC.  The first word of an image has it, too, beside
 * the bit of a shadow VMCS.
 */
{{/clean}}
static inline u32 VMCS_OWN(id)(void)
{
	return VMCS_OWN(revision_id);
}

/*
 * The offset of the field with @encoding, or of its high half if @encoding is a HIGH one;
 * 0 if the revision has no such field.
 */
static __always_inline VMCS_OFFSET VMCS_OWN(offset)(u64 encoding)
{
	return (__force VMCS_OFFSET)(u16)vmcs_offset(VMCS_OWN(map), encoding);
}
{{#clean}}

/*
 * The bits of {{clean_word}} that a write of the field has to clear; 0 if the field is
 * in no group, or if the revision has no such field.
 */
static __always_inline u16 VMCS_OWN(group)(u64 encoding)
{
	return VMCS_OWN(offset)(encoding) ? VMCS_OWN(groups)[vmcs_slot(encoding)] : 0;
}
{{/clean}}

/* The field at an offset that is not 0; natural width is all 64 bits. */
static __always_inline u64 VMCS_OWN(read_at)(const VMCS_IMAGE *image, u64 encoding,
					     VMCS_OFFSET offset)
{
	return vmcs_peek(image, (__force u16)offset, vmcs_bytes(encoding));
}

/* Write @value, cut to the field's width, at an offset that is not 0. */
static __always_inline void VMCS_OWN(write_at)(VMCS_IMAGE *image, u64 encoding,
					       VMCS_OFFSET offset, u64 value)
{
	vmcs_poke(image, (__force u16)offset, vmcs_bytes(encoding), value);
}

/* Read a field.  False if the revision has no such field: then *@value stays. */
static inline bool VMCS_OWN(read)(const VMCS_IMAGE *image, u64 encoding, u64 *value)
{
	unsigned int end = vmcs_end(VMCS_OWN(map), encoding);

	if (!end)
		return false;
	*value = vmcs_read(image, encoding, end);
	return true;
}

/* Write a field, a read-only one, too.  False if the revision has no such field. */
static inline bool VMCS_OWN(write)(VMCS_IMAGE *image, u64 encoding, u64 value)
{
	VMCS_OFFSET offset = VMCS_OWN(offset)(encoding);

	if (!offset)
		return false;
	VMCS_OWN(write_at)(image, encoding, offset, value);
	return true;
}

/* Read a field by a constant encoding: one move, or an error if there is no such field. */
static __always_inline u64 VMCS_OWN(get)(const VMCS_IMAGE *image, u64 encoding)
{
	if (!VMCS_OWN(offset)(encoding))
		vmcs_no_such_field();
	return VMCS_OWN(read_at)(image, encoding, VMCS_OWN(offset)(encoding));
}

/* Write a field by a constant encoding: one move, or an error if there is no such field. */
static __always_inline void VMCS_OWN(set)(VMCS_IMAGE *image, u64 encoding, u64 value)
{
	if (!VMCS_OWN(offset)(encoding))
		vmcs_no_such_field();
	VMCS_OWN(write_at)(image, encoding, VMCS_OWN(offset)(encoding), value);
}

{{^clean}}
#ifdef VMCS_CANONICAL
/* The structure that is kept in memory. */
#define VMCS_MEMORY struct VMCS_JOIN({{struct}}_, VMCS_CANONICAL)
#define VMCS_TRANSLATION(from, to) (&VMCS_JOIN3({{name}}_, from, VMCS_JOIN(_to_, to)))

VMCS_MEMORY;

/*
 * Load an image: set every member of @to to what @from has or, where @from has no such
 * member, to its neutral value.  Pads stay.  Returns NULL, or the member of @from that
 * @to can't hold; then nothing is written.
 */
static inline const struct vmcs_loss *VMCS_OWN(load)(VMCS_MEMORY *to, const VMCS_IMAGE *from)
{
	return vmcs_fill(VMCS_TRANSLATION(VMCS_REVISION, VMCS_CANONICAL), to, from);
}

/*
 * Store what @from has over an image, whose other bytes stay.  Returns NULL, or the
 * member of @from that @to can't hold; then nothing is written.
 */
static inline const struct vmcs_loss *VMCS_OWN(store)(VMCS_IMAGE *to, const VMCS_MEMORY *from)
{
	return vmcs_translate(VMCS_TRANSLATION(VMCS_CANONICAL, VMCS_REVISION), to, from);
}

/*
 * Load and store for a caller that keeps the image as well: load_shared() ignores what
 * only the image can hold, and store_shared() leaves it there.
 */
static inline void VMCS_OWN(load_shared)(VMCS_MEMORY *to, const VMCS_IMAGE *from)
{
	vmcs_move_shared(VMCS_TRANSLATION(VMCS_REVISION, VMCS_CANONICAL), to, from);
	vmcs_fill_gaps(VMCS_TRANSLATION(VMCS_REVISION, VMCS_CANONICAL), to);
}

static inline void VMCS_OWN(store_shared)(VMCS_IMAGE *to, const VMCS_MEMORY *from)
{
	vmcs_move_shared(VMCS_TRANSLATION(VMCS_CANONICAL, VMCS_REVISION), to, from);
}

#undef VMCS_MEMORY
#undef VMCS_TRANSLATION
#endif

{{/clean}}
#undef VMCS_OWN
#undef VMCS_OFFSET
#undef VMCS_IMAGE
#endif
#undef VMCS_REVISION
{{^clean}}
#undef VMCS_CANONICAL
{{/clean}}
#undef VMCS_NUMBER
{{/layout}}
