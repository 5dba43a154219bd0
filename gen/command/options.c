// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <getopt.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "command/options.h"
#include "compare/check_against.h"

#ifndef VERSION
#define VERSION "unknown"
#endif
#ifndef DATA_FOLDER
#define DATA_FOLDER "/usr/local/share/vmcsgen"
#endif

static const char usage[] =
	"usage: vmcsgen VERB [-s SPEC] [options] ARGUMENTS\n";

static const char options_text[] =
	"\n"
	"options:\n"
	"  -s, --spec FILE        the spec's root file (spec/vmcs.vmcs)\n"
	"  -t, --templates DIR    the folder of the templates (templates)\n"
	"  -o, --out DIR          the folder that gen writes to (out), the file of convert\n"
	"  -W NAME                turn a check on, as a warning\n"
	"  -W no-NAME             turn a check off\n"
	"  -W error=NAME          let a check fail (no-error=NAME: only warn)\n"
	"  -W error               let every warning fail\n"
	"      --format FORMAT    text, json, csv (list, layout), svg or html (layout, diff)\n"
	"      --names linux|tlfs whose names layout, diff and decode print\n"
	"      --old-spec FILE    diff: take A from this spec\n"
	"      --git COMMIT       diff: take A from the spec of this commit\n"
	"      --against SPEC     check: hold the spec against another, a file or a commit\n"
	"  -i                     fmt: change the files\n"
	"      --check            fmt: print the names of files that would change\n"
	"      --tlfs PAGE        import: from this page of the TLFS, in Markdown\n"
	"      --c FILE           import: from this file: C, or an object, a module, vmlinux, BTF\n"
	"      --name LAYOUT/NAME import: the revision to print\n"
	"      --from LAYOUT/NAME import: print what differs from this one, if that is shorter;\n"
	"                         convert, decode: what its id stands for, if for several\n"
	"      --struct NAME      import, verify: the struct, if not the one of the layout\n"
	"      --map THEIRS=OURS  import, verify: what the spec calls a member of the struct\n"
	"      --bits NAME        import: this member is something new, and no field\n"
	"      --encodings TABLE[:BYTES]\n"
	"                         import, verify: where TABLE, as KVM has them, says fields are\n"
	"      --kernel-types     import, verify: declare u32, __packed and the like\n"
	"      --btf-base FILE    import, verify: the kernel that a module's types refer to\n"
	"      -- FLAG...         import, verify: for the compiler, which is $CC or cc\n"
	"  -MD                    gen: write the files read as a make rule\n"
	"  -MF FILE               to this file (OUT.d)\n"
	"  -MT TARGET             for this target (OUT)\n"
	"  -MP                    with an empty rule for every file read\n"
	"      --color WHEN       auto, always, never; NO_COLOR is honoured\n"
	"      --help[=checks]    print this, or the checks\n"
	"      --version          print the version\n"
	"\n"
	"exit status: 0 fine, 1 a check failed or a difference, 2 wrong usage, 3 bad input, 4 I/O failed\n";

static void print_help(const struct verb *verbs)
{
	fputs(usage, stdout);
	fputs("\nverbs:\n", stdout);
	for (; verbs->name; verbs++)
		printf("  %-8s%-22s %s\n", verbs->name, verbs->arguments, verbs->text);
	fputs(options_text, stdout);
}

static void print_checks(const struct check_options *options)
{
	static const char * const severities[] = { "off", "warning", "error" };

	for (size_t i = 0; i < options->count; i++) {
		const struct check *check = options->choices[i].check;

		printf("%-18s%-9s%s\n", check->name, severities[check->severity], check->text);
	}
}

static int refer_to_help(void)
{
	fprintf(stderr, "%svmcsgen --help says more\n", usage);
	return EXIT_WRONG_USAGE;
}

