// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* import --tlfs: what a page of the TLFS declares, as a draft. */
#include <string.h>

#include "import.h"
#include "page.h"

/* Fields of the page that the spec does not define, to be proposed. */
static void propose_fields(struct run *run, struct draft *draft)
{
	const struct revision *revision = &draft->revision;

	draft->fields = arena_alloc(&run->arena, (revision->count + 1) * sizeof(*draft->fields));
	for (size_t i = 0; i < revision->count; i++) {
		const struct field *field = revision->members[i].field;

		if (field && table_name(&run->spec.field_names, field->name) != field)
			draft->fields[draft->field_count++] = field;
	}
}

/* How much of what was said is known, and how much is new. */
static void sum_up(struct run *run, const char *path, unsigned int errors)
{
	size_t known = 0;

	for (size_t i = 0; i < run->spec.erratum_count; i++)
		known += run->spec.errata[i].met;
	if (errors)
		report_note(&run->messages, (struct place){ 0 }, "'%s': %zu known errata, %u new %s",
			    path, known, errors, errors == 1 ? "error" : "errors");
}

bool import_page(struct run *run, struct draft *draft, const char *path, const char *name)
{
	struct messages *messages = &run->messages;
	struct source *source = source_read(&run->arena, messages, path, (struct place){ 0 });
	const struct layout *layout = draft->layout;
	const char *slash = strrchr(path, '/');
	unsigned int errors = messages->errors;
	struct page page;
	bool read;

	if (!layout->clean_word) {
		report_error(messages, layout->place,
			     "'%s' has no clean-field groups, of which a page of the TLFS tells",
			     layout->name);
		return false;
	}
	if (!source)
		return false;
	/* What is new is what people have to read: it comes after what is known. */
	messages_hold(messages);
	read = page_read(&page, run, draft->base, source, name);
	if (read)
		page_resolve(&page, &run->spec, draft->base);
	messages_release(messages);
	if (read)
		sum_up(run, path, messages->errors - errors);
	if (messages->errors > errors)
		return false;
	draft->source = arena_printf(&run->arena, "%s, struct %s", slash ? slash + 1 : path, name);
	draft->tlfs_pads = true;
	draft_settle(draft, &run->spec, page.members, page.count);
	propose_fields(run, draft);
	return true;
}
