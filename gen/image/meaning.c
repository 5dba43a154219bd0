// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Tables of what the parts of fields mean, from the SDM, Vol. 3C, chapter "Virtual Machine Control
 * Structures", and Vol. 3D, appendix C.  The short names of exit reasons, errors and registers are
 * those that Linux has, in lower case.
 */
#include <string.h>

#include "emit/forms.h"
#include "image/meaning.h"
#include "image/named_bits.h"

/* A number that has a name. */
struct named_number {
	uint32_t number;
	const char *name;
};

/* Some bits of a field. */
struct field_part {
	unsigned int low, width;
	const char *name;		/* of a bit that is 1, or ahead of a number; or NULL */
	const struct named_number *numbers; /* NULL for a bit, and for a number without names */
	const char *(*text)(struct maker *maker, uint64_t field); /* or NULL: what it says */
};

#define BIT_PART(at, called) { .low = (at), .width = 1, .name = (called) }
#define NUMBER_PART(at, bits, called) { .low = (at), .width = (bits), .name = (called) }
#define NAMED_PART(at, bits, called, names) \
	{ .low = (at), .width = (bits), .name = (called), .numbers = (names) }
#define TEXT_PART(at, bits, function) { .low = (at), .width = (bits), .text = (function) }

/* What a field is, with its parts from the lowest up; one without width ends them. */
struct noun {
	const struct field_part *parts;
	bool (*is_void)(uint64_t number); /* or NULL: whether the number means nothing */
};

static const struct named_number exit_reasons[] = {
	{ 0, "exception_nmi" }, { 1, "external_interrupt" }, { 2, "triple_fault" },
	{ 3, "init_signal" }, { 4, "sipi_signal" }, { 5, "io_smi" }, { 6, "other_smi" },
	{ 7, "interrupt_window" }, { 8, "nmi_window" }, { 9, "task_switch" }, { 10, "cpuid" },
	{ 11, "getsec" }, { 12, "hlt" }, { 13, "invd" }, { 14, "invlpg" }, { 15, "rdpmc" },
	{ 16, "rdtsc" }, { 17, "rsm" }, { 18, "vmcall" }, { 19, "vmclear" }, { 20, "vmlaunch" },
	{ 21, "vmptrld" }, { 22, "vmptrst" }, { 23, "vmread" }, { 24, "vmresume" },
	{ 25, "vmwrite" }, { 26, "vmoff" }, { 27, "vmon" }, { 28, "cr_access" },
	{ 29, "dr_access" }, { 30, "io_instruction" }, { 31, "msr_read" }, { 32, "msr_write" },
	{ 33, "invalid_state" }, { 34, "msr_load_fail" }, { 36, "mwait_instruction" },
	{ 37, "monitor_trap_flag" }, { 39, "monitor_instruction" }, { 40, "pause_instruction" },
	{ 41, "mce_during_vmentry" }, { 43, "tpr_below_threshold" }, { 44, "apic_access" },
	{ 45, "eoi_induced" }, { 46, "gdtr_idtr" }, { 47, "ldtr_tr" }, { 48, "ept_violation" },
	{ 49, "ept_misconfig" }, { 50, "invept" }, { 51, "rdtscp" }, { 52, "preemption_timer" },
	{ 53, "invvpid" }, { 54, "wbinvd" }, { 55, "xsetbv" }, { 56, "apic_write" },
	{ 57, "rdrand" }, { 58, "invpcid" }, { 59, "vmfunc" }, { 60, "encls" }, { 61, "rdseed" },
	{ 62, "pml_full" }, { 63, "xsaves" }, { 64, "xrstors" }, { 65, "pconfig" }, { 66, "spp" },
	{ 67, "umwait" }, { 68, "tpause" }, { 69, "loadiwkey" }, { 70, "enclv" },
	{ 72, "enqcmd_pasid" }, { 73, "enqcmds_pasid" }, { 74, "bus_lock" }, { 75, "notify" },
	{ 76, "seamcall" }, { 77, "tdcall" }, { 78, "rdmsrlist" }, { 79, "wrmsrlist" },
	{ 80, "urdmsr" }, { 81, "uwrmsr" }, { 84, "msr_read_imm" }, { 85, "msr_write_imm" },
	{ 0, NULL },
};

static const struct field_part exit_reason[] = {
	NAMED_PART(0, 16, "reason", exit_reasons), BIT_PART(25, "busy shadow stack"),
	BIT_PART(26, "bus lock"), BIT_PART(27, "enclave mode"),
	BIT_PART(28, "pending MTF exit"), BIT_PART(29, "from VMX root"),
	BIT_PART(31, "entry failure"), { 0 },
};

