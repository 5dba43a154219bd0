// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Templates and partials, filled from a spec that says everything: what one makes, it makes
 * again.
 */
#include "base.h"

const char *const words[] = {
	"{{", "}}", "{{#", "{{^", "{{/", "{{>", "{{!", "{{{", "}}}", "{{&", "{{=", "{{.}}",
	"{{> one}}", "{{> two}}\n", "\n", "\t", "first", "last", "name", "NAME", "layouts",
	"revisions", "revision", "members", "pad", "array", "count", "type", "bits", "sections",
	"fields", "linux", "control_words", "controls", "adds", "needs", "supports", "masks",
	"terms", "roles", "decisions", "because", "groups", "shadows", "widths", "rare", "tlfs",
	"struct", "region", "table", "{{#layouts}}", "{{/layouts}}", "{{#revisions}}",
	"{{/revisions}}", "{{#members}}", "{{/members}}", "{{#first}}", "{{/first}}",
	"{{^last}}, {{/last}}", "*/", "/*", "<b>&\"", "\xc3\xa9", "\r\n",
	"=== t/partials/one\n", "=== t/partials/two\n", NULL
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const formats[] = { "text", "json", "csv", "html" };
	static const char *const verbs[] = { "list", "layout" };
	const char *format = formats[size % 4], *verb = verbs[size / 4 % 2];
	const char *revision = *verb == 'l' && verb[1] == 'a' ? "a/r-2" : NULL;
	char name[32], option[32];
	char *once;
	size_t once_size;

	snprintf(name, sizeof(name), "t/views/%s.%s", verb, format);
	snprintf(option, sizeof(option), "--format=%s", format);
	input_begin(data, size, name);
	if (vmcsgen(verb, "-s", "../complete.vmcs", "-t", "t", option, revision, NULL))
		return 0;
	once_size = stdout_size;
	once = malloc(once_size + 1);
	memcpy(once, stdout_bytes, once_size);
	CLAIM(!vmcsgen(verb, "-s", "../complete.vmcs", "-t", "t", option, revision, NULL));
	CLAIM(stdout_size == once_size && !memcmp(stdout_bytes, once, once_size));
	free(once);
	return 0;
}
