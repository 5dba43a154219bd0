/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Logic-less templates, after the Mustache specification: variables, sections,
 * inverted sections, partials and comments.  vmcsgen-spec(5) does not describe
 * them; templates/README.md does.
 */
#ifndef VMCSGEN_TEMPLATE_H
#define VMCSGEN_TEMPLATE_H

#include "base/source.h"
#include "base/text.h"
#include "emit/value.h"

/* The templates of one run: their folder, and those that are parsed. */
struct templates {
	const char *folder;		/* holds partials/ */
	struct arena *arena;		/* owns everything parsed */
	struct names *names;		/* those that the keys of all values are interned in */
	struct messages *messages;
	struct source **sources;	/* where the next file read is linked in */
	struct table parsed;		/* interned path -> struct template */
};

struct template;

/*
 * The template in @path below the folder ("out/vmcs_encodings.h"), parsed once
 * and owned by @templates; its partials are parsed with it.  NULL after a
 * message if the file can't be read or is not a template; the message comes once.
 */
struct template *template_get(struct templates *templates, const char *path);

/*
 * Render @template with @value, a map, into @text.  The path's ending decides how {{name}} is
 * escaped: .json as in a JSON string, .html and .svg as Mustache does, .c and .h so that no comment
 * begins or ends, .vmcs as in a string of a spec, all others not at all.  False after a message
 * about an unknown name; then ignore what was appended.  Each tag is reported once.
 */
bool template_render(struct templates *templates, struct template *template,
		     const struct value *value, struct text *text);

/* Release what is not in the arena. */
void templates_free(struct templates *templates);

#endif
