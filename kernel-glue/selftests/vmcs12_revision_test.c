// SPDX-License-Identifier: GPL-2.0-only
/*
 * The revision of a vCPU's VMCSs.  Userspace chooses it; L1 writes every field of an image of
 * each revision, which userspace finds where that revision has it, and runs an L2 by it, or by
 * an enlightened VMCS.  Which fields there are may depend on the CPU: an L1 of the default
 * revision is asked first, and those of all others have to find the same, as far as their images
 * have it.  All of that goes on in one VM, which is saved and restored each time that an L1 or an
 * L2 asks for it.
 */
#include "vmcs12_revisions.h"
#include "evmcs.h"
#include "hyperv.h"

#define L2_STACK_SIZE	64
#define TSC_OFFSET_KEPT	0x123456789abcdef0ull

/* What L1 and L2 ask userspace to do, in this order; in between, all vCPUs are restored. */
enum stage { IMAGE_CLEARED, L2_BEGINS, L1_GOES_ON, L2_GOES_ON, L2_LEFT, L2_CLEARED };

/* What one vCPU has to do, on a page that its L1 sees, too. */
struct job {
	struct vmx_pages *vmx;
	const struct vmcs12_revision *revision;
	u32 field;			/* for messages: the last one that was touched */
	u32 evmcs_id;			/* 0: it uses a plain VMCS */
	u64 evmcs_gpa, vp_assist_gpa;
	void *evmcs, *vp_assist;
};

struct session {
	struct kvm_vcpu *vcpu;
	struct kvm_x86_state *state;
	struct vmx_pages *vmx;
	struct job *job;
	u8 before[VMCS12_PAGE];		/* what memory had of the image */
#ifdef GUEST_REGS_OFFSETS
	struct guest_regs regs;		/* of L1 while L2 runs */
#endif
};

/* A vCPU of each revision by a plain VMCS, and by two eVMCSs. */
#define MAX_SESSIONS (VMCS12_MAX * 3)

/* The VM-instruction error after VMREAD or VMWRITE of what is no field. */
#define UNSUPPORTED_VMCS_COMPONENT 12

/* The bits of an encoding, and of IA32_VMX_VMCS_ENUM, that are an index. */
#define VMCS_INDEX(encoding) ((encoding) >> 1 & 0x1ff)

/* Which of vmcs12_fields an L1 of the default revision finds on this CPU. */
static bool found[ARRAY_SIZE(vmcs12_fields)];

/* Whether L1 finds a field by @revision. */
static bool is_there(const struct vmcs12_revision *revision, unsigned int i)
{
	return found[i] && vmcs12_offset(revision, vmcs12_fields[i]);
}

/* Distinct values, without reserved bits of access rights. */
static u64 pattern(u32 field)
{
	unsigned int bits = 8 * VMCS_ENC_BYTES(field);
	u64 value = (field & ~1u) * 0x0001000100010001ull;

	if (VMCS_ENC_IS_HIGH(field))
		return value >> 32;
	if (field >= VMCS_ENC_GUEST_ES_AR_BYTES && field <= VMCS_ENC_GUEST_TR_AR_BYTES)
		return value & 0xf0ff;
	return bits == 64 ? value : value & ((1ull << bits) - 1);
}

/* VMWRITE to all fields but the high halves: a pattern to those that there are in the image. */
static void l1_write_fields(struct job *job, bool there)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(vmcs12_fields); i++) {
		u32 field = job->field = vmcs12_fields[i];

		if (!VMCS_ENC_IS_HIGH(field) && there == is_there(job->revision, i))
			GUEST_ASSERT_EQ(!vmwrite(field, pattern(field)), there);
	}
}

