// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The verb import: what is declared elsewhere, as a revision of the spec. */
#include <ctype.h>
#include <string.h>

#include "command/run.h"
#include "import/import.h"

/* Microsoft's name of the enlightened VMCS. */
static const char TLFS_STRUCT[] = "HV_VMX_ENLIGHTENED_VMCS";

static bool refuse(struct run *run, const char *option)
{
	report_error(&run->messages, (struct place){ 0 }, "import needs %s", option);
	run->messages.status = EXIT_WRONG_USAGE;
	return false;
}

static bool has_options(struct run *run)
{
	const struct options *options = run->options;

	if (!options->c_file == !options->page)
		return refuse(run, "--tlfs PAGE or --c FILE");
	if (!options->import_name)
		return refuse(run, "--name LAYOUT/NAME");
	if (options->page && !options->from)
		return refuse(run, "--from LAYOUT/BASE");
	return true;
}

/* Words of letters, digits and '_', with single '-' and '.' between them. */
static bool is_revision_name(const char *name)
{
	bool word = false;

	if (isdigit((unsigned char)*name))
		return false;
	for (; *name; name++) {
		bool letter = isalnum((unsigned char)*name) || *name == '_';

		if (!letter && (!word || (*name != '-' && *name != '.')))
			return false;
		word = letter;
	}
	return word;
}

/* The layout and the new name that --name has; false after a message. */
static bool take_name(struct run *run, struct draft *draft)
{
	const char *path = run->options->import_name, *slash = strchr(path, '/');
	struct place nowhere = { 0 };

	if (slash)
		draft->layout = table_name(&run->spec.layout_names,
					   names_intern(&run->names, path, slash - path));
	if (draft->base && draft->layout != draft->base->layout)
		report_error(&run->messages, nowhere,
			     "'%s' is no name for a revision of '%s': say '%s/NAME'", path,
			     draft->base->layout->name, draft->base->layout->name);
	else if (!draft->layout || !slash[1])
		report_error(&run->messages, nowhere,
			     "'%s' is no LAYOUT/NAME with a layout of the spec", path);
	else if (!is_revision_name(slash + 1))
		report_error(&run->messages, nowhere, "'%s' is no name of a revision", slash + 1);
	else if (spec_revision(&run->spec, path))
		report_error(&run->messages, nowhere, "the spec has a revision '%s' already",
			     path);
	else
		draft->name = slash + 1;
	return draft->name;
}

static void import(struct run *run)
{
	const struct options *options = run->options;
	const char *c_struct = options->c_struct;
	struct draft draft = { 0 };
	bool fine;

	if (options->from) {
		draft.base = run_revision(run, &run->spec, options->from);
		if (!draft.base)
			return;
	}
	if (!take_name(run, &draft))
		return;
	if (options->page)
		fine = import_page(&draft, &run->spec, &options->foreign, options->page,
				   c_struct ? c_struct : TLFS_STRUCT);
	else
		fine = import_struct(&draft, &run->spec, &options->foreign, &run->parse.keywords,
				     options->c_file,
				     c_struct ? c_struct : draft.layout->c_struct);
	if (fine)
		draft_print(&draft, &run->spec, &run->parse, options->spec, &run->templates);
	draft_free(&draft);
}

enum exit_status verb_import(const struct options *options)
{
	struct run run;

	run_begin(&run, options);
	if (has_options(&run) && run_load(&run))
		import(&run);
	return run_end(&run);
}
