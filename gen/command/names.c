// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The verb names: prints the names that a template may use.  They come from the values that such a
 * template gets in this spec, from all of them together, since one value need not have every name.
 */
#include <stdlib.h>
#include <string.h>

#include "base/output.h"
#include "command/picture.h"
#include "command/verbs.h"
#include "command/view.h"
#include "image/model_blob.h"
#include "image/model_transcript.h"

/* Some maps that stand at one place, such as all elements of a list. */
struct maps {
	const struct value **of;
	size_t count, room;
};

struct naming {
	struct session *session;
	struct maker maker;
	struct model *models;		/* of the targets, and then of the whole spec */
	size_t model_count;
	struct maps roots;		/* what the template can get */
	struct table seen;		/* maps that are listed */
	struct text text;
};

static void name_entries(struct naming *naming, const char *path, const struct maps *maps);

static void take_map(struct naming *naming, struct maps *maps, const struct value *value)
{
	if (value->kind != VALUE_MAP ||
	    table_add_object(&naming->seen, value, maps))
		return;
	maps->of = grow(maps->of, &maps->room, maps->count + 1, sizeof(*maps->of));
	maps->of[maps->count++] = value;
}

/* The name of an entry, and the names in all that the @maps have there. */
static void name_entry(struct naming *naming, const char *path, const struct maps *maps,
		       struct key key)
{
	static const char *const kinds[] = {
		[VALUE_TEXT] = "text", [VALUE_FLAG] = "flag", [VALUE_LIST] = "list",
		[VALUE_MAP] = "map",
	};
	enum value_kind kind = VALUE_FLAG;	/* where some have a map, others are false */
	struct maps inner = { .of = NULL };

	path = arena_printf(naming->maker.arena, "%s%s%s", path, *path ? "." : "", key.name);
	for (size_t i = 0; i < maps->count; i++) {
		const struct value *value = value_get(maps->of[i], &key);

		if (!value)
			continue;
		kind = value->kind == VALUE_FLAG ? kind : value->kind;
		take_map(naming, &inner, value);
		for (uint32_t j = 0; value->kind == VALUE_LIST && j < value->list->count; j++)
			take_map(naming, &inner, value->list->elements[j]);
	}
	text_printf(&naming->text, "%s\t%s\n", path, kinds[kind]);
	name_entries(naming, path, &inner);
	free(inner.of);
}

/* Each name that any of the @maps has, once. */
static void name_entries(struct naming *naming, const char *path, const struct maps *maps)
{
	struct table names = { .slots = NULL };

	for (size_t i = 0; i < maps->count; i++)
		for (size_t j = 0; j < maps->of[i]->map->count; j++) {
			const char *name = maps->of[i]->map->entries[j].key;

			if (!table_add_name(&names, name, naming))
				name_entry(naming, path, maps, (struct key){ .name = name });
		}
	table_free(&names);
}

static struct model *add_model(struct naming *naming)
{
	return &naming->models[naming->model_count++];
}

/* Models of all targets if the template is made for each, else of the whole spec. */
static void begin_models(struct naming *naming, bool targets)
{
	const struct spec *spec = &naming->session->spec;

	naming->models = xcalloc(spec->target_count + 1, sizeof(*naming->models));
	for (size_t i = 0; targets && i < spec->target_count; i++)
		model_init_target(add_model(naming), spec, spec->targets[i]);
	if (!targets)
		model_init(add_model(naming), spec, false);
}

/* The values that gen gives to a template below out/, by its path. */
static void take_roots_of_gen(struct naming *naming, struct model *model, const char *path)
{
	const struct spec *spec = model->spec;

	if (strstr(path, "SUPPORT"))
		for (size_t i = 0; i < spec->support_count; i++)
			take_map(naming, &naming->roots, root_of_support(model, spec->supports[i]));
	else if (strstr(path, "LAYOUT"))
		for (size_t i = 0; i < spec->layout_count; i++) {
			const struct layout *layout = spec->layouts[i];

			if (!strstr(path, "REVISION") && model_has_layout(model, layout))
				take_map(naming, &naming->roots, root_of_layout(model, layout));
			for (size_t j = 0; strstr(path, "REVISION") && j < layout->count; j++)
				if (model_takes(model, layout->revisions[j]))
					take_map(naming, &naming->roots,
						 root_of_revision(model, layout->revisions[j]));
		}
	else
		take_map(naming, &naming->roots, model_spec(model));
}

/* The values that layout gives to its views, of all revisions, or diff, of neighbours. */
static void take_roots_of_revisions(struct naming *naming, struct model *model, bool pairs)
{
	const struct spec *spec = model->spec;
	const struct revision *before = NULL;
	struct comparison comparison;

	for (size_t i = 0; i < spec->layout_count; i++)
		for (size_t j = 0; j < spec->layouts[i]->count; j++) {
			const struct revision *revision = spec->layouts[i]->revisions[j];
			struct value *map;

			if (!model_takes(model, revision))
				continue;
			if (!pairs) {
				map = root_of_revision(model, revision);
				map_picture(model, map, revision);
				take_map(naming, &naming->roots, map);
			} else if (before) {
				compare_revisions(&comparison, model->maker.arena, before,
						  revision);
				take_map(naming, &naming->roots,
					 root_of_diff(naming->session, model, &comparison, ""));
			}
			before = revision;
		}
}

