// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Pages of the TLFS: what is imported of one passes the checks as it was printed, and is
 * in its canonical form.
 */
#include "base.h"

const char *const words[] = {
	"```\n", "```c\n", "|", "| ", "\n|---|---|---|---|\n", "Encoding", "Name", "Size",
	"Clean", "0x0000", "0x00002004", "0x00006c16", "0x00004c00", "0x0000200e", "CRDR",
	"CONTROL_PROC", "CONTROL_XLAT", "NONE", "ALL", "NONE (Read only)",
	"#define HV_CLEAN_CRDR (1 << 0)\n", "(1 << 9)", "(1 << 31)", "typedef struct", "struct",
	"union", "UINT8", "UINT16", "UINT32", "UINT64", "AsWord", "Rsvd1", "Vpid", "VpId",
	"MsrBitmap", "TscOffset", "Rip", "HostRip", "HostSysenterCsMsr", "Ghost", "CleanFields",
	"[2]", "[6]", ": 1", ": 31", "`", "*", "\\", "<br>", "{", "}", ";", "#if 0\n", "/*",
	"*/", "\xc3\xa9", NULL
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *spec, *whole;
	size_t spec_size;

	input_begin(data, size, "page.md");
	if (vmcsgen("import", "-s", "../page.vmcs", "-t", "../templates", "--tlfs", "page.md",
		    "--name", "evmcs/new", "--from", "evmcs/first", NULL)) {
		CLAIM(!stdout_size);
		return 0;
	}
	spec = get_file("page.vmcs", &spec_size);
	whole = malloc(spec_size + stdout_size);
	memcpy(whole, spec, spec_size);
	memcpy(whole + spec_size, stdout_bytes, stdout_size);
	put_file("whole.vmcs", whole, spec_size + stdout_size);
	put_file("printed.vmcs", stdout_bytes, stdout_size);
	CLAIM(!vmcsgen("layout", "-s", "whole.vmcs", "-t", "../templates", "evmcs/new", NULL));
	CLAIM(!vmcsgen("fmt", "--check", "printed.vmcs", NULL));
	free(spec);
	free(whole);
	return 0;
}