static const struct named_number errors[] = {
	{ 1, "vmcall_in_vmx_root_operation" }, { 2, "vmclear_invalid_address" },
	{ 3, "vmclear_vmxon_pointer" }, { 4, "vmlaunch_nonclear_vmcs" },
	{ 5, "vmresume_nonlaunched_vmcs" }, { 6, "vmresume_after_vmxoff" },
	{ 7, "entry_invalid_control_field" }, { 8, "entry_invalid_host_state_field" },
	{ 9, "vmptrld_invalid_address" }, { 10, "vmptrld_vmxon_pointer" },
	{ 11, "vmptrld_incorrect_vmcs_revision_id" }, { 12, "unsupported_vmcs_component" },
	{ 13, "vmwrite_read_only_vmcs_component" }, { 15, "vmxon_in_vmx_root_operation" },
	{ 16, "entry_invalid_executive_vmcs_pointer" },
	{ 17, "entry_nonlaunched_executive_vmcs" },
	{ 18, "entry_executive_vmcs_pointer_not_vmxon_pointer" }, { 19, "vmcall_nonclear_vmcs" },
	{ 20, "vmcall_invalid_vm_exit_control_fields" },
	{ 22, "vmcall_incorrect_mseg_revision_id" },
	{ 23, "vmxoff_under_dual_monitor_treatment_of_smis_and_smm" },
	{ 24, "vmcall_invalid_smm_monitor_features" },
	{ 25, "entry_invalid_vm_execution_control_fields_in_executive_vmcs" },
	{ 26, "entry_events_blocked_by_mov_ss" }, { 28, "invalid_operand_to_invept_invvpid" },
	{ 0, NULL },
};

static const struct field_part instruction_error[] = { NAMED_PART(0, 32, "error", errors), { 0 } };

static const struct named_number event_types[] = {
	{ 0, "external interrupt" }, { 2, "NMI" }, { 3, "hardware exception" },
	{ 4, "software interrupt" }, { 5, "privileged software exception" },
	{ 6, "software exception" }, { 7, "other event" }, { 0, NULL },
};

enum { EVENT_VECTOR = 0xff, EVENT_TYPE = 8, EVENT_VALID = 31 };

static const char *const exceptions[32] = {
	"#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", NULL, "#TS", "#NP", "#SS",
	"#GP", "#PF", NULL, "#MF", "#AC", "#MC", "#XM", "#VE", "#CP",
};

static const char *vector_text(struct maker *maker, uint64_t field)
{
	unsigned int vector = field & EVENT_VECTOR, type = field >> EVENT_TYPE & 7;
	const char *name = vector < 32 && (type == 3 || type == 5 || type == 6) ?
			   exceptions[vector] : NULL;

	return name ? printed(maker, "vector %u (%s)", vector, name) :
	       printed(maker, "vector %u", vector);
}

static bool is_no_event(uint64_t number)
{
	return !(number >> EVENT_VALID & 1);
}

static const struct field_part event[] = {
	NAMED_PART(8, 3, "type", event_types), TEXT_PART(0, 8, vector_text),
	BIT_PART(11, "error code"), BIT_PART(13, "nested exception"),
	BIT_PART(31, "valid"), { 0 },
};

/* Also in an exit's, while an IRET unblocked NMIs. */
static const struct field_part exit_event[] = {
	NAMED_PART(8, 3, "type", event_types), TEXT_PART(0, 8, vector_text),
	BIT_PART(11, "error code"), BIT_PART(12, "NMI unblocking by IRET"),
	BIT_PART(13, "nested exception"), BIT_PART(31, "valid"), { 0 },
};

static const char *segment_text(struct maker *maker, uint64_t field)
{
	static const char *const of_system[16] = { [2] = "LDT", [3] = "busy 16-bit TSS",
						   [11] = "busy TSS" };
	unsigned int type = field & 0xf;
	const char *accessed = type & 1 ? ", accessed" : "";

	if (!(field >> 4 & 1))
		return of_system[type] ? of_system[type] : printed(maker, "system type %u", type);
	if (type & 8)
		return printed(maker, "code, %s%s%s", type & 2 ? "readable" : "execute-only",
			       type & 4 ? ", conforming" : "", accessed);
	return printed(maker, "data, %s%s%s", type & 2 ? "writable" : "read-only",
		       type & 4 ? ", expand-down" : "", accessed);
}

static const char *level_text(struct maker *maker, uint64_t field)
{
	return printed(maker, "DPL %u", (unsigned int)(field >> 5 & 3));
}

static const char *presence_text(struct maker *maker, uint64_t field)
{
	(void)maker;
	return field >> 7 & 1 ? "present" : "not present";
}

