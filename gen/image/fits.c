// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdlib.h>
#include <string.h>

#include "compare/find_in_spec.h"
#include "image/fits.h"
#include "image/meaning.h"

/* A page has 12 bits of an address, an entry of a list of MSRs has 4; no CPU has more than 52. */
enum { PAGE_BITS = 12, ENTRY_BITS = 4, PHYSICAL_BITS = 52, LINEAR_BITS = 57 };

/* Encodings by which the checks go (SDM Vol. 3D, appendix B). */
enum {
	FIELD_HOST_ES_SELECTOR = 0x0c00, FIELD_HOST_TR_SELECTOR = 0x0c0c,
	FIELD_IO_BITMAP_A = 0x2000, FIELD_MSR_BITMAP = 0x2004,
	FIELD_EXIT_STORE = 0x2006, FIELD_ENTRY_LOAD = 0x200a,
	FIELD_VIRTUAL_APIC_PAGE = 0x2012, FIELD_APIC_ACCESS = 0x2014, FIELD_EPT_POINTER = 0x201a,
	FIELD_LINK_POINTER = 0x2800, FIELD_PIN_CONTROLS = 0x4000, FIELD_ENTRY_EVENT = 0x4016,
	FIELD_EXIT_REASON = 0x4402, FIELD_ES_RIGHTS = 0x4814, FIELD_TR_RIGHTS = 0x4822,
	FIELD_INTERRUPTIBILITY = 0x4824, FIELD_ACTIVITY = 0x4826, FIELD_GUEST_CR0 = 0x6800,
	FIELD_GUEST_CR4 = 0x6804, FIELD_ES_BASE = 0x6806, FIELD_IDTR_BASE = 0x6818,
	FIELD_GUEST_RIP = 0x681e, FIELD_GUEST_RFLAGS = 0x6820, FIELD_SYSENTER_ESP = 0x6824,
	FIELD_SYSENTER_EIP = 0x6826, FIELD_HOST_CR0 = 0x6c00, FIELD_HOST_CR4 = 0x6c04,
	FIELD_HOST_FS_BASE = 0x6c06, FIELD_HOST_SYSENTER_EIP = 0x6c12, FIELD_HOST_RIP = 0x6c16,
};

enum { RFLAGS_FIXED = 1 << 1, CR0_PE = 1 << 0, ACTIVITY_LAST = 3, EVENT_RESERVED = 0x7fffd000 };
#define CR0_PG (1u << 31)

static bool is_from_to(uint32_t encoding, uint32_t first, uint32_t last)
{
	return encoding >= first && encoding <= last;
}

static bool is_canonical(uint64_t address)
{
	uint64_t top = address >> (LINEAR_BITS - 1);

	return !top || top == UINT64_MAX >> (LINEAR_BITS - 1);
}

static bool is_physical(uint64_t address, unsigned int low_bits)
{
	return !(address >> PHYSICAL_BITS) && !(address & ((1u << low_bits) - 1));
}

static bool is_ept_pointer(uint64_t number)
{
	unsigned int type = number & 7, levels = number >> 3 & 7;

	return !number || ((type == 0 || type == 6) && (levels == 3 || levels == 4) &&
			   !(number >> PHYSICAL_BITS) && !(number & 0xf00));
}

/* Whether a linear address, which has to be canonical, is in the field. */
static bool is_linear(uint32_t encoding)
{
	return is_from_to(encoding, FIELD_ES_BASE, FIELD_IDTR_BASE) ||
	       encoding == FIELD_GUEST_RIP ||
	       is_from_to(encoding, FIELD_SYSENTER_ESP, FIELD_SYSENTER_EIP) ||
	       is_from_to(encoding, FIELD_HOST_FS_BASE, FIELD_HOST_SYSENTER_EIP) ||
	       encoding == FIELD_HOST_RIP;
}