/* VMREAD of all; each success leaves the VM-instruction error as it is. */
static void l1_read_fields(struct job *job, bool there)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(vmcs12_fields); i++) {
		u32 field = job->field = vmcs12_fields[i];
		u64 value = 0;

		if (there != is_there(job->revision, i))
			continue;
		GUEST_ASSERT_EQ(!vmread(field, &value), there);
		if (there)
			GUEST_ASSERT_EQ(value, pattern(field));
		else
			GUEST_ASSERT_EQ(vmreadz(VM_INSTRUCTION_ERROR), UNSUPPORTED_VMCS_COMPONENT);
	}
}

static void l1_use_vmcs(struct job *job)
{
	u64 vmcs_gpa = job->vmx->vmcs_gpa;

	GUEST_ASSERT(prepare_for_vmx_operation(job->vmx));
	GUEST_ASSERT(!vmclear(vmcs_gpa));
	GUEST_ASSERT(!vmptrld(vmcs_gpa));
	l1_write_fields(job, false);
	l1_read_fields(job, false);
	l1_write_fields(job, true);
	l1_read_fields(job, true);
	GUEST_ASSERT(!vmclear(vmcs_gpa));
	GUEST_SYNC(IMAGE_CLEARED);

	GUEST_ASSERT(!vmptrld(vmcs_gpa));
	for (unsigned int i = 0; i < ARRAY_SIZE(vmcs12_fields); i++)
		vmwrite(vmcs12_fields[i], 0);
}

static void l1_use_evmcs(struct job *job)
{
	wrmsr(HV_X64_MSR_GUEST_OS_ID, 1);
	enable_vp_assist(job->vp_assist_gpa, job->vp_assist);
	enable_evmcs = true;
	GUEST_ASSERT(prepare_for_vmx_operation(job->vmx));
	evmcs_vmptrld(job->evmcs_gpa, job->evmcs);
	current_evmcs->revision_id = job->evmcs_id;
	GUEST_SYNC(IMAGE_CLEARED);
}

static void l2_guest_code(void)
{
	u64 cr3 = get_cr3();

	GUEST_SYNC(L2_BEGINS);
	GUEST_ASSERT_EQ(get_cr3(), cr3);
	vmcall();
	GUEST_SYNC(L2_GOES_ON);
	GUEST_ASSERT_EQ(get_cr3(), cr3);
	vmcall();
}

static void leave_l2(int (*enter)(void), enum stage stage)
{
	GUEST_ASSERT(!enter());
	GUEST_ASSERT_EQ(vmreadz(VM_EXIT_REASON), EXIT_REASON_VMCALL);
	GUEST_ASSERT_EQ(vmreadz(TSC_OFFSET), TSC_OFFSET_KEPT);
	vmwrite(GUEST_RIP, vmreadz(GUEST_RIP) + vmreadz(VM_EXIT_INSTRUCTION_LEN));
	GUEST_SYNC(stage);
}

static void l1_guest_code(struct job *job)
{
	unsigned long stack[L2_STACK_SIZE];

	if (job->evmcs_id)
		l1_use_evmcs(job);
	else
		l1_use_vmcs(job);
	prepare_vmcs(job->vmx, l2_guest_code);
	vmwrite(GUEST_RSP, (unsigned long)&stack[L2_STACK_SIZE]);
	vmwrite(TSC_OFFSET, TSC_OFFSET_KEPT);
	leave_l2(vmlaunch, L1_GOES_ON);
	leave_l2(vmresume, L2_LEFT);
	GUEST_ASSERT(!vmclear(job->evmcs_id ? job->evmcs_gpa : job->vmx->vmcs_gpa));
	GUEST_SYNC(L2_CLEARED);
	GUEST_DONE();
}

static const char *name(const struct session *session)
{
	static char text[100];

	if (session->job->evmcs_id)
		snprintf(text, sizeof(text), "vCPU of %s, eVMCS with id %#x",
			 session->job->revision->name, session->job->evmcs_id);
	else
		snprintf(text, sizeof(text), "vCPU of %s", session->job->revision->name);
	return text;
}

