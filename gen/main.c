// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdlib.h>

#include "command/verb_options.h"
#include "command/verbs.h"
#include "compare/check_against.h"
#include "import/foreign.h"

/*
 * All verbs but fmt go this way as far as the checks, and gen goes all of it:
 *
 *	source text -> tokens -> syntax tree -> resolved spec -> placed layouts -> checks
 *		    -> model -> template -> file
 *
 * list, layout, diff and decode render templates, too, and print what comes of them; so does
 * import, of what a page or a struct declares.  fmt reads one file after another, includes not
 * followed, and writes the text in another form.
 */
static const struct verb verbs[] = {
	{ "gen", "", "write every file that the templates in TEMPLATES/out make", 0, 0, false,
	  verb_gen },
	{ "check", "", "check the spec and write nothing", 0, 0, false, verb_check_against },
	{ "field", "[WHAT...]", "say all that is known of a field, a control or a place", 0, -1,
	  false, verb_field },
	{ "names", "TEMPLATE", "print the names that a template may use", 1, 1, false, verb_names },
	{ "list", "", "print the layouts and their revisions", 0, 0, false, verb_list },
	{ "layout", "LAYOUT/REVISION", "print where the members of a revision lie", 1, 1, false,
	  verb_layout },
	{ "diff", "A [B]", "print what differs between two revisions", 1, 2, false, verb_diff },
	{ "fmt", "FILE...", "print spec files in their canonical form", 1, -1, false, verb_fmt },
	{ "freeze", "LAYOUT/REVISION...", "write the tables that freeze revisions", 1, -1,
	  false, verb_freeze },
	{ "import", "",
	  "print a revision that is declared elsewhere, in the language of the spec", 0, 0, true,
	  verb_import },
	{ "verify", "LAYOUT/REVISION FILE",
	  "compare a revision with a struct in C, or in what was compiled", 2, 2, true,
	  verb_verify },
	{ "convert", "LAYOUT/REVISION [FILE]",
	  "turn images, or KVM's saved nested states, into another revision", 1, 2, false,
	  verb_convert },
	{ "decode", "[FILE]", "print a VMCS: an image, KVM's saved state, a dump or a list", 0, 1,
	  false, verb_decode },
	{ 0 },
};

int main(int argc, char **argv)
{
	static const struct check *const *const checks[] = { spec_checks, against_checks, NULL };
	struct program program = { verbs, checks, verb_rules, verb_rule_count };
	struct foreign_options foreign = { .encodings_entry = 2 };
	struct options options = { .foreign = &foreign };
	int status = options_read(&options, &program, argc, argv);

	foreign.flags = options.flags;
	if (status == OPTIONS_FINE)
		status = options.verb->run(&options);
	options_free(&options);
	free(foreign.maps.items);
	free(foreign.bits.items);
	return status;
}