static const struct field_part access_rights[] = {
	TEXT_PART(0, 5, segment_text), TEXT_PART(5, 2, level_text),
	TEXT_PART(7, 1, presence_text), BIT_PART(12, "AVL"),
	BIT_PART(13, "L"), BIT_PART(14, "D/B"), BIT_PART(15, "G"),
	BIT_PART(16, "unusable"), { 0 },
};

/* The bits of a segment that is unusable mean nothing but that. */
static const struct field_part unusable[] = { BIT_PART(16, "unusable"), { 0 } };

static const struct named_number activities[] = {
	{ 0, "active" }, { 1, "hlt" }, { 2, "shutdown" }, { 3, "wait_sipi" }, { 0, NULL },
};

static const struct field_part activity[] = { NAMED_PART(0, 32, "state", activities), { 0 } };

static const struct field_part interruptibility[] = {
	BIT_PART(0, "sti"), BIT_PART(1, "mov_ss"), BIT_PART(2, "smi"),
	BIT_PART(3, "nmi"), BIT_PART(4, "enclave_intr"), { 0 },
};

static const struct field_part pending_debug[] = {
	BIT_PART(0, "B0"), BIT_PART(1, "B1"), BIT_PART(2, "B2"),
	BIT_PART(3, "B3"), BIT_PART(11, "bus lock"),
	BIT_PART(12, "enabled breakpoint"), BIT_PART(14, "BS"),
	BIT_PART(16, "RTM"), { 0 },
};

static const struct field_part interrupt_status[] = {
	NUMBER_PART(0, 8, "RVI"), NUMBER_PART(8, 8, "SVI"), { 0 },
};

static const struct named_number memory_types[] = { { 0, "uncacheable" }, { 6, "write-back" },
						    { 0, NULL } };

static const char *levels_text(struct maker *maker, uint64_t field)
{
	return printed(maker, "%u levels", (unsigned int)(field >> 3 & 7) + 1);
}

static const char *address_text(struct maker *maker, uint64_t field)
{
	return printed(maker, "at %s", hex(maker, field & 0xffffffffff000, 1));
}

static bool is_zero(uint64_t number)
{
	return !number;
}

static const struct field_part ept_pointer[] = {
	NAMED_PART(0, 3, "memory type", memory_types), TEXT_PART(3, 3, levels_text),
	BIT_PART(6, "accessed and dirty"), BIT_PART(7, "supervisor shadow stack"),
	TEXT_PART(12, 40, address_text), { 0 },
};

static const struct field_part cr0[] = {
	BIT_PART(0, "pe"), BIT_PART(1, "mp"), BIT_PART(2, "em"),
	BIT_PART(3, "ts"), BIT_PART(4, "et"), BIT_PART(5, "ne"),
	BIT_PART(16, "wp"), BIT_PART(18, "am"), BIT_PART(29, "nw"),
	BIT_PART(30, "cd"), BIT_PART(31, "pg"), { 0 },
};

static const struct field_part cr4[] = {
	BIT_PART(0, "vme"), BIT_PART(1, "pvi"), BIT_PART(2, "tsd"),
	BIT_PART(3, "de"), BIT_PART(4, "pse"), BIT_PART(5, "pae"),
	BIT_PART(6, "mce"), BIT_PART(7, "pge"), BIT_PART(8, "pce"),
	BIT_PART(9, "osfxsr"), BIT_PART(10, "osxmmexcpt"),
	BIT_PART(11, "umip"), BIT_PART(12, "la57"), BIT_PART(13, "vmxe"),
	BIT_PART(14, "smxe"), BIT_PART(16, "fsgsbase"),
	BIT_PART(17, "pcide"), BIT_PART(18, "osxsave"), BIT_PART(19, "kl"),
	BIT_PART(20, "smep"), BIT_PART(21, "smap"), BIT_PART(22, "pke"),
	BIT_PART(23, "cet"), BIT_PART(24, "pks"), BIT_PART(25, "uintr"),
	BIT_PART(27, "lass"), BIT_PART(28, "lam_sup"),
	BIT_PART(32, "fred"), { 0 },
};

static const struct field_part efer[] = {
	BIT_PART(0, "sce"), BIT_PART(8, "lme"), BIT_PART(10, "lma"),
	BIT_PART(11, "nx"), { 0 },
};

