// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Questions to field: whatever is asked, it is answered or it is said why not. */
#include "base.h"

const char *const words[] = {
	"0x", "0x681e", "681e", "8242", "0x2033", "guest_rip", "GUEST_RIP", "GuestRip", "Rip", "HIGH",
	"VMCS_ENC_", "vmcs12/linux-6.1", "evmcs/first", "evmcs/second", "@", "@0x", "44", "64",
	"cpu_based_vm_exec_control", "secondary", "exec", "control", " bit ", "21", ":", "[", "]", "31",
	"tpr", "thresh", "field=", "reg ", "unsupported", "(", ")", "_", "-", " ", "\"", "'", "/", "%s",
	"\xc3\xa9", NULL
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *question = strndup((const char *)data, size);
	int status;

	input_begin(data, 0, "none");
	status = vmcsgen("field", "-s", "../page.vmcs", "-t", "../templates", "--format=json", "--",
			 question, NULL);
	CLAIM(status == 0 || status == 3);
	/* "-" reads questions from standard input, which may have none. */
	CLAIM(!status == !!stdout_size || !strcmp(question, "-"));
	free(question);
	return 0;
}
