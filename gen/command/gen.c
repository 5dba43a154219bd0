// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The verb gen: every template below templates/out makes a file of its name below the output
 * folder.  A name with TARGET, LAYOUT, REVISION or SUPPORT makes one file for each of them that the
 * target takes.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/output.h"
#include "command/session.h"
#include "command/verbs.h"
#include "emit/plan.h"

struct gen {
	struct session *session;
	const char *out;		/* the output folder */
	struct model model;		/* of the whole spec */
	struct model *targets;		/* of each target that is wanted */
	size_t target_count;
	struct outputs outputs;
	struct text text;		/* of the file being made: one room for all of them */
	struct value *folders;		/* that have templates, as make names them */
};

/* The names that replace the words in a template's path. */
struct path_words {
	const char *target, *layout, *revision, *support;
};

/* A file name as make reads it. */
static const char *make_name(struct session *session, const char *path)
{
	char *name = arena_alloc(&session->arena, 2 * strlen(path) + 1), *end = name;

	for (; *path; path++) {
		if (strchr(" #\\:", *path))
			*end++ = '\\';
		if (*path == '$')
			*end++ = '$';
		*end++ = *path;
	}
	return name;
}

/* The name of a file: each word in the template's path stands once for the subject's name. */
static const char *file_name(struct gen *gen, const char *path, const struct path_words *subject)
{
	struct {
		const char *word, *name;
	} words[] = {
		{ "TARGET", subject->target }, { "LAYOUT", subject->layout },
		{ "REVISION", subject->revision }, { "SUPPORT", subject->support },
	};
	const size_t count = sizeof(words) / sizeof(*words);
	struct text name = { 0 };
	const char *copy;

	while (*path) {
		size_t i = 0;

		while (i < count && !(words[i].name && !strncmp(path, words[i].word,
							    strlen(words[i].word))))
			i++;
		if (i < count) {
			text_put(&name, words[i].name);
			path += strlen(words[i].word);
			words[i].name = NULL;
		} else {
			text_add(&name, path++, 1);
		}
	}
	copy = arena_copy(&gen->session->arena, name.bytes, name.len);
	text_free(&name);
	return copy;
}

/* Render the template @path and gather what it makes as @name. */
static void make_file(struct gen *gen, const char *path, const struct value *value,
		      const char *name)
{
	struct template *template = template_get(&gen->session->templates, path);

	gen->text.len = 0;
	/* A template that renders to nothing makes no file. */
	if (template && template_render(&gen->session->templates, template, value, &gen->text) &&
	    gen->text.len)
		outputs_add(&gen->outputs, name, &gen->text);
}

/* The path of a template below out/. The output of a single target needs no folder for it. */
static const char *path_in_out(const struct gen *gen, const char *path)
{
	path += strlen("out/");
	if (gen->session->options->target && !strncmp(path, "TARGET/", strlen("TARGET/")))
		path += strlen("TARGET/");
	return path;
}

static void emit(struct gen *gen, const struct model *model, const char *path,
		 const struct path_words *subject, const struct value *value)
{
	if (model->plan_rows > PLAN_ROWS_MAX)
		return;			/* the values are not all there */
	make_file(gen, path, value,
		  arena_printf(&gen->session->arena, "%s/%s", gen->out,
			       file_name(gen, path_in_out(gen, path), subject)));
}

static void emit_revisions(struct gen *gen, struct model *model, const char *path,
			   struct path_words subject, const struct layout *layout)
{
	for (size_t i = 0; i < layout->count; i++) {
		struct revision *revision = layout->revisions[i];

		if (!model_takes(model, revision))
			continue;
		subject.revision = model_name(model, revision);
		emit(gen, model, path, &subject, root_of_revision(model, revision));
	}
}

static void emit_layouts(struct gen *gen, struct model *model, const char *path,
			 struct path_words subject)
{
	const struct spec *spec = model->spec;

	for (size_t i = 0; i < spec->layout_count; i++) {
		subject.layout = spec->layouts[i]->name;
		if (strstr(path, "REVISION"))
			emit_revisions(gen, model, path, subject, spec->layouts[i]);
		else if (model_has_layout(model, spec->layouts[i]))
			emit(gen, model, path, &subject, root_of_layout(model, spec->layouts[i]));
	}
}

static void emit_supports(struct gen *gen, struct model *model, const char *path,
			  struct path_words subject)
{
	const struct spec *spec = model->spec;

	for (size_t i = 0; i < spec->support_count; i++) {
		subject.layout = spec->supports[i]->revision->layout->name;
		subject.support = spec->supports[i]->name;
		emit(gen, model, path, &subject, root_of_support(model, spec->supports[i]));
	}
}

