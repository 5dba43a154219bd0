// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <getopt.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/output.h"
#include "command/options.h"

#ifndef VERSION
#define VERSION "unknown"
#endif
#ifndef DATA_FOLDER
#define DATA_FOLDER "/usr/local/share/vmcsgen"
#endif

static const char usage[] =
	"usage: vmcsgen VERB [-s SPEC] [options] ARGUMENTS\n";

static int refer_to_help(void)
{
	fprintf(stderr, "%svmcsgen --help says more\n", usage);
	return EXIT_WRONG_USAGE;
}

int wrong_usage(const char *format, ...)
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
static int print_text(struct text *text)
{
	struct messages messages = { .to = stderr };

	output_print(&messages, text);
	text_free(text);
	return messages.status;
}

static int set_check(struct options *options, char *text)
{
	if (check_option(&options->checks, text))
		return OPTIONS_FINE;
	return wrong_usage("-W %s names no check; --help=checks lists them", text);
}

static int set_colour(struct options *options, char *when)
{
	const char *no = getenv("NO_COLOR");
	bool always = !strcmp(when, "always"), automatic = !strcmp(when, "auto") && !(no && *no);

	options->colour = always || (automatic && isatty(STDERR_FILENO));
	options->colour_output = always || (automatic && isatty(STDOUT_FILENO));
	if (always || !strcmp(when, "never") || !strcmp(when, "auto"))
		return OPTIONS_FINE;
	return wrong_usage("--color is auto, always or never, not '%s'", when);
}

