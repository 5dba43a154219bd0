// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "command/options.h"

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
	"      --word NAME        import: this member is something new, and no field\n"
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

static void print_checks(void)
{
	static const char * const severities[] = { "off", "warning", "error" };

	for (const struct check * const *check = all_checks; *check; check++)
		printf("%-18s%-9s%s\n", (*check)->name, severities[(*check)->severity],
		       (*check)->text);
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

enum long_option {
	LONG_FORMAT = 256, LONG_NAMES, LONG_OLD_SPEC, LONG_GIT, LONG_AGAINST, LONG_CHECK,
	LONG_TLFS, LONG_C, LONG_NAME, LONG_FROM, LONG_STRUCT, LONG_MAP, LONG_WORD,
	LONG_ENCODINGS, LONG_KERNEL_TYPES, LONG_BTF_BASE,
	LONG_COLOR, LONG_HELP, LONG_VERSION
};

static const struct option long_options[] = {
	{ "spec", required_argument, NULL, 's' },
	{ "templates", required_argument, NULL, 't' },
	{ "out", required_argument, NULL, 'o' },
	{ "format", required_argument, NULL, LONG_FORMAT },
	{ "names", required_argument, NULL, LONG_NAMES },
	{ "old-spec", required_argument, NULL, LONG_OLD_SPEC },
	{ "git", required_argument, NULL, LONG_GIT },
	{ "against", required_argument, NULL, LONG_AGAINST },
	{ "check", no_argument, NULL, LONG_CHECK },
	{ "tlfs", required_argument, NULL, LONG_TLFS },
	{ "c", required_argument, NULL, LONG_C },
	{ "name", required_argument, NULL, LONG_NAME },
	{ "from", required_argument, NULL, LONG_FROM },
	{ "struct", required_argument, NULL, LONG_STRUCT },
	{ "map", required_argument, NULL, LONG_MAP },
	{ "word", required_argument, NULL, LONG_WORD },
	{ "encodings", required_argument, NULL, LONG_ENCODINGS },
	{ "kernel-types", no_argument, NULL, LONG_KERNEL_TYPES },
	{ "btf-base", required_argument, NULL, LONG_BTF_BASE },
	{ "color", required_argument, NULL, LONG_COLOR },
	{ "help", optional_argument, NULL, LONG_HELP },
	{ "version", no_argument, NULL, LONG_VERSION },
	{ NULL, 0, NULL, 0 },
};

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

static int help(const char *topic, const struct verb *verbs)
{
	if (topic && strcmp(topic, "checks"))
		return wrong_usage("there is no help about '%s'", topic);
	if (topic)
		print_checks();
	else
		print_help(verbs);
	return finish_stdout();
}

static int set_option(struct options *options, int option, char **argv, const struct verb *verbs)
{
	switch (option) {
	case 's':
		options->spec = optarg;
		return -1;
	case 't':
		options->templates = optarg;
		return -1;
	case 'o':
		options->out = optarg;
		return -1;
	case 'i':
		options->write_back = true;
		return -1;
	case 'W':
		if (check_option(&options->checks, optarg))
			return -1;
		return wrong_usage("-W %s names no check; --help=checks lists them", optarg);
	case 'M':
		return set_depend(options, optarg, argv);
	case LONG_FORMAT:
		options->format = optarg;
		return -1;
	case LONG_NAMES:
		return set_names(options, optarg);
	case LONG_OLD_SPEC:
		options->old_spec = optarg;
		return -1;
	case LONG_GIT:
		options->git = optarg;
		return -1;
	case LONG_AGAINST:
		options->against = optarg;
		return -1;
	case LONG_CHECK:
		options->check_only = true;
		return -1;
	case LONG_TLFS:
		options->page = optarg;
		return -1;
	case LONG_C:
		options->c_file = optarg;
		return -1;
	case LONG_NAME:
		options->import_name = optarg;
		return -1;
	case LONG_FROM:
		options->from = optarg;
		return -1;
	case LONG_MAP:
		return add_map(&options->foreign.maps, optarg);
	case LONG_WORD:
		strings_add(&options->foreign.words, optarg);
		return -1;
	case LONG_ENCODINGS:
		return set_encodings(options, optarg);
	case LONG_KERNEL_TYPES:
		options->foreign.kernel_types = true;
		return -1;
	case LONG_BTF_BASE:
		options->foreign.btf_base = optarg;
		return -1;
	case LONG_STRUCT:
		options->c_struct = optarg;
		return -1;
	case LONG_COLOR:
		return set_colour(options, optarg);
	case LONG_HELP:
		return help(optarg, verbs);
	case LONG_VERSION:
		puts("vmcsgen " VERSION);
		return finish_stdout();
	default:
		return refer_to_help();	/* getopt_long() has said what is wrong */
	}
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

	argv[0] = name;			/* so getopt_long() calls it */
	*options = (struct options){
		.spec = find_data("spec/vmcs.vmcs", DATA_FOLDER "/spec/vmcs.vmcs"),
		.templates = find_data("templates", DATA_FOLDER "/templates"),
		.format = "text", .foreign.encodings_entry = 2,
	};
	check_defaults(&options->checks);
	set_colour(options, "auto");
	while ((option = getopt_long(argc, argv, "s:t:o:iW:M:", long_options, NULL)) != -1) {
		status = set_option(options, option, argv, verbs);
		if (status >= 0)
			return status;
	}
	options->arguments = argv + optind;
	options->count = argc - optind;
	return set_verb(options, verbs, rest);
}

void options_free(struct options *options)
{
	free(options->checks.severities);
	free(options->foreign.maps.items);
	free(options->foreign.words.items);
}
