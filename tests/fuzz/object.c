// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Types as compilers leave them, as raw BTF: what is imported of a struct passes the checks
 * as it was printed, and the struct is the one that was imported.
 */
#include "base.h"

/* How BTF begins; without that, bytes would be C. */
static const unsigned char begin[] = { 0x9f, 0xeb, 1, 0, 24, 0, 0, 0 };

/* The statement that was printed, with the spec in front of it. */
static void put_whole(void)
{
	size_t spec_size;
	char *spec = get_file("object.vmcs", &spec_size), *whole = malloc(spec_size + stdout_size);

	memcpy(whole, spec, spec_size);
	memcpy(whole + spec_size, stdout_bytes, stdout_size);
	put_file("whole.vmcs", whole, spec_size + stdout_size);
	free(spec);
	free(whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *bytes;

	if (size < sizeof(begin))
		return 0;
	bytes = malloc(size);
	memcpy(bytes, data, size);
	memcpy(bytes, begin, sizeof(begin));
	input_begin(bytes, size, "in.btf");
	put_file("in.btf", bytes, size);
	free(bytes);
	vmcsgen("verify", "-s", "../object.vmcs", "a/base", "in.btf", NULL);
	if (vmcsgen("import", "-s", "../object.vmcs", "-t", "../templates", "--c", "in.btf",
		    "--name", "a/new", "--from", "a/base", "--bits", "x", "--bits", "y", NULL)) {
		CLAIM(!stdout_size);
		return 0;
	}
	put_whole();
	CLAIM(!vmcsgen("layout", "-s", "whole.vmcs", "-t", "../templates", "-Wno-misaligned",
		       "-Wno-byte-twice", "-Wno-same-id", "-Wno-id-line", "-Wno-first-word",
		       "-Wno-hole", "a/new", NULL));
	return 0;
}