static u8 *image_of(const struct session *session)
{
	return session->vmx->vmcs_hva;
}

/* Whether a byte belongs to a field that L1 reaches, or to the launch state. */
static bool is_written(const struct vmcs12_revision *image, unsigned int byte)
{
	if (byte - image->launch_state < sizeof(u32))
		return true;
	for (unsigned int i = 0; i < ARRAY_SIZE(vmcs12_fields); i++) {
		unsigned int offset = vmcs12_offset(image, vmcs12_fields[i]);

		if (offset && byte - offset < vmcs_bytes(vmcs12_fields[i]))
			return true;
	}
	return false;
}

/* The id, and of the first @size bytes all that belong to no field, are what they were. */
static void check_pads(const struct session *session, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++)
		TEST_ASSERT(image_of(session)[i] == session->before[i] ||
			    is_written(session->job->revision, i),
			    "%s: byte %u is %#x, was %#x", name(session), i, image_of(session)[i],
			    session->before[i]);
	TEST_ASSERT(!vmcs_peek(image_of(session), session->job->revision->launch_state,
			       sizeof(u32)),
		    "%s: the launch state after VMCLEAR is not 0", name(session));
}

/* What L1 has written is where the revision has it. */
static void check_fields(const struct session *session)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(vmcs12_fields); i++) {
		u32 field = vmcs12_fields[i];
		unsigned int offset = vmcs12_offset(session->job->revision, field);
		u64 value = 0;

		if (!is_there(session->job->revision, i))
			continue;
		value = vmcs_peek(image_of(session), offset, vmcs_bytes(field));
		TEST_ASSERT(value == pattern(field), "%s: field %#x at %u is %#llx, not %#llx",
			    name(session), field, offset, (unsigned long long)value,
			    (unsigned long long)pattern(field));
	}
	check_pads(session, VMCS12_PAGE);
}

/* What L2 has left; of an image that was restored, KVM has had no more than the fields. */
static void check_left(const struct session *session)
{
	const struct vmcs12_revision *image = session->job->revision;
	u32 reason = vmcs_peek(image_of(session), vmcs12_offset(image, VMCS_ENC_VM_EXIT_REASON),
			       sizeof(reason));

	TEST_ASSERT(reason == EXIT_REASON_VMCALL, "%s: the image's exit reason is %u",
		    name(session), reason);
	check_pads(session, image->size);
}

/* The header of a state that was saved in L2 tells the image's id. */
static void check_saved(const struct session *session)
{
	const struct kvm_nested_state *nested = &session->state->nested;
	u32 id = vmcs12_image_id(nested->data.vmx[0].vmcs12);

	TEST_ASSERT(nested->flags & KVM_STATE_NESTED_GUEST_MODE, "%s: L2 does not run",
		    name(session));
	TEST_ASSERT(!!(nested->flags & KVM_STATE_NESTED_EVMCS) == !!session->job->evmcs_id,
		    "%s: flags are %#x", name(session), nested->flags);
	TEST_ASSERT(id == session->job->revision->id, "%s: the saved id is %#x", name(session), id);
}

/* Give a new vCPU its revision, and the eVMCS if it uses that. */
static void set_up_vcpu(struct session *session)
{
	vmcs12_set_revision(session->vcpu, session->job->revision);
	if (!session->job->evmcs_id)
		return;
	vcpu_set_hv_cpuid(session->vcpu);
	TEST_ASSERT(!vmcs12_try_cap(session->vcpu, 0), "%s: KVM_ENABLE_CAP fails", name(session));
}