static const struct field_part rflags[] = {
	BIT_PART(0, "cf"), BIT_PART(1, "fixed"), BIT_PART(2, "pf"),
	BIT_PART(4, "af"), BIT_PART(6, "zf"), BIT_PART(7, "sf"),
	BIT_PART(8, "tf"), BIT_PART(9, "if"), BIT_PART(10, "df"),
	BIT_PART(11, "of"), NUMBER_PART(12, 2, "iopl"), BIT_PART(14, "nt"),
	BIT_PART(16, "rf"), BIT_PART(17, "vm"), BIT_PART(18, "ac"),
	BIT_PART(19, "vif"), BIT_PART(20, "vip"), BIT_PART(21, "id"), { 0 },
};

static const char *no_vmcs_text(struct maker *maker, uint64_t field)
{
	(void)maker;
	(void)field;
	return "none";
}

static bool is_a_vmcs(uint64_t number)
{
	return ~number;
}

static const struct field_part no_vmcs[] = { TEXT_PART(0, 64, no_vmcs_text), { 0 } };

/* Which fields have such parts: those with encodings from @first to @last. */
static const struct field_noun {
	uint32_t first, last;
	struct noun noun;
} field_nouns[] = {
	{ 0x0810, 0x0810, { interrupt_status, NULL } },
	{ 0x201a, 0x201a, { ept_pointer, is_zero } },
	{ 0x2800, 0x2800, { no_vmcs, is_a_vmcs } },
	{ 0x2806, 0x2806, { efer, NULL } },
	{ 0x2c02, 0x2c02, { efer, NULL } },
	{ 0x4016, 0x4016, { event, is_no_event } },
	{ 0x4400, 0x4400, { instruction_error, is_zero } },
	{ 0x4402, 0x4402, { exit_reason, NULL } },
	{ 0x4404, 0x4404, { exit_event, is_no_event } },
	{ 0x4408, 0x4408, { event, is_no_event } },
	{ 0x4814, 0x4822, { access_rights, is_zero } },
	{ 0x4824, 0x4824, { interruptibility, NULL } },
	{ 0x4826, 0x4826, { activity, NULL } },
	{ 0x6000, 0x6000, { cr0, NULL } },
	{ 0x6002, 0x6002, { cr4, NULL } },
	{ 0x6004, 0x6004, { cr0, NULL } },
	{ 0x6006, 0x6006, { cr4, NULL } },
	{ 0x6800, 0x6800, { cr0, NULL } },
	{ 0x6804, 0x6804, { cr4, NULL } },
	{ 0x6820, 0x6820, { rflags, NULL } },
	{ 0x6822, 0x6822, { pending_debug, NULL } },
	{ 0x6c00, 0x6c00, { cr0, NULL } },
	{ 0x6c04, 0x6c04, { cr4, NULL } },
};

static const struct noun *noun_of(const struct field *field)
{
	for (size_t i = 0; field && i < sizeof(field_nouns) / sizeof(*field_nouns); i++)
		if (field->encoding >= field_nouns[i].first &&
		    field->encoding <= field_nouns[i].last)
			return &field_nouns[i].noun;
	return NULL;
}

/* What a part says, or NULL if it says nothing. */
static const char *part_text(struct maker *maker, const struct field_part *part, uint64_t number)
{
	uint64_t value = number >> part->low & UINT64_MAX >> (64 - part->width);

	if (part->text)
		return part->text(maker, number);
	for (const struct named_number *named = part->numbers; named && named->name; named++)
		if (named->number == value)
			return named->name;
	if (part->width == 1)
		return value ? part->name : NULL;
	if (!part->numbers && !value)
		return NULL;
	return printed(maker, "%s %llu", part->name, (unsigned long long)value);
}

/* The bits that the parts cover. */
static uint64_t parts_mask(const struct field_part *parts)
{
	uint64_t mask = 0;

	for (; parts->width; parts++)
		mask |= UINT64_MAX >> (64 - parts->width) << parts->low;
	return mask;
}

struct value *field_meaning(struct maker *maker, const struct field *field, uint64_t number)
{
	struct value *texts = value_list(maker);
	const struct noun *noun = noun_of(field);
	const struct field_part *parts = noun ? noun->parts : NULL;
	uint64_t rest;

	if (!noun || (noun->is_void && noun->is_void(number)))
		return texts;
	if (parts == access_rights && number >> 16 & 1)
		parts = unusable;
	rest = parts == unusable ? 0 : number & ~parts_mask(parts);
	for (; parts->width; parts++) {
		const char *text = part_text(maker, parts, number);

		if (text)
			list_add(maker, texts, value_text(maker, text));
	}
	add_named_bits(maker, texts, rest, NULL, 0);
	return texts;
}

uint64_t reserved_bits(const struct field *field, uint64_t number)
{
	const struct noun *noun = noun_of(field);

	return noun ? number & ~parts_mask(noun->parts) : 0;
}