/* How a number that can't be in an address field is wrong, or NULL. */
static const char *address_misfit(uint32_t encoding, uint64_t number)
{
	if (is_linear(encoding))
		return is_canonical(number) ? NULL : "is not canonical";
	if (is_from_to(encoding, FIELD_IO_BITMAP_A, FIELD_MSR_BITMAP) ||
	    encoding == FIELD_VIRTUAL_APIC_PAGE || encoding == FIELD_APIC_ACCESS ||
	    (encoding == FIELD_LINK_POINTER && ~number))
		return is_physical(number, PAGE_BITS) ? NULL : "is not the address of a page";
	if (is_from_to(encoding, FIELD_EXIT_STORE, FIELD_ENTRY_LOAD))
		return is_physical(number, ENTRY_BITS) ? NULL :
							 "is not the address of a list of MSRs";
	return encoding == FIELD_EPT_POINTER && !is_ept_pointer(number) ? "is not an EPT pointer" :
									   NULL;
}

/* How a number that can't be in @field is wrong, or NULL. */
static const char *field_misfit(const struct field *field, uint64_t number)
{
	uint32_t encoding = field->encoding;
	bool reserves = encoding == FIELD_EXIT_REASON || encoding == FIELD_INTERRUPTIBILITY ||
			encoding == FIELD_GUEST_RFLAGS ||
			is_from_to(encoding, FIELD_ES_RIGHTS, FIELD_TR_RIGHTS);

	if (is_from_to(encoding, FIELD_HOST_ES_SELECTOR, FIELD_HOST_TR_SELECTOR) && number & 7)
		return "has an RPL or TI";
	if (reserves && reserved_bits(field, number))
		return "has reserved bits";
	if (encoding == FIELD_GUEST_RFLAGS && number && !(number & RFLAGS_FIXED))
		return "lacks bit 1";
	if (encoding == FIELD_ACTIVITY && number > ACTIVITY_LAST)
		return "is not an activity state";
	if (encoding == FIELD_ENTRY_EVENT && number >> 31 && number & EVENT_RESERVED)
		return "has reserved bits";
	if ((encoding == FIELD_GUEST_CR0 || encoding == FIELD_HOST_CR0) && number >> 32)
		return "has reserved bits";
	if ((encoding == FIELD_GUEST_CR4 || encoding == FIELD_HOST_CR4) &&
	    reserved_bits(field, number))
		return "has reserved bits";
	return address_misfit(encoding, number);
}

/* Bits of a control word that are 1, and that neither have a name nor are 1 by default. */
static bool has_unknown_controls(const struct spec *spec, const struct field *field,
				 uint64_t number)
{
	const struct control_word *word = spec_control_word(spec, field);

	if (!word)
		return false;
	number &= ~word->default1;
	for (size_t i = 0; i < word->count; i++)
		number &= ~(1ull << word->controls[i].bit);
	return number;
}

static void remark(struct remarks *remarks, const char *text)
{
	remarks->of = grow(remarks->of, &remarks->room, remarks->count + 1, sizeof(*remarks->of));
	remarks->of[remarks->count++] = text;
}

static bool are_zeroes(const unsigned char *bytes, uint32_t begin, uint32_t end)
{
	while (begin < end && !bytes[begin])
		begin++;
	return begin >= end;
}

static void judge_member(struct fit *fit, struct arena *arena, const struct spec *spec,
			 const struct member *member, const unsigned char *bytes)
{
	const struct field *field = member->field;
	const char *misfit = NULL;
	uint64_t number;

	if (member->pad && !are_zeroes(bytes, member->offset, member_end(member)))
		misfit = "is not 0";
	if (field) {
		number = number_at(bytes + member->offset, member->size);
		misfit = has_unknown_controls(spec, field, number) ? "has reserved bits" :
			 field_misfit(field, number);
	}
	if (misfit)
		remark(&fit->misfits, arena_printf(arena, "%s %s", member->name, misfit));
}

static void judge_image(struct fit *fit, struct arena *arena, const struct spec *spec,
			const unsigned char *bytes)
{
	const struct revision *revision = fit->revision;

	for (size_t i = 0; i < revision->count; i++)
		judge_member(fit, arena, spec, &revision->members[i], bytes);
	if (!are_zeroes(bytes, revision->size, IMAGE_SIZE))
		remark(&fit->misfits, "what follows the last member is not 0");
}