static void add_session(struct kvm_vm *vm, struct session *session, unsigned int number,
			const struct vmcs12_revision *revision, u32 evmcs_id)
{
	gva_t job = vm_alloc_page(vm), vmx;

	session->job = addr_gva2hva(vm, job);
	session->vcpu = vm_vcpu_add(vm, number, l1_guest_code);
	session->vmx = vcpu_alloc_vmx(vm, &vmx);
	*session->job = (struct job){
		.vmx = (void *)vmx,
		.revision = revision,
		.evmcs_id = evmcs_id,
		.evmcs = (void *)vm_alloc_page(vm),
		.vp_assist = (void *)vm_alloc_page(vm),
	};
	session->job->evmcs_gpa = addr_gva2gpa(vm, (gva_t)session->job->evmcs);
	session->job->vp_assist_gpa = addr_gva2gpa(vm, (gva_t)session->job->vp_assist);
	vcpu_args_set(session->vcpu, 1, job);
	vmcs12_make_image(revision, image_of(session));
	memcpy(session->before, image_of(session), VMCS12_PAGE);
	set_up_vcpu(session);
}

static unsigned int add_sessions(struct kvm_vm *vm, struct session *sessions)
{
	bool evmcs = kvm_has_cap(KVM_CAP_HYPERV_ENLIGHTENED_VMCS);
	const struct vmcs12_revision *revision;
	unsigned int count = 0;

	for_each_known_vmcs12(revision) {
		/* None; an eVMCS with KVM's version; one with the vCPU's id, as Hyper-V does. */
		const u32 evmcs_ids[] = { 0, EVMCS_VERSION, revision->id };

		for (unsigned int i = 0; i < (evmcs ? 3 : 1); i++) {
			add_session(vm, &sessions[count], count, revision, evmcs_ids[i]);
			count++;
		}
	}
	return count;
}

/*
 * Run a vCPU until it exits.  The library has one of each of these for all vCPUs.  vcpu_run() would
 * report what L1 or L2 finds without the place.
 */
static void run_vcpu(struct kvm_vm *vm, struct session *session)
{
	enable_evmcs = session->job->evmcs_id;
	current_evmcs = session->job->evmcs;
	sync_global_to_guest(vm, enable_evmcs);
	sync_global_to_guest(vm, current_evmcs);
#ifdef GUEST_REGS_OFFSETS
	guest_regs = session->regs;
	sync_global_to_guest(vm, guest_regs);
#endif
	TEST_ASSERT(!__vcpu_run(session->vcpu), "%s: KVM_RUN fails", name(session));
#ifdef GUEST_REGS_OFFSETS
	sync_global_from_guest(vm, guest_regs);
	session->regs = guest_regs;
#endif
}

/* Run a vCPU until it asks for the next stage. */
static void run(struct kvm_vm *vm, struct session *session, enum stage stage)
{
	struct ucall uc;

	run_vcpu(vm, session);
	switch (get_ucall(session->vcpu, &uc)) {
	case UCALL_SYNC:
		TEST_ASSERT(uc.args[1] == stage, "%s: stage %lu, not %u", name(session),
			    (unsigned long)uc.args[1], stage);
		break;
	case UCALL_ABORT:
		pr_info("%s, field %#x\n", name(session), session->job->field);
		REPORT_GUEST_ASSERT(uc);
		break;
	default:
		TEST_FAIL("%s: ucall %lu, exit reason %u", name(session), (unsigned long)uc.cmd,
			  session->vcpu->run->exit_reason);
	}
}

/* Save all vCPUs, and go on with others in another VM. */
static void restore_all(struct kvm_vm *vm, struct session *sessions, unsigned int count,
			enum stage stage)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		sessions[i].state = vcpu_save_state(sessions[i].vcpu);
		if (stage == L2_BEGINS || stage == L2_GOES_ON)
			check_saved(&sessions[i]);
	}
	kvm_vm_release(vm);
	kvm_vm_restart(vm);
	for (i = 0; i < count; i++) {
		sessions[i].vcpu = vm_vcpu_recreate(vm, i);
		set_up_vcpu(&sessions[i]);
		vcpu_load_state(sessions[i].vcpu, sessions[i].state);
		kvm_x86_state_cleanup(sessions[i].state);
	}
}