static int wrong_usage(const char *format, ...)
{
	va_list args;

	fputs("vmcsgen: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputs("\n", stderr);
	return refer_to_help();
}

/* Output that could not be written must not look like success. */
static int finish_stdout(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return EXIT_FINE;
	perror("vmcsgen: standard output");
	return EXIT_FAILED_IO;
}

enum { KEY_FORMAT = 256, KEY_NAMES, KEY_OLD_SPEC, KEY_GIT, KEY_AGAINST, KEY_CHECK, KEY_TLFS, KEY_C,
       KEY_NAME, KEY_FROM, KEY_STRUCT, KEY_MAP, KEY_BITS, KEY_ENCODINGS, KEY_KERNEL_TYPES,
       KEY_BTF_BASE, KEY_COLOR, KEY_HELP, KEY_VERSION };

#define TEXT(member)	.text = offsetof(struct options, member)
#define FLAG(member)	.flag = offsetof(struct options, member)

/* Each option: what it sets, if that is a text or a flag, and which verbs take it. */
static const struct rule {
	const char *name;		/* behind --, or NULL */
	int key;			/* getopt_long()'s; the letter behind -, if there is one */
	int argument;
	size_t text, flag;		/* in struct options; 0: none, as the verb is there */
	const char *verbs;		/* NULL: all of them */
} rules[] = {
	{ "spec", 's', required_argument, TEXT(spec) },
	{ "templates", 't', required_argument, TEXT(templates) },
	{ "out", 'o', required_argument, TEXT(out), .verbs = "gen convert" },
	{ NULL, 'i', no_argument, FLAG(write_back), .verbs = "fmt" },
	{ "check", KEY_CHECK, no_argument, FLAG(check_only), .verbs = "fmt" },
	{ NULL, 'W', required_argument, .verbs = NULL },
	{ NULL, 'M', required_argument, .verbs = "gen" },
	{ "format", KEY_FORMAT, required_argument, TEXT(format),
	  .verbs = "list layout diff decode" },
	{ "names", KEY_NAMES, required_argument, .verbs = "layout diff decode" },
	{ "old-spec", KEY_OLD_SPEC, required_argument, TEXT(old_spec), .verbs = "diff" },
	{ "git", KEY_GIT, required_argument, TEXT(git), .verbs = "diff" },
	{ "against", KEY_AGAINST, required_argument, TEXT(against), .verbs = "check" },
	{ "tlfs", KEY_TLFS, required_argument, TEXT(page), .verbs = "import" },
	{ "c", KEY_C, required_argument, TEXT(c_file), .verbs = "import" },
	{ "name", KEY_NAME, required_argument, TEXT(import_name), .verbs = "import" },
	{ "bits", KEY_BITS, required_argument, .verbs = "import" },
	{ "from", KEY_FROM, required_argument, TEXT(from), .verbs = "import convert decode" },
	{ "struct", KEY_STRUCT, required_argument, TEXT(c_struct), .verbs = "import verify" },
	{ "map", KEY_MAP, required_argument, .verbs = "import verify" },
	{ "encodings", KEY_ENCODINGS, required_argument, .verbs = "import verify" },
	{ "kernel-types", KEY_KERNEL_TYPES, no_argument, FLAG(foreign.kernel_types),
	  .verbs = "import verify" },
	{ "btf-base", KEY_BTF_BASE, required_argument, TEXT(foreign.btf_base),
	  .verbs = "import verify" },
	{ "color", KEY_COLOR, required_argument, .verbs = NULL },
	{ "help", KEY_HELP, optional_argument, .verbs = NULL },
	{ "version", KEY_VERSION, no_argument, .verbs = NULL },
};

enum { RULES = sizeof(rules) / sizeof(*rules) };

static int set_names(struct options *options, const char *names)
{
	options->tlfs_names = !strcmp(names, "tlfs");
	if (options->tlfs_names || !strcmp(names, "linux"))
		return -1;
	return wrong_usage("--names is linux or tlfs, not '%s'", names);
}

static int set_colour(struct options *options, const char *when)
{
	const char *no = getenv("NO_COLOR");
	bool always = !strcmp(when, "always"), automatic = !strcmp(when, "auto") && !(no && *no);

	options->colour = always || (automatic && isatty(STDERR_FILENO));
	options->colour_output = always || (automatic && isatty(STDOUT_FILENO));
	if (always || !strcmp(when, "never") || !strcmp(when, "auto"))
		return -1;
	return wrong_usage("--color is auto, always or never, not '%s'", when);
}

static int add_map(struct strings *maps, const char *map)
{
	const char *equals = strchr(map, '=');

	if (!equals || equals == map || !equals[1])
		return wrong_usage("--map is THEIRS=OURS, not '%s'", map);
	strings_add(maps, map);
	return -1;
}

static int set_encodings(struct options *options, char *text)
{
	char *colon = strchr(text, ':'), *end;

	options->foreign.encodings = text;
	options->foreign.encodings_entry = colon ? strtoul(colon + 1, &end, 10) : 2;
	if (colon && (end == colon + 1 || *end || options->foreign.encodings_entry < 2 ||
		      options->foreign.encodings_entry > 64))
		return wrong_usage("the entries of a table have 2 to 64 bytes, not '%s'",
				   colon + 1);
	if (colon)
		*colon = '\0';
	return -1;
}

/* The dependency options of a compiler: -MD, -MP, -MF FILE, -MT TARGET. */
static int set_depend(struct options *options, const char *text, char **argv)
{
	const char *argument = text[1] ? text + 1 : argv[optind];

	if (!strcmp(text, "D")) {
		options->depend = true;
		return -1;
	}
	if (!strcmp(text, "P")) {
		options->phony = true;
		return -1;
	}
	if (text[0] != 'F' && text[0] != 'T')
		return wrong_usage("-M%s means nothing: -MD, -MF FILE, -MT TARGET, -MP", text);
	if (!argument)
		return wrong_usage("-M%s requires an argument", text);
	if (!text[1])
		optind++;
	if (text[0] == 'F')
		options->depfile = argument;
	else
		options->target = argument;
	return -1;
}

static int help(const struct options *options, const char *topic, const struct verb *verbs)
{
	if (topic && strcmp(topic, "checks"))
		return wrong_usage("there is no help about '%s'", topic);
	if (topic)
		print_checks(&options->checks);
	else
		print_help(verbs);
	return finish_stdout();
}

/* Those that do more than to set a text or a flag. */
static int set_other(struct options *options, int key, char **argv, const struct verb *verbs)
{
	switch (key) {
	case 'W':
		if (check_option(&options->checks, optarg))
			return -1;
		return wrong_usage("-W %s names no check; --help=checks lists them", optarg);
	case 'M':
		return set_depend(options, optarg, argv);
	case KEY_NAMES:
		return set_names(options, optarg);
	case KEY_MAP:
		return add_map(&options->foreign.maps, optarg);
	case KEY_BITS:
		strings_add(&options->foreign.bits, optarg);
		return -1;
	case KEY_ENCODINGS:
		return set_encodings(options, optarg);
	case KEY_COLOR:
		return set_colour(options, optarg);
	case KEY_HELP:
		return help(options, optarg, verbs);
	case KEY_VERSION:
		puts("vmcsgen " VERSION);
		return finish_stdout();
	default:
		return refer_to_help();	/* getopt_long() has said what is wrong */
	}
}

/* Take an option; @given notes which there were. */
static int set_option(struct options *options, int key, char **argv, const struct verb *verbs,
		      bool given[RULES])
{
	const struct rule *rule = rules;

	while (rule < rules + RULES && rule->key != key)
		rule++;
	if (rule == rules + RULES || (!rule->text && !rule->flag)) {
		if (rule < rules + RULES)
			given[rule - rules] = true;
		return set_other(options, key, argv, verbs);
	}
	given[rule - rules] = true;
	if (rule->text)
		*(const char **)((char *)options + rule->text) = optarg;
	else
		*(bool *)((char *)options + rule->flag) = true;
	return -1;
}

static bool is_in(const char *words, const char *word)
{
	size_t len = strlen(word);
	const char *at = words;

	while ((at = strstr(at, word))) {
		if ((at == words || at[-1] == ' ') && (!at[len] || at[len] == ' '))
			return true;
		at += len;
	}
	return false;
}

/* An option that the verb does not take is a mistake about either. */
static int refuse_others(const struct options *options, const bool given[RULES])
{
	for (const struct rule *rule = rules; rule < rules + RULES; rule++) {
		char letter[] = { rule->key, '\0' };

		if (given[rule - rules] && rule->verbs && !is_in(rule->verbs, options->verb->name))
			return wrong_usage("%s takes no %s%s", options->verb->name,
					   rule->name ? "--" : "-", rule->name ? rule->name : letter);
	}
	return -1;
}

/* The table as getopt_long() wants it. */
static void fill_long_options(struct option long_options[RULES + 1])
{
	size_t count = 0;

	for (const struct rule *rule = rules; rule < rules + RULES; rule++)
		if (rule->name)
			long_options[count++] = (struct option){
				rule->name, rule->argument, NULL, rule->key
			};
	long_options[count] = (struct option){ 0 };
}

/*
 * What follows -- is the compiler's if the verb has one.  getopt_long() has put it after all
 * other arguments: @rest of them.
 */
static void split_flags(struct options *options, int rest)
{
	if (!options->verb->compiles)
		return;
	options->count -= rest;
	options->foreign.flags = (const char * const *)options->arguments + options->count;
}

/* How many arguments follow the first --. */
static int after_dashes(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--"))
			return argc - i - 1;
	return 0;
}

static int set_verb(struct options *options, const struct verb *verbs, int rest)
{
	if (!options->count)
		return wrong_usage("a verb is missing");
	for (; verbs->name && strcmp(verbs->name, options->arguments[0]); verbs++)
		;
	if (!verbs->name)
		return wrong_usage("'%s' is no verb", options->arguments[0]);
	options->verb = verbs;
	options->arguments++;
	options->count--;
	split_flags(options, rest);
	if (options->count < verbs->least || (verbs->most >= 0 && options->count > verbs->most))
		return wrong_usage("%s takes %s", verbs->name,
				   *verbs->arguments ? verbs->arguments : "no arguments");
	return -1;
}

/* What the working folder has goes before what was installed. */
static const char *find_data(const char *here, const char *installed)
{
	return access(here, F_OK) && !access(installed, F_OK) ? installed : here;
}

int options_read(struct options *options, int argc, char **argv, const struct verb *verbs)
{
	static char name[] = "vmcsgen";
	int rest = after_dashes(argc, argv), option, status;
	struct option long_options[RULES + 1];
	bool given[RULES] = { false };

	argv[0] = name;			/* so getopt_long() calls it */
	*options = (struct options){
		.spec = find_data("spec/vmcs.vmcs", DATA_FOLDER "/spec/vmcs.vmcs"),
		.templates = find_data("templates", DATA_FOLDER "/templates"),
		.format = "text", .foreign.encodings_entry = 2,
	};
	check_options_add(&options->checks, spec_checks);
	check_options_add(&options->checks, against_checks);
	set_colour(options, "auto");
	fill_long_options(long_options);
	while ((option = getopt_long(argc, argv, "s:t:o:iW:M:", long_options, NULL)) != -1) {
		status = set_option(options, option, argv, verbs, given);
		if (status >= 0)
			return status;
	}
	options->arguments = argv + optind;
	options->count = argc - optind;
	status = set_verb(options, verbs, rest);
	return status < 0 ? refuse_others(options, given) : status;
}

void options_free(struct options *options)
{
	free(options->checks.choices);
	free(options->foreign.maps.items);
	free(options->foreign.bits.items);
}
