// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The verb import: turns a declaration from elsewhere into a revision of the spec. */
#include <ctype.h>
#include <string.h>

#include "command/revisions.h"
#include "command/verbs.h"
#include "compare/find_in_spec.h"
#include "import/import.h"

/* Microsoft's name of the enlightened VMCS. */
static const char TLFS_STRUCT[] = "HV_VMX_ENLIGHTENED_VMCS";

static bool lack(struct session *session, const char *option)
{
	report_usage(&session->messages, "import needs %s", option);
	return false;
}

static bool has_options(struct session *session)
{
	const struct options *options = session->options;

	if (!options->c_file == !options->page)
		return lack(session, "--tlfs PAGE or --c FILE");
	if (!options->import_name)
		return lack(session, "--name LAYOUT/NAME");
	if (options->page && !options->from)
		return lack(session, "--from LAYOUT/BASE");
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
static bool take_name(struct session *session, struct draft *draft)
{
	const char *path = session->options->import_name, *slash = strchr(path, '/');
	struct srcpos nowhere = { 0 };

	if (slash)
		draft->layout = table_name(&session->spec.layout_names,
					   names_intern(&session->names, path, slash - path));
	if (draft->base && draft->layout != draft->base->layout)
		report_error(&session->messages, nowhere,
			     "'%s' is not a name for a revision of '%s': say '%s/NAME'", path,
			     draft->base->layout->name, draft->base->layout->name);
	else if (!draft->layout || !slash[1])
		report_error(&session->messages, nowhere,
			     "'%s' is not a LAYOUT/NAME with a layout of the spec", path);
	else if (!is_revision_name(slash + 1))
		report_error(&session->messages, nowhere, "'%s' is not a name of a revision",
			     slash + 1);
	else if (spec_revision(&session->spec, path))
		report_error(&session->messages, nowhere, "the spec has a revision '%s' already",
			     path);
	else
		draft->name = slash + 1;
	return draft->name;
}

static void import(struct session *session)
{
	const struct options *options = session->options;
	const char *c_struct = options->c_struct;
	struct draft draft = { 0 };
	bool fine;

	if (options->from) {
		draft.base = session_revision(session, options->from);
		if (!draft.base)
			return;
	}
	if (!take_name(session, &draft))
		return;
	if (options->page)
		fine = import_page(&draft, &session->spec, options->foreign, options->page,
				   c_struct ? c_struct : TLFS_STRUCT);
	else
		fine = import_struct(&draft, &session->spec, options->foreign,
				     &session->parse.keywords, options->c_file,
				     c_struct ? c_struct : draft.layout->c_struct);
	if (fine)
		draft_print(&draft, &session->spec, &session->parse, &session->templates);
	draft_free(&draft);
}

enum exit_status verb_import(const struct options *options)
{
	struct session session;

	session_begin(&session, options);
	if (has_options(&session) && session_read_checked(&session))
		import(&session);
	return session_end(&session);
}
