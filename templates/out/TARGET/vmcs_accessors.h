{{>generated}}
/*
 * Access to the fields of a structure by their encodings.  Include this once for each
 * structure, with names for what it defines; it undefines these:
 *
 *	#define VMCS_STRUCT	vmcs12			the structure
 *	#define VMCS_MAP	vmcs12_linux_6_1_map	where it has each field
 *	#define VMCS_OFFSET	vmcs12_offset_t		the type of an offset in it
 *	#define VMCS_FIND	vmcs12_find_field	the functions below
 *	#define VMCS_READ	vmcs12_read_field
 *	#define VMCS_WRITE	vmcs12_write_field
 *	#include "vmcs_accessors.h"
 *
 * VMCS_GROUPS and VMCS_CLEAN are for an enlightened VMCS, and VMCS_WRITE may be left out.
 */
#include "vmcs_access.h"

struct VMCS_STRUCT;

/* Where a field ends, in bytes: sparse tells it from an offset in another structure. */
typedef u16 __bitwise VMCS_OFFSET;

/*
 * Where the structure has a field or, if @encoding is a HIGH one, its high half; 0 if it has no
 * such field.
 */
static __always_inline VMCS_OFFSET VMCS_FIND(u64 encoding)
{
	return (__force VMCS_OFFSET)(u16)vmcs_end(VMCS_MAP, encoding);
}

/* Read a field at an offset that is not 0; natural width has 64 bits. */
static __always_inline u64 VMCS_READ(const struct VMCS_STRUCT *from, u64 encoding,
				     VMCS_OFFSET offset)
{
	return vmcs_peek_field(from, encoding, (__force u16)offset);
}

#ifdef VMCS_WRITE
/* Write @value, cut to the field's width, at an offset that is not 0. */
static __always_inline void VMCS_WRITE(struct VMCS_STRUCT *to, u64 encoding,
				       VMCS_OFFSET offset, u64 value)
{
	vmcs_poke_field(to, encoding, (__force u16)offset, value);
}

#undef VMCS_WRITE
#endif

#ifdef VMCS_CLEAN
/*
 * The clean-field bits that a write of the field clears; 0 if the field is in no group, or if
 * the structure has no such field.
 */
static __always_inline u16 VMCS_CLEAN(u64 encoding)
{
	return vmcs_end(VMCS_MAP, encoding) ? VMCS_GROUPS[vmcs_slot(encoding)] : 0;
}

#undef VMCS_GROUPS
#undef VMCS_CLEAN
#endif

#undef VMCS_STRUCT
#undef VMCS_MAP
#undef VMCS_OFFSET
#undef VMCS_FIND
#undef VMCS_READ
