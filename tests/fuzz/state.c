// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Saved states and images.  The first byte of an input says between which revisions they
 * are converted.  What has come back once goes there and comes back as it was.
 */
#include "base.h"


static const char *const revisions[] = { "a/one", "a/two", "a/full", "a/three", "a/large" };

enum { REVISIONS = sizeof(revisions) / sizeof(*revisions) };

/* Convert the file @from into @to; false if it is refused. */
static bool convert(const char *from, const char *to, const char *from_file, const char *to_file)
{
	int status = vmcsgen("convert", "-s", "../state.vmcs", "--from", from, to, from_file, NULL);

	CLAIM(status == 0 || status == 3);
	if (!status)
		put_file(to_file, stdout_bytes, stdout_size);
	return !status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *from, *to;
	char *back;
	size_t back_size;

	if (!size)
		return 0;
	from = revisions[*data % REVISIONS];
	to = revisions[*data / REVISIONS % REVISIONS];
	input_begin(data + 1, size - 1, "in");
	vmcsgen("decode", "-s", "../state.vmcs", "-t", "../templates", "--from", from, "in", NULL);
	vmcsgen("decode", "-s", "../state.vmcs", "-t", "../templates", "--format=json", "in", NULL);
	if (!convert(from, to, "in", "there"))
		return 0;
	CLAIM(stdout_size == size - 1);
	if (!convert(to, from, "there", "back"))
		return 0;
	back = get_file("work/back", &back_size);
	CLAIM(convert(from, to, "back", "there") && convert(to, from, "there", "again"));
	CLAIM(stdout_size == back_size && !memcmp(stdout_bytes, back, back_size));
	free(back);
	return 0;
}
