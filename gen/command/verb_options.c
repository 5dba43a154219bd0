// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The options that the core lacks. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "command/verb_options.h"
#include "import/foreign.h"

static int set_names(struct options *options, char *names)
{
	options->tlfs_names = !strcmp(names, "tlfs");
	if (options->tlfs_names || !strcmp(names, "linux"))
		return OPTIONS_FINE;
	return wrong_usage("--names is linux or tlfs, not '%s'", names);
}

static int set_dump(struct options *options, char *stage)
{
	static const char *const stages[] = { "tokens", "tree", "spec", "model" };

	options->dump = stage;
	for (size_t i = 0; i < sizeof(stages) / sizeof(*stages); i++)
		if (!strcmp(stage, stages[i]))
			return OPTIONS_FINE;
	return wrong_usage("--dump is tokens, tree, spec or model, not '%s'", stage);
}

static int add_map(struct options *options, char *map)
{
	const char *equals = strchr(map, '=');

	if (!equals || equals == map || !equals[1])
		return wrong_usage("--map is THEIRS=OURS, not '%s'", map);
	strings_add(&options->foreign->maps, map);
	return OPTIONS_FINE;
}

static int add_bits(struct options *options, char *name)
{
	strings_add(&options->foreign->bits, name);
	return OPTIONS_FINE;
}

static int set_scan(struct options *options, char *which)
{
	options->scan = true;
	options->scan_all = which && !strcmp(which, "all");
	if (!which || options->scan_all)
		return OPTIONS_FINE;
	return wrong_usage("--scan is alone or --scan=all, not '%s'", which);
}

static int set_encodings(struct options *options, char *text)
{
	struct foreign_options *foreign = options->foreign;
	char *colon = strchr(text, ':'), *end;

	foreign->encodings = text;
	foreign->encodings_entry = colon ? strtoul(colon + 1, &end, 10) : 2;
	if (colon && (end == colon + 1 || *end || foreign->encodings_entry < 2 ||
		      foreign->encodings_entry > 64))
		return wrong_usage("the entries of a table have 2 to 64 bytes, not '%s'",
				   colon + 1);
	if (colon)
		*colon = '\0';
	return OPTIONS_FINE;
}

static int set_kernel_types(struct options *options, char *argument)
{
	(void)argument;
	options->foreign->kernel_types = true;
	return OPTIONS_FINE;
}

static int set_btf_base(struct options *options, char *path)
{
	options->foreign->btf_base = path;
	return OPTIONS_FINE;
}

const struct rule verb_rules[] = {
	{ "format", 0, required_argument, RULE_TEXT(format),
	  .verbs = "field list layout diff decode", .help =
	  "      --format FORMAT    text, json, csv (list, layout), html (field, layout, diff) or\n"
	  "                         svg (layout, diff)\n" },
	{ "names", 0, required_argument, .set = set_names,
	  .verbs = "field layout diff decode", .help =
	  "      --names linux|tlfs whose names field, layout, diff and decode print\n" },
	{ "old-spec", 0, required_argument, RULE_TEXT(old_spec), .verbs = "diff", .help =
	  "      --old-spec FILE    diff: take A from this spec\n" },
	{ "git", 0, required_argument, RULE_TEXT(git), .verbs = "diff", .help =
	  "      --git COMMIT       diff: take A from the spec of this commit\n" },
	{ "against", 0, required_argument, RULE_TEXT(against), .verbs = "check", .help =
	  "      --against SPEC     check: compare the spec with another, a file or a commit\n" },
	{ "dump", 0, required_argument, .set = set_dump, .verbs = "check", .help =
	  "      --dump STAGE       check: print the spec as tokens, tree, spec or model\n" },
	{ NULL, 'i', no_argument, RULE_FLAG(write_back), .verbs = "fmt", .help =
	  "  -i                     fmt: change the files\n" },
	{ "check", 0, no_argument, RULE_FLAG(check_only), .verbs = "fmt", .help =
	  "      --check            fmt: print the names of files that would change\n" },
	{ "tlfs", 0, required_argument, RULE_TEXT(page), .verbs = "import", .help =
	  "      --tlfs PAGE        import: from this page of the TLFS, in Markdown\n" },
	{ "c", 0, required_argument, RULE_TEXT(c_file), .verbs = "import", .help =
	  "      --c FILE           import: from this file: C, or an object, a module, "
	  "vmlinux, BTF\n" },
	{ "name", 0, required_argument, RULE_TEXT(import_name), .verbs = "import", .help =
	  "      --name LAYOUT/NAME import: the revision to print\n" },
	{ "from", 0, required_argument, RULE_TEXT(from), .verbs = "import convert decode", .help =
	  "      --from LAYOUT/NAME import: print what differs from this one, if that is shorter;\n"
	  "                         convert, decode: the revision to assume if its id is "
	  "ambiguous\n" },
	{ "scan", 0, optional_argument, .set = set_scan, .verbs = "decode", .help =
	  "      --scan[=all]       decode: find pages in a memory image, and print those that\n"
	  "                         are likely to be VMCSs, or all that have an id\n" },
	{ "struct", 0, required_argument, RULE_TEXT(c_struct), .verbs = "import verify", .help =
	  "      --struct NAME      import, verify: the struct, if not the one of the layout\n" },
	{ "map", 0, required_argument, .set = add_map, .verbs = "import verify", .help =
	  "      --map THEIRS=OURS  import, verify: what the spec calls a member of the struct\n" },
	{ "bits", 0, required_argument, .set = add_bits, .verbs = "import", .help =
	  "      --bits NAME        import: this member is new, and not a field\n" },
	{ "encodings", 0, required_argument, .set = set_encodings, .verbs = "import verify", .help =
	  "      --encodings TABLE[:BYTES]\n"
	  "                         import, verify: find fields by TABLE, like one of KVM's\n" },
	{ "kernel-types", 0, no_argument, .set = set_kernel_types, .verbs = "import verify", .help =
	  "      --kernel-types     import, verify: declare u32, __packed and the like\n" },
	{ "btf-base", 0, required_argument, .set = set_btf_base, .verbs = "import verify", .help =
	  "      --btf-base FILE    import, verify: the kernel that a module's types refer to\n"
	  "      -- FLAG...         import, verify: for the compiler, which is $CC or cc\n" },
};
const size_t verb_rule_count = sizeof(verb_rules) / sizeof(*verb_rules);