/* The dependency options of a compiler: -MD, -MP, -MF FILE, -MT TARGET. */
static int set_depend(struct options *options, char *text)
{
	const char *argument = text[1] ? text + 1 : options->arguments[optind];

	if (!strcmp(text, "D")) {
		options->depend = true;
		return OPTIONS_FINE;
	}
	if (!strcmp(text, "P")) {
		options->phony = true;
		return OPTIONS_FINE;
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
		options->rule_target = argument;
	return OPTIONS_FINE;
}

static void put_checks(struct text *text, const struct check_options *options)
{
	static const char *const severities[] = { "off", "warning", "error" };

	for (size_t i = 0; i < options->count; i++) {
		const struct check *check = options->choices[i].check;

		text_printf(text, "%-20s%-9s%s\n", check->name, severities[check->severity],
			    check->text);
	}
}

static int print_version(struct options *options, char *argument)
{
	struct text text = { 0 };

	(void)options;
	(void)argument;
	text_put(&text, "vmcsgen " VERSION "\n");
	return print_text(&text);
}

static int print_help(struct options *options, char *topic);

/* The options of the core, ahead of a program's own in --help, and after them. */
static const struct rule first_rules[] = {
	{ "spec", 's', required_argument, RULE_TEXT(spec), .help =
	  "  -s, --spec FILE        the spec's root file (spec/vmcs.vmcs)\n" },
	{ "templates", 't', required_argument, RULE_TEXT(templates), .help =
	  "  -t, --templates DIR    the folder of the templates (templates)\n" },
	{ "out", 'o', required_argument, RULE_TEXT(out), .verbs = "gen convert", .help =
	  "  -o, --out DIR          the folder that gen writes to (out), the file of convert\n" },
	{ "target", 0, required_argument, RULE_TEXT(target), .verbs = "gen", .help =
	  "      --target NAME      gen: make the files of this target alone, in DIR\n" },
	{ NULL, 'W', required_argument, .set = set_check, .help =
	  "  -W NAME                turn a check on, as a warning\n"
	  "  -W no-NAME             turn a check off\n"
	  "  -W error=NAME          let a check fail (no-error=NAME: only warn)\n"
	  "  -W error               let every warning fail\n" },
};
static const struct rule last_rules[] = {
	{ NULL, 'M', required_argument, .set = set_depend, .verbs = "gen", .help =
	  "  -MD                    gen: write the files read as a make rule\n"
	  "  -MF FILE               to this file (OUT.d)\n"
	  "  -MT TARGET             for this target (OUT)\n"
	  "  -MP                    with an empty rule for every file read\n" },
	{ "color", 0, required_argument, .set = set_colour, .help =
	  "      --color WHEN       auto, always, never; NO_COLOR is honoured\n" },
	{ "help", 0, optional_argument, .set = print_help, .help =
	  "      --help[=checks]    print this, or the checks\n" },
	{ "version", 0, no_argument, .set = print_version, .help =
	  "      --version          print the version\n" },
};

enum {
	FIRST_RULES = sizeof(first_rules) / sizeof(*first_rules),
	LAST_RULES = sizeof(last_rules) / sizeof(*last_rules),
	RULES_MAX = 64,			/* bits that tell which options were given */
	LONG_KEY = 256,			/* getopt_long()'s key of the first long option */
};

/* The rules of a program by number; NULL after the last one. */
static const struct rule *rule_at(const struct program *program, size_t i)
{
	if (i < FIRST_RULES)
		return &first_rules[i];
	i -= FIRST_RULES;
	if (i < program->rule_count)
		return &program->rules[i];
	i -= program->rule_count;
	return i < LAST_RULES ? &last_rules[i] : NULL;
}

static void put_help(struct text *text, const struct program *program)
{
	const struct rule *rule;

	text_printf(text, "%s\nverbs:\n", usage);
	for (const struct verb *verb = program->verbs; verb->name; verb++)
		text_printf(text, "  %-8s%-22s %s\n", verb->name, verb->arguments, verb->text);
	text_put(text, "\noptions:\n");
	for (size_t i = 0; (rule = rule_at(program, i)); i++)
		text_put(text, rule->help);
	text_put(text, "\nexit status: 0 fine, 1 a check failed or a difference, "
		 "2 wrong usage, 3 bad input, 4 I/O failed\n");
}

static int print_help(struct options *options, char *topic)
{
	struct text text = { 0 };

	if (topic && strcmp(topic, "checks"))
		return wrong_usage("there is no help about '%s'", topic);
	if (topic)
		put_checks(&text, &options->checks);
	else
		put_help(&text, options->program);
	return print_text(&text);
}

static int key_of(const struct rule *rule, size_t i)
{
	return rule->letter ? rule->letter : LONG_KEY + (int)i;
}

/* Take the option that getopt_long() has found; @given notes which there were. */
static int set_option(struct options *options, int key, uint64_t *given)
{
	const struct rule *rule;
	size_t i = 0;

	while ((rule = rule_at(options->program, i)) && key_of(rule, i) != key)
		i++;
	if (!rule)
		return refer_to_help();	/* getopt_long() has said what is wrong */
	*given |= 1ull << i;
	if (rule->set)
		return rule->set(options, optarg);
	if (rule->text)
		*(const char **)((char *)options + rule->text) = optarg;
	else
		*(bool *)((char *)options + rule->flag) = true;
	return OPTIONS_FINE;
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

/* Refuse an option that the verb does not take. */
static int refuse_others(const struct options *options, uint64_t given)
{
	const struct rule *rule;

	for (size_t i = 0; (rule = rule_at(options->program, i)); i++) {
		char letter[] = { rule->letter, '\0' };

		if (given >> i & 1 && rule->verbs && !is_in(rule->verbs, options->verb->name))
			return wrong_usage("%s takes no -%s%s", options->verb->name,
					   rule->name ? "-" : "",
					   rule->name ? rule->name : letter);
	}
	return OPTIONS_FINE;
}

/* Take all options.  OPTIONS_FINE, or the status to exit with. */
static int set_options(struct options *options, int argc, char **argv, uint64_t *given)
{
	struct option long_options[RULES_MAX + 1] = { 0 }, *next = long_options;
	char letters[2 * RULES_MAX + 1] = "", *end = letters;
	const struct rule *rule;
	int key, status = OPTIONS_FINE;

	for (size_t i = 0; (rule = rule_at(options->program, i)); i++) {
		if (rule->letter)
			end += sprintf(end, "%c%s", rule->letter, rule->argument ? ":" : "");
		if (rule->name)
			*next++ = (struct option){ rule->name, rule->argument, NULL,
						   key_of(rule, i) };
	}
	while (status == OPTIONS_FINE &&
	       (key = getopt_long(argc, argv, letters, long_options, NULL)) != -1)
		status = set_option(options, key, given);
	return status;
}

/* How many arguments follow the first --. */
static int after_dashes(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--"))
			return argc - i - 1;
	return 0;
}

/*
 * The verb and its arguments.  What follows -- is the compiler's if the verb has one:
 * getopt_long() has put these @rest after all other arguments.
 */
static int set_verb(struct options *options, int rest)
{
	const struct verb *verb = options->program->verbs;

	if (!options->argument_count)
		return wrong_usage("a verb is missing");
	while (verb->name && strcmp(verb->name, options->arguments[0]))
		verb++;
	if (!verb->name)
		return wrong_usage("'%s' is not a verb", options->arguments[0]);
	options->verb = verb;
	options->arguments++;
	options->argument_count--;
	if (verb->compiles) {
		options->argument_count -= rest;
		options->flags = (const char *const *)options->arguments + options->argument_count;
	}
	if (options->argument_count < verb->least ||
	    (verb->most >= 0 && options->argument_count > verb->most))
		return wrong_usage("%s takes %s", verb->name,
				   *verb->arguments ? verb->arguments : "no arguments");
	return OPTIONS_FINE;
}

/* Files in the working folder come before installed ones. */
static const char *find_data(const char *here, const char *installed)
{
	return access(here, F_OK) && !access(installed, F_OK) ? installed : here;
}

int options_read(struct options *options, const struct program *program, int argc, char **argv)
{
	static char name[] = "vmcsgen", automatic[] = "auto";
	int rest = after_dashes(argc, argv), status;
	uint64_t given = 0;

	argv[0] = name;			/* so getopt_long() calls it */
	*options = (struct options){
		.program = program,
		.spec = find_data("spec/vmcs.vmcs", DATA_FOLDER "/spec/vmcs.vmcs"),
		.templates = find_data("templates", DATA_FOLDER "/templates"),
		.format = "text", .arguments = argv, .foreign = options->foreign,
	};
	for (const struct check *const *const *set = program->checks; *set; set++)
		check_options_add(&options->checks, *set);
	set_colour(options, automatic);
	status = set_options(options, argc, argv, &given);
	if (status != OPTIONS_FINE)
		return status;
	options->arguments = argv + optind;
	options->argument_count = argc - optind;
	if (options->out && !*options->out)
		return wrong_usage("-o requires a name");
	status = set_verb(options, rest);
	return status == OPTIONS_FINE ? refuse_others(options, given) : status;
}

void options_free(struct options *options)
{
	free(options->checks.choices);
}