static int compare_fits(const void *a, const void *b)
{
	const struct fit *x = a, *y = b;

	if (x->misfits.count != y->misfits.count)
		return x->misfits.count < y->misfits.count ? -1 : 1;
	return (x->rank > y->rank) - (x->rank < y->rank);
}

static void add_fit(struct fits *fits, size_t *room, const struct revision *revision,
		    const struct revision *preferred)
{
	fits->of = grow(fits->of, room, fits->count + 1, sizeof(*fits->of));
	fits->of[fits->count] = (struct fit){ .revision = revision,
					      .rank = revision == preferred ? 0 : fits->count + 1 };
	fits->count++;
}

void fits_rank(struct fits *fits, struct arena *arena, const struct spec *spec,
	       const struct revision *preferred, const unsigned char *bytes)
{
	uint32_t id = number_at(bytes, 4) & ~IMAGE_SHADOW;
	size_t room = 0;

	*fits = (struct fits){ .of = NULL };
	for (size_t i = spec->layout_count; i--;)
		for (size_t j = spec->layouts[i]->count; j--;) {
			const struct revision *revision = spec->layouts[i]->revisions[j];

			if (revision_is_whole(revision) && revision->has_id &&
			    revision->id == id && !image_fault(revision))
				add_fit(fits, &room, revision, preferred);
		}
	for (size_t i = 0; i < fits->count; i++)
		judge_image(&fits->of[i], arena, spec, bytes);
	if (fits->count)
		qsort(fits->of, fits->count, sizeof(*fits->of), compare_fits);
}

void fits_free(struct fits *fits)
{
	for (size_t i = 0; i < fits->count; i++)
		free(fits->of[i].misfits.of);
	free(fits->of);
}

const struct fit *fits_of(const struct fits *fits, const struct revision *revision)
{
	for (size_t i = 0; i < fits->count; i++)
		if (fits->of[i].revision == revision)
			return &fits->of[i];
	return NULL;
}

/* The number in a field of an image; 0 if the revision lacks it. */
static uint64_t image_number(const struct revision *revision, const unsigned char *bytes,
			     uint32_t encoding)
{
	const struct member *member = table_number(&revision->by_encoding, encoding);

	return member ? number_at(bytes + member->offset, member->size) : 0;
}

/* Whether a word of controls has all bits that are 1 on every CPU; TRUE MSRs leave these. */
static bool has_default_controls(const struct spec *spec, const struct revision *revision,
				 const unsigned char *bytes)
{
	const struct member *member = table_number(&revision->by_encoding, FIELD_PIN_CONTROLS);
	const struct control_word *word = spec_control_word(spec, member ? member->field : NULL);
	uint64_t number = image_number(revision, bytes, FIELD_PIN_CONTROLS);

	return word && word->default1 && (number & word->default1) == word->default1;
}

struct remarks image_signs(const struct spec *spec, const struct revision *revision,
			   const unsigned char *bytes)
{
	uint64_t cr0 = image_number(revision, bytes, FIELD_HOST_CR0);
	uint64_t rip = image_number(revision, bytes, FIELD_HOST_RIP);
	struct remarks signs = { .of = NULL };

	if (!~image_number(revision, bytes, FIELD_LINK_POINTER))
		remark(&signs, "the link pointer is none");
	if (cr0 & CR0_PE && cr0 & CR0_PG && !(cr0 >> 32))
		remark(&signs, "the host's CR0 has PE and PG");
	if (rip && is_canonical(rip))
		remark(&signs, "the host's RIP is canonical");
	if (image_number(revision, bytes, FIELD_GUEST_RFLAGS) & RFLAGS_FIXED)
		remark(&signs, "the guest's RFLAGS have bit 1");
	if (has_default_controls(spec, revision, bytes))
		remark(&signs, "the pin-based controls have the bits that are always 1");
	return signs;
}