static void find_guest_code(struct vmx_pages *vmx)
{
	GUEST_ASSERT(prepare_for_vmx_operation(vmx));
	GUEST_ASSERT(!vmclear(vmx->vmcs_gpa));
	GUEST_ASSERT(!vmptrld(vmx->vmcs_gpa));
	for (unsigned int i = 0; i < ARRAY_SIZE(vmcs12_fields); i++) {
		u64 value;

		found[i] = !vmread(vmcs12_fields[i], &value);
		if (!found[i])
			GUEST_ASSERT_EQ(vmreadz(VM_INSTRUCTION_ERROR), UNSUPPORTED_VMCS_COMPONENT);
	}
	GUEST_DONE();
}

/*
 * An L1 finds no field that the default revision lacks, and of those that it has, all that no
 * control adds and all that a control adds which L1 may set.  IA32_VMX_VMCS_ENUM tells the highest
 * index.
 */
static void check_found(struct kvm_vcpu *vcpu)
{
	unsigned int highest = VMCS_INDEX(vcpu_get_msr(vcpu, MSR_IA32_VMX_VMCS_ENUM));
	struct vmcs_controls controls = vmcs12_controls(vcpu);
	unsigned int count = 0, index = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(vmcs12_fields); i++) {
		u32 field = vmcs12_fields[i];
		bool known = vmcs12_offset(VMCS12_DEFAULT, field);

		TEST_ASSERT(known || !found[i], "L1 finds %#x, which KVM does not know", field);
		TEST_ASSERT(!known || found[i] || !vmcs_field_exists(&controls, field),
			    "L1 does not find %#x, which its controls add", field);
		count += found[i];
		if (found[i] && index < VMCS_INDEX(field))
			index = VMCS_INDEX(field);
	}
	TEST_ASSERT(highest == index, "IA32_VMX_VMCS_ENUM tells index %u, not %u",
		    highest, index);
	pr_info("L1 finds %u fields and high halves\n", count);
}

static void test_found(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = vm_create_with_one_vcpu(&vcpu, find_guest_code);
	gva_t pages;
	struct vmx_pages *vmx = vcpu_alloc_vmx(vm, &pages);
	struct ucall uc;

	vmcs12_make_image(VMCS12_DEFAULT, vmx->vmcs_hva);
	vcpu_args_set(vcpu, 1, pages);
	vcpu_run(vcpu);
	if (get_ucall(vcpu, &uc) == UCALL_ABORT)
		REPORT_GUEST_ASSERT(uc);
	sync_global_from_guest(vm, found);
	check_found(vcpu);
	kvm_vm_free(vm);
}

static void test_sessions(void)
{
	static struct session sessions[MAX_SESSIONS];
	struct kvm_vm *vm = vm_create(MAX_SESSIONS);
	unsigned int count = add_sessions(vm, sessions);

	sync_global_to_guest(vm, found);
	for (enum stage stage = IMAGE_CLEARED; stage <= L2_CLEARED; stage++) {
		for (unsigned int i = 0; i < count; i++) {
			run(vm, &sessions[i], stage);
			if (sessions[i].job->evmcs_id)
				continue;
			if (stage == IMAGE_CLEARED)
				check_fields(&sessions[i]);
			if (stage == L2_CLEARED)
				check_left(&sessions[i]);
		}
		restore_all(vm, sessions, count, stage);
	}
	pr_info("%u vCPUs did what was to be done\n", count);
	kvm_vm_free(vm);
}

static void id_guest_code(void)
{
	GUEST_SYNC(vmcs_revision());
	GUEST_SYNC(vmcs_revision());
}

static void check_id(struct kvm_vcpu *vcpu, const struct vmcs12_revision *revision,
		     const char *after)
{
	TEST_ASSERT(vmcs12_id(vcpu) == revision->id, "%s: after %s the id is %#x", revision->name,
		    after, vmcs12_id(vcpu));
}

