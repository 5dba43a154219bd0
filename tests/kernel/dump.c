// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * KVM's own dump_vmcs(), which prints a VMCS of which standard input has the encodings and values,
 * all in hexadecimal.
 */
#include <linux/types.h>
#include <asm/vmx.h>
#include <asm/msr-index.h>

int printf(const char *format, ...);
int vprintf(const char *format, __builtin_va_list args);
int scanf(const char *format, ...);


struct vmx_msrs {
	unsigned int nr;
	struct vmx_msr_entry val[8];
};

struct kvm_vcpu {
	struct {
		u64 efer;
		int last_vmentry_cpu;
	} arch;
};

#ifdef HAS_VE_INFO
#define VE_INFO struct vmx_ve_information *ve_info
#else
#define VE_INFO int no_ve_info
#endif

struct loaded_vmcs {
	void *vmcs;
};

struct vcpu_vmx {
	struct kvm_vcpu vcpu;
	struct loaded_vmcs *loaded_vmcs;
	struct msr_autoload {
		struct vmx_msrs guest, host;
	} msr_autoload;
#ifdef STORE_OF_GUEST
	struct msr_autostore {
		struct vmx_msrs guest;
	} msr_autostore;
#else
	struct vmx_msrs msr_autostore;
#endif
	VE_INFO;
};

enum { FIELDS = 0x8000 };
static u64 values[FIELDS];
static bool dump_invalid_vmcs = true;

static struct vcpu_vmx *to_vmx(struct kvm_vcpu *vcpu)
{
	return (struct vcpu_vmx *)vcpu;
}

static u16 vmcs_read16(unsigned long field) { return values[field]; }
static u32 vmcs_read32(unsigned long field) { return values[field]; }
static u64 vmcs_read64(unsigned long field) { return values[field]; }
static unsigned long vmcs_readl(unsigned long field) { return values[field]; }

static bool cpu_has_secondary_exec_ctrls(void) { return true; }
static bool cpu_has_tertiary_exec_ctrls(void) { return true; }
static bool cpu_has_vmx_ept(void) { return true; }
static bool cpu_has_load_perf_global_ctrl(void) { return true; }
static unsigned long __pa(const void *address) { return 0x1234567000; }

static int vmx_find_loadstore_msr_slot(struct vmx_msrs *msrs, u32 msr)
{
	for (unsigned int i = 0; i < msrs->nr; i++)
		if (msrs->val[i].index == msr)
			return i;
	return -1;
}

/* The kernel's %p is a number of 16 digits. */
static void dump_print(const char *format, ...)
{
	char copy[256];
	unsigned int at = 0;
	__builtin_va_list args;

	for (; *format; format++) {
		if (format[0] == '%' && format[1] == 'p') {
			for (const char *as = "%016lx"; *as; as++)
				copy[at++] = *as;
			format++;
		} else {
			copy[at++] = *format;
		}
	}
	copy[at] = '\0';
	__builtin_va_start(args, format);
	vprintf(copy, args);
	__builtin_va_end(args);
}

#undef pr_err
#define pr_err dump_print
#undef pr_cont
#define pr_cont dump_print
#undef pr_warn_ratelimited
#define pr_warn_ratelimited dump_print
#undef EFER_LMA
#undef EFER_LME
#define EFER_LMA (1 << 10)
#define EFER_LME (1 << 8)

#include PRINTERS
#include DUMP

int main(void)
{
	struct loaded_vmcs loaded = { .vmcs = (void *)0x00000000c0ffee42 };
	static struct vcpu_vmx vmx;
	unsigned long field, value;
#ifdef HAS_VE_INFO
	static struct vmx_ve_information ve_info = { .exit_reason = 48, .delivery = 0xffffffff,
						     .exit_qualification = 0x181 };

	vmx.ve_info = &ve_info;
#endif
	vmx.loaded_vmcs = &loaded;
	vmx.vcpu.arch.efer = 0xd01;
	vmx.vcpu.arch.last_vmentry_cpu = 3;
	vmx.msr_autoload.guest.nr = 2;
	vmx.msr_autoload.host.nr = 1;
	vmx.msr_autoload.guest.val[0].index = 0x38f;
	vmx.msr_autoload.guest.val[0].value = 7;
	vmx.msr_autoload.guest.val[1].index = 0x48;
	vmx.msr_autoload.host.val[0].index = 0x38f;
	vmx.msr_autoload.host.val[0].value = 15;
	while (scanf("%lx %lx", &field, &value) == 2)
		if (field < FIELDS)
			values[field] = value;
	dump_vmcs(&vmx.vcpu);
	return 0;
}
