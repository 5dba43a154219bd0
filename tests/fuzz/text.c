// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Dumps and lists: whatever a text holds, values are read, or it is said why not. */
#include "base.h"

const char *const words[] = {
	"*** Guest ***\n", "*** Host ***\n", "*** Control ***\n", "VMCS 0000000000001000, on CPU 3\n",
	"RSP = 0x0000000000001000", "  RIP = 0x0000000000002000", "Sysenter RSP=", "CS:RIP=0010:",
	"CS: sel=0x0010, attr=0x0a09b\n", "EFER= 0x0000000000000d01 (effective)\n", "PAT = 0x",
	"MSR list:\n", "msr=0x00000010 value=0x0000000000000001\n", "CS=0010", "Secondary=0x02000000\n",
	"reason=80000021\n", "x: 0x00000001 0x00000002 0x0000000000000003\n", "0000000000001000",
	"[   12.345678] ", "<3>", "Nov 30 12:34:56 host kernel: ", "> ", "\r\n", "\n", "kvm_intel: ",
	"guest_rip", "GuestCsSelector", "0x681e", "681e ", "2011", "TSC_OFFSET_HIGH", "number", "head",
	".", "->", "(u64)", "{", "}", ",", ";", "\"", ": ", " = ", "=", "0x", "ffff", "12", "\xc3\xa9", NULL
};

/* A page's worth of text alone is taken for an image where the first word is an id. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int text, json;

	input_begin(data, size, "in");
	text = vmcsgen("decode", "-s", "../text.vmcs", "-t", "../templates", "in", NULL);
	CLAIM(text == 0 || text == 3);
	json = vmcsgen("decode", "-s", "../text.vmcs", "-t", "../templates", "--format=json", "in",
		       NULL);
	CLAIM(json == text);
	vmcsgen("decode", "-s", "../text.vmcs", "-t", "../templates", "--scan=all", "in", NULL);
	return 0;
}