/* The value that decode gives: a state with an image of the first revision. */
static void take_root_of_decode(struct naming *naming, struct model *model, bool scan)
{
	unsigned char bytes[STATE_HEADER + IMAGE_SIZE] = { 1 };
	struct blob blob = { .bytes = bytes, .size = sizeof(bytes), .count = 1 };
	struct value *map;
	const struct spec *spec = model->spec;

	for (size_t i = 0; i < spec->layout_count; i++)
		for (size_t j = 0; j < spec->layouts[i]->count; j++) {
			const struct revision *revision = spec->layouts[i]->revisions[j];

			if (!model_takes(model, revision))
				continue;
			blob.images[0] = (struct image){ bytes + STATE_HEADER, revision,
							 STATE_HEADER };
			memcpy(bytes + STATE_HEADER, &revision->id, sizeof(revision->id));
			memset(bytes + STATE_HEADER + sizeof(revision->id), 0xff,
			       IMAGE_SIZE - sizeof(revision->id));
			map = model_blob(&naming->maker, spec, &blob, false);
			if (scan)
				map_scan(&naming->maker, map, 0, "a reason", true);
			take_map(naming, &naming->roots, map);
			return;
		}
}

/* The value that decode gives for a text: all fields, which are 0, are there and missing. */
static void take_root_of_transcript(struct naming *naming, struct model *model)
{
	struct transcripts transcripts = { .arena = &naming->session->arena, .spec = model->spec };
	struct transcript *transcript = transcripts_begin(&transcripts, (struct srcpos){ 0 });
	size_t count = model->spec->field_count;

	for (size_t i = 0; i < count; i++)
		transcript_add(&transcripts, transcript,
			       &(struct told_value){ .field = model->spec->fields[i],
						     .number = 1 });
	transcript->missing = (const struct field **)model->spec->fields;
	transcript->missing_count = count;
	take_map(naming, &naming->roots,
		 model_transcript(&naming->maker, model->spec, transcript, 1, false));
	transcript->missing = NULL;
	transcripts_free(&transcripts);
}

static bool is_view(const char *path, const char *view)
{
	size_t len = strlen("views/"), end = len + strlen(view);

	return !strncmp(path, "views/", len) && !strncmp(path + len, view, end - len) &&
	       path[end] == '.';
}

/* A path below the templates, which may begin with their folder, as a shell completes it. */
static const char *below_templates(const struct options *options)
{
	const char *path = options->arguments[0];
	size_t len = strlen(options->templates);

	return !strncmp(path, options->templates, len) && path[len] == '/' ? path + len + 1 : path;
}

static void take_roots(struct naming *naming, const char *path)
{
	struct model *model;

	begin_models(naming, strstr(path, "TARGET"));
	model = &naming->models[0];
	if (!strncmp(path, "out/", strlen("out/")))
		for (size_t i = 0; i < naming->model_count; i++)
			take_roots_of_gen(naming, &naming->models[i], path);
	else if (is_view(path, "list"))
		take_map(naming, &naming->roots, model_spec(model));
	else if (is_view(path, "layout") || is_view(path, "diff"))
		take_roots_of_revisions(naming, model, is_view(path, "diff"));
	else if (is_view(path, "field"))
		take_map(naming, &naming->roots, root_of_everything(naming->session, model));
	else if (is_view(path, "decode") || is_view(path, "scan"))
		take_root_of_decode(naming, model, is_view(path, "scan"));
	else if (is_view(path, "transcript"))
		take_root_of_transcript(naming, model);
	else
		report_usage(&naming->session->messages,
			     "'%s' has no names of its own: out/FILE has, and views/VIEW.FORMAT, "
			     "where VIEW is field, list, layout, diff, decode, "
			     "scan or transcript", path);
}

enum exit_status verb_names(const struct options *options)
{
	struct session session;
	struct naming naming = { .session = &session };

	session_begin(&session, options);
	naming.maker = (struct maker){ .arena = &session.arena, .names = &session.names };
	if (session_read_checked(&session))
		take_roots(&naming, below_templates(options));
	name_entries(&naming, "", &naming.roots);
	if (session.messages.status == EXIT_FINE)
		output_print(&session.messages, &naming.text);
	for (size_t i = 0; i < naming.model_count; i++)
		model_free(&naming.models[i]);
	free(naming.models);
	free(naming.roots.of);
	table_free(&naming.seen);
	text_free(&naming.text);
	return session_end(&session);
}
