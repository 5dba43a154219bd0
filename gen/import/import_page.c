// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* import --tlfs: what a page of the TLFS declares, as a draft. */
#include <stdlib.h>
#include <string.h>

#include "import/import.h"
#include "import/page.h"

/* Fields of the page that the spec lacks are proposed under the page's names. */
static void propose_fields(struct spec *spec, struct draft *draft)
{
	const struct revision *revision = &draft->revision;

	draft->fields = arena_alloc(spec->arena, (revision->count + 1) * sizeof(*draft->fields));
	for (size_t i = 0; i < revision->count; i++) {
		struct field *field = (struct field *)revision->members[i].field;

		if (field && table_add_name(&spec->field_names, field->name, field) != field)
			draft->fields[draft->field_count++] = field;
	}
}

/* Count the known errors and the new ones. */
static void sum_up(const struct spec *spec, const char *path, unsigned int errors)
{
	size_t known = 0;

	for (size_t i = 0; i < spec->erratum_count; i++)
		known += spec->errata[i].met;
	if (errors)
		report_note(spec->messages, (struct srcpos){ 0 },
			    "'%s': %zu known errata, %u new %s", path, known, errors,
			    errors == 1 ? "error" : "errors");
}

/* Read the page.  Its new errors matter most, so they come last. */
static bool read_page(struct page *page, struct spec *spec, const struct foreign_options *options,
		      const struct revision *base, struct source *source, const char *name)
{
	struct messages *messages = spec->messages;
	char *errors = NULL;
	size_t len;
	bool read;

	messages->held = open_memstream(&errors, &len);
	read = page_read(page, spec, options, base, source, name);
	if (read)
		page_resolve(page, spec, base);
	if (messages->held && !fclose(messages->held))
		fwrite(errors, 1, len, messages->to);
	messages->held = NULL;
	free(errors);
	return read;
}

bool import_page(struct draft *draft, struct spec *spec, const struct foreign_options *options,
		 const char *path, const char *name)
{
	struct messages *messages = spec->messages;
	struct source *source = source_read(spec->arena, messages, path, (struct srcpos){ 0 });
	const struct layout *layout = draft->layout;
	const char *slash = strrchr(path, '/');
	unsigned int errors = messages->errors;
	struct page page;
	bool read;

	if (!layout->clean_word) {
		report_error(messages, layout->pos,
			     "'%s' has no clean-field groups, of which a page of the TLFS tells",
			     layout->name);
		return false;
	}
	if (!source)
		return false;
	read = read_page(&page, spec, options, draft->base, source, name);
	if (read)
		sum_up(spec, path, messages->errors - errors);
	if (messages->errors > errors)
		return false;
	draft->citation = arena_printf(spec->arena, "%s, struct %s", slash ? slash + 1 : path,
				       name);
	draft->tlfs_pads = true;
	draft_settle(draft, spec, page.members, page.count);
	propose_fields(spec, draft);
	return true;
}