static void emit_subjects(struct gen *gen, struct model *model, const char *path)
{
	struct path_words subject = { .target = model->target ? model->target->name : NULL };

	if (strstr(path, "SUPPORT"))
		emit_supports(gen, model, path, subject);
	else if (strstr(path, "LAYOUT"))
		emit_layouts(gen, model, path, subject);
	else
		emit(gen, model, path, &subject, model_spec(model));
}

/* The files of one template.  With --target, files for the whole spec are not made. */
static void emit_template(struct gen *gen, const char *path)
{
	if (strstr(path, "TARGET"))
		for (size_t i = 0; i < gen->target_count; i++)
			emit_subjects(gen, &gen->targets[i], path);
	else if (!gen->session->options->target)
		emit_subjects(gen, &gen->model, path);
}

static void add_sources(struct gen *gen, struct value *list, const struct source *source)
{
	struct maker *maker = &gen->model.maker;

	for (; source; source = source->next)
		list_add(maker, list, value_text(maker, make_name(gen->session, source->path)));
}

static const char DEPEND[] = "views/depend.make";

/*
 * The rule that -MD asks for: the target depends on every file that was read, and
 * on the folders, where a template may be added.
 */
static void add_depfile(struct gen *gen)
{
	const struct options *options = gen->session->options;
	const char *target = options->rule_target ? options->rule_target : gen->out;
	const char *path = options->depfile ? options->depfile :
			   arena_printf(&gen->session->arena, "%s.d", gen->out);
	struct value *map = value_map(&gen->model.maker), *files = value_list(&gen->model.maker);

	template_get(&gen->session->templates, DEPEND);	/* it is one of the sources too */
	add_sources(gen, files, gen->session->parse.sources);
	add_sources(gen, files, gen->session->template_sources);
	map_text(&gen->model.maker, map, "target", make_name(gen->session, target));
	map_value(&gen->model.maker, map, "files", files);
	map_value(&gen->model.maker, map, "folders", gen->folders);
	map_flag(&gen->model.maker, map, "phony", options->phony);
	make_file(gen, DEPEND, map, path);
}

/*
 * Refuse a member that a map can't describe, and a name from the target that the struct has
 * already; @taken has the names of the members before it.
 */
static void refuse_in_c(struct gen *gen, const struct target *target, struct table *taken,
			const struct revision *revision, const struct member *member)
{
	const struct member *pattern = target_pattern(target, revision, member);
	const char *name = member_shown_name(pattern ? pattern : member, target->tlfs_names);
	struct messages *messages = &gen->session->messages;
	unsigned int lookup = pattern ? member_lookup(pattern) : 0;

	if (lookup && member_end(member) > SLOT_END_MAX)
		report_error(messages, member->pos,
			     "'%s' ends at byte %u of '%s': a map tells up to byte %d",
			     member->name, member_end(member), revision->path, SLOT_END_MAX);
	/* The check of that name covers only the revision's own look-up. */
	if (lookup && !member_lookup(member) && member_end(member) < sizeof(uint64_t))
		report_error(messages, member->pos,
			     "the field '%s' is in the header of '%s', bytes 0 to 7",
			     member->name, revision->path);
	if (table_add_name(taken, name, (void *)member))
		report_error(messages, member->pos,
			     "the target calls a field '%s', as something else in '%s' is called",
			     name, revision->path);
}

static void refuse_members(struct gen *gen, const struct target *target,
			   const struct revision *revision)
{
	struct table taken = { .slots = NULL };

	for (size_t i = 0; i < revision->count; i++)
		refuse_in_c(gen, target, &taken, revision, &revision->members[i]);
	table_free(&taken);
}

/* Refuse revisions that no struct or table can describe, whatever -W says. */
static void refuse_revision(struct gen *gen, const struct target *target,
			    const struct revision *revision)
{
	struct messages *messages = &gen->session->messages;

	if (revision->overlaps)
		report_error(messages, revision->pos,
			     "'%s' has members that share bytes: no struct can be made of it",
			     revision->path);
	else if (!revision_header(revision))
		report_error(messages, revision->pos,
			     "'%s' has no first word: no image of it can be told", revision->path);
	else if (revision->size > PLAN_BYTES_MAX)
		report_error(messages, revision->pos,
			     "'%s' has %u bytes: a table tells up to byte %d", revision->path,
			     revision->size, PLAN_BYTES_MAX);
	else
		refuse_members(gen, target, revision);
}

/* More than today's processors need, and less than would exhaust memory. */
enum { MEMBERS_MAX = 1 << 15, WORK_MAX = 1 << 21 };