static void check_unknown(struct kvm_vcpu *vcpu, const struct vmcs12_revision *revision)
{
	const u64 ids[] = { 1, revision->id + 1, revision->id ^ VMCS12_SHADOW_BIT, 0x7fffffff };

	TEST_ASSERT(!vmcs12_try_msr(vcpu, 0), "%s: the MSR takes 0", revision->name);
	for (unsigned int i = 0; i < ARRAY_SIZE(ids); i++) {
		TEST_ASSERT(!vmcs12_try_msr(vcpu, ids[i]), "%s: the MSR takes %#llx",
			    revision->name, (unsigned long long)ids[i]);
		TEST_ASSERT(!vmcs12_try_cap(vcpu, ids[i]), "%s: the cap with %#llx fails",
			    revision->name, (unsigned long long)ids[i]);
	}
	check_id(vcpu, revision, "unknown ids");
}

/* The last writer wins. */
static void check_writers(struct kvm_vcpu *vcpu, const struct vmcs12_revision *revision,
			  const struct vmcs12_revision *other)
{
	vmcs12_set_revision(vcpu, other);
	vmcs12_set_revision(vcpu, revision);
	check_id(vcpu, revision, "two writes");
}

/* Nothing changes it any more. */
static void check_fixed(struct kvm_vcpu *vcpu, const struct vmcs12_revision *revision,
			const struct vmcs12_revision *other)
{
	TEST_ASSERT(!vmcs12_try_msr(vcpu, other->id), "%s: the MSR changes it", revision->name);
	TEST_ASSERT(!vmcs12_try_cap(vcpu, other->id), "%s: the cap with the id of %s fails",
		    revision->name, other->name);
	check_id(vcpu, revision, "all of that");
}

/* In VMX operation, to which saved state leads without a run. */
static void check_in_vmx(struct kvm_vcpu *vcpu, const struct vmcs12_revision *revision,
			 const struct vmcs12_revision *other)
{
	struct kvm_nested_state state = {
		.size = sizeof(state),
		.hdr.vmx = { .vmxon_pa = VMCS12_PAGE, .vmcs12_pa = -1ull },
	};

	vcpu_nested_state_set(vcpu, &state);
	check_fixed(vcpu, revision, other);
	state.hdr.vmx.vmxon_pa = -1ull;
	vcpu_nested_state_set(vcpu, &state);
}

static void check_told(struct kvm_vcpu *vcpu, const struct vmcs12_revision *revision)
{
	struct ucall uc;

	vcpu_run(vcpu);
	TEST_ASSERT(get_ucall(vcpu, &uc) == UCALL_SYNC && uc.args[1] == revision->id,
		    "%s: the guest reads the id %#lx", revision->name, (unsigned long)uc.args[1]);
}

static void test_choice(void)
{
	const struct vmcs12_revision *revision, *other;

	for_each_known_vmcs12(revision) {
		for_each_known_vmcs12(other) {
			struct kvm_vcpu *vcpu;
			struct kvm_vm *vm;

			if (other == revision)
				continue;
			vm = vm_create_with_one_vcpu(&vcpu, id_guest_code);
			check_id(vcpu, VMCS12_DEFAULT, "nothing");
			check_writers(vcpu, revision, other);
			check_unknown(vcpu, revision);
			check_in_vmx(vcpu, revision, other);
			check_told(vcpu, revision);
			check_fixed(vcpu, revision, other);
			check_unknown(vcpu, revision);
			/* It may still be set to what it is. */
			vmcs12_set_revision(vcpu, revision);
			check_told(vcpu, revision);
			kvm_vm_free(vm);
		}
	}
}

int main(void)
{
	TEST_REQUIRE(kvm_cpu_has(X86_FEATURE_VMX));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_NESTED_STATE));

	test_choice();
	test_found();
	test_sessions();
	return 0;
}
