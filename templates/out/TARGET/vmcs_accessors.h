{{>generated}}
/*
 * Access to the fields of a structure by their encodings.  Include this once for each
 * structure, with names for what it defines; it undefines these:
 *
 *	#define VMCS_STRUCT	vmcs12			the structure
 *	#define VMCS_MAP	vmcs12_linux_map	where it has each field
 *	#define VMCS_END	vmcs12_end_t		a u16 __bitwise: where a field of it ends
 *	#define VMCS_FIND	vmcs12_find_field	the functions below
 *	#define VMCS_READ	vmcs12_read_field
 *	#define VMCS_WRITE	vmcs12_write_field
 *	#include "vmcs_accessors.h"
 *
 * VMCS_GROUPS and VMCS_CLEAN are for an enlightened VMCS, and VMCS_WRITE may be left out.
 */
#include "vmcs_access.h"

#if !defined(VMCS_STRUCT) || !defined(VMCS_MAP) || !defined(VMCS_END) || \
	!defined(VMCS_FIND) || !defined(VMCS_READ)
#error "define VMCS_STRUCT, VMCS_MAP, VMCS_END, VMCS_FIND and VMCS_READ"
#endif
#if defined(VMCS_CLEAN) != defined(VMCS_GROUPS)
#error "define both of VMCS_GROUPS and VMCS_CLEAN, or none"
#endif

struct VMCS_STRUCT;

/*
 * The end of a field of the structure, and of its high half, in bytes. 0 if it has no such field,
 * or no high half.
 */
static __always_inline VMCS_END VMCS_FIND(u64 encoding)
{
	return (__force VMCS_END)(u16)vmcs_end(VMCS_MAP, encoding);
}

/* Read a field that ends at @end, which is not 0; natural width has 64 bits. */
static __always_inline u64 VMCS_READ(const struct VMCS_STRUCT *from, u64 encoding,
				     VMCS_END end)
{
	return vmcs_peek_field(from, encoding, (__force u16)end);
}

#ifdef VMCS_WRITE
/* Write a field that ends at @end, which is not 0: @value, cut to the field's width. */
static __always_inline void VMCS_WRITE(struct VMCS_STRUCT *to, u64 encoding,
				       VMCS_END end, u64 value)
{
	vmcs_poke_field(to, encoding, (__force u16)end, value);
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
#undef VMCS_END
#undef VMCS_FIND
#undef VMCS_READ