static void refuse_amount(struct gen *gen, const struct target *target, const char *what,
			  size_t count, size_t most)
{
	if (count > most)
		report_error(&gen->session->messages, target->pos,
			     "the target has %zu %s, but gen makes no more than %zu of them", count,
			     what, most);
}

static size_t refuse_takings(struct gen *gen, const struct target *target,
			     const struct takings *takings)
{
	size_t members = 0;

	for (size_t i = 0; i < takings->count; i++) {
		members += takings->of[i].revision->count;
		refuse_revision(gen, target, takings->of[i].revision);
	}
	return members;
}

/* Refuse what can't be generated, before anything is. */
static void refuse_target(struct gen *gen, const struct target *target)
{
	size_t members = refuse_takings(gen, target, &target->memory) +
			 refuse_takings(gen, target, &target->images) +
			 refuse_takings(gen, target, &target->pages);

	refuse_amount(gen, target, "members", members, MEMBERS_MAX);
	refuse_amount(gen, target, "members to translate and to copy", plan_work(target), WORK_MAX);
}

/* Files that begin with a dot or end in ~ are an editor's. */
static int is_template(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && entry->d_name[strlen(entry->d_name) - 1] != '~';
}

/* The files of the templates below a folder, by name. */
static void emit_folder(struct gen *gen, const char *folder)
{
	struct messages *messages = &gen->session->messages;
	struct arena *arena = &gen->session->arena;
	const char *root = gen->session->options->templates;
	const char *full = arena_printf(arena, "%s/%s", root, folder);
	struct dirent **entries;
	int count = scandir(full, &entries, is_template, alphasort);

	if (count < 0) {
		report_failure(messages, errno, "cannot read the folder %s", full);
		return;
	}
	list_add(&gen->model.maker, gen->folders,
		 value_text(&gen->model.maker, make_name(gen->session, full)));
	for (int i = 0; i < count; i++) {
		const char *path = arena_printf(arena, "%s/%s", folder, entries[i]->d_name);
		const char *name = arena_printf(arena, "%s/%s", root, path);
		struct stat status;

		free(entries[i]);
		if (stat(name, &status))
			report_failure(messages, errno, "cannot read %s", name);
		else if (S_ISDIR(status.st_mode))
			emit_folder(gen, path);
		else
			emit_template(gen, path);
	}
	free(entries);
}

/* The models of the targets, or of the one that an option names. */
static void begin_targets(struct gen *gen)
{
	const struct spec *spec = &gen->session->spec;
	const char *wanted = gen->session->options->target;

	gen->targets = xcalloc(spec->target_count, sizeof(*gen->targets));
	for (size_t i = 0; i < spec->target_count; i++) {
		const struct target *target = spec->targets[i];

		if (wanted && strcmp(target->name, wanted))
			continue;
		refuse_target(gen, target);
		model_init_target(&gen->targets[gen->target_count++], spec, target);
	}
	if (wanted && !gen->target_count)
		report_error(&gen->session->messages, (struct srcpos){ 0 },
			     "the spec has no target '%s'", wanted);
}

/* Never write a file that was read, whatever -MF or -o says. */
static void keep_sources(struct gen *gen, const struct source *source)
{
	for (; source; source = source->next)
		if (outputs_have(&gen->outputs, source->path))
			report_error(&gen->session->messages, (struct srcpos){ 0 },
				     "'%s' was read and would be written", source->path);
}

static void emit_all(struct gen *gen)
{
	gen->folders = value_list(&gen->model.maker);
	emit_folder(gen, "out");
	for (size_t i = 0; i < gen->target_count; i++)
		refuse_amount(gen, gen->targets[i].target, "parts of translations",
			      gen->targets[i].plan_rows, PLAN_ROWS_MAX);
	if (gen->session->options->depend)
		add_depfile(gen);
	keep_sources(gen, gen->session->parse.sources);
	keep_sources(gen, gen->session->template_sources);
}

enum exit_status verb_gen(const struct options *options)
{
	struct session session;
	struct gen gen = { .session = &session, .out = options->out ? options->out : "out" };

	session_begin(&session, options);
	outputs_init(&gen.outputs, &session.messages, &session.names);
	if (session_read_checked(&session)) {
		model_init(&gen.model, &session.spec, false);
		begin_targets(&gen);
		if (session.messages.status == EXIT_FINE)
			emit_all(&gen);
	}
	if (session.messages.status == EXIT_FINE)
		outputs_write(&gen.outputs);
	outputs_free(&gen.outputs);
	model_free(&gen.model);
	for (size_t i = 0; i < gen.target_count; i++)
		model_free(&gen.targets[i]);
	free(gen.targets);
	text_free(&gen.text);
	return session_end(&session);
}
