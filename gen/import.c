// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The verb import: what is declared elsewhere, as a revision of the spec. */
#include <string.h>

#include "import.h"

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

	if (!options->header == !options->page)
		return refuse(run, "--tlfs PAGE or --c FILE");
	if (!options->import_name)
		return refuse(run, "--name LAYOUT/NAME");
	if (!options->from)
		return refuse(run, "--from LAYOUT/BASE");
	return true;
}

/* The name behind the slash of --name, which is the base's layout's and free; or NULL. */
static const char *new_name(struct run *run, const struct revision *base)
{
	const char *path = run->options->import_name, *layout = base->layout->name;
	size_t len = strlen(layout);

	if (strncmp(path, layout, len) || path[len] != '/' || !path[len + 1]) {
		report_error(&run->messages, (struct place){ 0 },
			     "'%s' is no name for a revision of '%s': say '%s/NAME'", path, layout,
			     layout);
		return NULL;
	}
	if (spec_revision(&run->spec, path)) {
		report_error(&run->messages, (struct place){ 0 },
			     "the spec has a revision '%s' already", path);
		return NULL;
	}
	return path + len + 1;
}

static void import(struct run *run)
{
	const struct options *options = run->options;
	struct draft draft = { .base = run_revision(run, &run->spec, options->from) };
	const char *c_struct = options->c_struct;
	bool fine;

	if (!draft.base)
		return;
	draft.name = new_name(run, draft.base);
	if (!draft.name)
		return;
	if (options->page)
		fine = import_page(run, &draft, options->page, c_struct ? c_struct : TLFS_STRUCT);
	else
		fine = import_header(run, &draft, options->header,
				     c_struct ? c_struct : draft.base->layout->c_struct);
	if (fine)
		draft_print(run, &draft);
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
