// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Specs: all that is made of one.  fmt keeps what it means; what passes the checks can be
 * generated, frozen, listed, and held against itself; and what was generated compiles.
 */
#include "base.h"

/* Compiling takes a hundred times as long as all else. */
enum { COMPILE_ONE_OF = 400 };

const char *const words[] = {
	"include", "fields", "controls", "bits", "layout", "revision", "shadow", "support",
	"errata", "frozen", "sdm", "target", "memory", "images", "pages", "masks", "newest", "a/*",
	"names linux", "names tlfs", "from", "same as", "linux", "tlfs", "no high",
	"loss drop", "neutral", "default1", "mask", "adds", "uses", "needs", "excludes",
	"struct", "size", "align packed", "align natural", "version", "lookup none",
	"lookup full", "lookup full high", "table", "clean", "prefix", "often", "always", "any",
	"readonly", "id", "source \"s\"", "because \"b\"", "pad", "pad to", "at", "append",
	"rename", "retire", "as", "move", "by", "over", "change", "..", "lookup as", "embed",
	"rest of", "copies", "at entry", "at exit", "changed by \"e\"",
	"unchanged because \"b\"", "ro", "rw",
	"rare", "lists supported as", "lists unsupported as", "role", "yes", "no", "for",
	"named", "unnamed", "row",
	"is", "alike", "twice", "u8", "u16", "u32", "u64", "[2]", "{", "}", ",", "\"",
	"\\", "#", "\n", "\t", "int", "bool", "REVISION", "\xc3\xa9", "\r\n", "pad_8", "hdr",
	"=== more.vmcs\n", NULL
};

/* The first name after "revision " in what list prints, or the second; or NULL. */
static char *revision_of(char *list, int nth)
{
	char *line = list;

	while (line && (nth || !strchr(line, '/'))) {
		line = strchr(line, '\n');
		line = line && line[1] ? line + 1 : NULL;
		nth -= nth > 0;
	}
	return line ? strndup(line, strcspn(line, " \n")) : NULL;
}

static void compile_some(void)
{
	static unsigned int count;

	if (++count % COMPILE_ONE_OF)
		return;
	CLAIM(!system("cd work && for file in $(find out -name '*.[ch]'); do case $file in "
		      "*/accessors.h | *shadow_fields.h | *vmcs_fields.h) ;; *) cc -std=gnu11 "
		      "-Wall -Wextra -Werror -Wno-unused -fsyntax-only "
		      "-I$(echo $file | cut -d/ -f-2) -x c $file || exit 1;; esac; done 2>errors"));
}

static void format(const char *name)
{
	char *once;
	size_t size;

	if (vmcsgen("fmt", name, NULL))
		return;
	once = malloc(stdout_size + 1);
	size = stdout_size;
	memcpy(once, stdout_bytes, size);
	put_file(name, once, size);
	CLAIM(!vmcsgen("fmt", name, NULL));
	CLAIM(stdout_size == size && !memcmp(stdout_bytes, once, size));
	free(once);
}

static void look_at_revisions(void)
{
	const char *const spec = "-sin.vmcs", *const templates = "-t../templates";
	char *first, *second;

	CLAIM(!vmcsgen("list", spec, templates, NULL));
	first = revision_of(stdout_bytes, 0);
	second = revision_of(stdout_bytes, 1);
	if (first && second) {
		CLAIM(!vmcsgen("layout", spec, templates, "--format=html", first, NULL));
		CLAIM(!vmcsgen("layout", spec, templates, "--format=csv", second, NULL));
		CLAIM(vmcsgen("diff", spec, templates, "--format=html", first, second, NULL) <= 1);
		CLAIM(!vmcsgen("diff", spec, templates, first, first, NULL));
		CLAIM(!vmcsgen("freeze", spec, first, second, NULL));
	}
	free(first);
	free(second);
	CLAIM(!vmcsgen("check", spec, "--against", "in.vmcs", NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t before;
	int checked, status;

	input_begin(data, size, "in.vmcs");
	checked = vmcsgen("check", "-s", "in.vmcs", NULL);
	status = vmcsgen("gen", "-s", "in.vmcs", "-t", "../templates", "-o", "out", NULL);
	/* Tables have bounds that no layout has by itself. */
	CLAIM(status == checked || (!checked && status == 3));
	before = tree_hash("work/out");
	CLAIM(!status || !before);
	if (!status) {
		look_at_revisions();
		compile_some();
	}
	format("in.vmcs");
	format("more.vmcs");
	CLAIM(vmcsgen("gen", "-s", "in.vmcs", "-t", "../templates", "-o", "again", NULL) == status);
	CLAIM(tree_hash("work/again") == before);
	return 0;
}
