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

bool import_page(struct run *run, struct draft *draft, const char *path, const char *name)
{
	struct source *source = source_read(&run->arena, &run->messages, path, (struct place){ 0 });
	const struct layout *layout = draft->base->layout;
	const char *slash = strrchr(path, '/');
	struct page page;

	if (!layout->clean_word) {
		report_error(&run->messages, layout->place,
			     "'%s' has no clean-field groups, of which a page of the TLFS tells",
			     layout->name);
		return false;
	}
	if (!source || !page_read(&page, &run->spec, layout, source, name) ||
	    !page_resolve(&page, &run->spec, draft->base))
		return false;
	draft->source = arena_printf(&run->arena, "%s, struct %s", slash ? slash + 1 : path, name);
	draft->tlfs_pads = true;
	draft_settle(draft, &run->spec, !page.header.packed, page.header.members,
		     page.header.count);
	propose_fields(run, draft);
	return true;
}
