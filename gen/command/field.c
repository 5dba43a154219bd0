// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The verb field: answers questions about fields, controls and places. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "command/verbs.h"
#include "command/view.h"
#include "compare/model_compare.h"
#include "compare/model_subject.h"
#include "emit/forms.h"

/* The questions and their answers. */
struct asking {
	struct session *session;
	struct model *model;
	struct thesaurus thesaurus;
	struct value *answers;
};

static void answer(struct asking *asking, const char *asked, const struct subjects *subjects)
{
	for (size_t i = 0; i < subjects->count; i++)
		list_add(&asking->model->maker, asking->answers,
			 model_subject(asking->model, &subjects->of[i], asked,
				       subjects->taken_for));
}

static void ask(struct asking *asking, const char *text, struct srcpos pos)
{
	struct subjects subjects = { .of = NULL };
	const char *fault = thesaurus_ask(&asking->thesaurus, text, &subjects);

	if (fault)
		report_error(&asking->session->messages, pos, "%s", fault);
	answer(asking, text, &subjects);
	free(subjects.of);
}

/* A line of a list without what is around it; empty if it asks for nothing. */
static struct srcpos without_blanks(struct source *source, size_t begin, size_t end)
{
	const char *bytes = source->bytes;

	while (begin < end && isspace((unsigned char)bytes[begin]))
		begin++;
	while (end > begin && isspace((unsigned char)bytes[end - 1]))
		end--;
	if (begin < end && bytes[begin] == '#')
		end = begin;
	return (struct srcpos){ source, begin, end - begin };
}

/* What standard input asks for, a question a line. */
static void ask_list(struct asking *asking)
{
	struct session *session = asking->session;
	struct source *source = source_read(&session->arena, &session->messages, "/dev/stdin",
					    (struct srcpos){ 0 });

	for (size_t at = 0, end; source && at < source->len; at = end + 1) {
		const char *newline = memchr(source->bytes + at, '\n', source->len - at);
		struct srcpos pos;

		end = newline ? (size_t)(newline - source->bytes) : source->len;
		pos = without_blanks(source, at, end);
		if (pos.len)
			ask(asking, arena_copy(&session->arena, source->bytes + pos.start, pos.len),
			    pos);
	}
}

/* Whether an argument is the number of a bit, and the one before it the word that has it. */
static bool is_bit(struct asking *asking, const char *word, const char *bit)
{
	const char *both = arena_printf(&asking->session->arena, "%s %s", word, bit);
	struct subjects subjects = { .of = NULL };
	bool found;

	if (strlen(bit) > 2 || strspn(bit, "0123456789") != strlen(bit))
		return false;
	found = !thesaurus_ask(&asking->thesaurus, both, &subjects) && subjects.count == 1 &&
		subjects.of[0].word;
	free(subjects.of);
	return found;
}

static void ask_arguments(struct asking *asking, char **arguments, int count)
{
	for (int i = 0; i < count; i++) {
		const char *text = arguments[i];

		if (!strcmp(text, "-")) {
			ask_list(asking);
			continue;
		}
		if (i + 1 < count && is_bit(asking, text, arguments[i + 1]))
			text = arena_printf(&asking->session->arena, "%s %s", text, arguments[++i]);
		ask(asking, text, (struct srcpos){ 0 });
	}
}

/* A revision, and what it changes in the one that it is from. */
static void add_revision(struct asking *asking, struct value *history,
			 const struct revision *revision)
{
	struct model *model = asking->model;
	struct value *map = list_map(&model->maker, history);
	struct comparison comparison;

	map_value(&model->maker, map, "revision", model_revision(model, revision));
	if (!revision->from) {
		map_flag(&model->maker, map, "comparison", false);
		return;
	}
	compare_revisions(&comparison, &asking->session->arena, revision->from, revision);
	map_value(&model->maker, map, "comparison", root_of_comparison(model, &comparison));
}

static void add_history(struct asking *asking, struct value *history)
{
	const struct spec *spec = asking->model->spec;

	for (size_t i = 0; i < spec->layout_count; i++)
		for (size_t j = 0; j < spec->layouts[i]->count; j++)
			if (revision_is_whole(spec->layouts[i]->revisions[j]))
				add_revision(asking, history, spec->layouts[i]->revisions[j]);
}

static void ask_all(struct asking *asking)
{
	struct subjects subjects = { .of = NULL };

	thesaurus_all(&asking->thesaurus, &subjects);
	answer(asking, NULL, &subjects);
	free(subjects.of);
}

/* The root of the view: answers to all arguments, or to everything if there are none. */
static struct value *ask_root(struct asking *asking, char **arguments, int count)
{
	struct maker *maker = &asking->model->maker;
	struct value *root = value_map(maker), *history;

	thesaurus_init(&asking->thesaurus, asking->model->spec);
	asking->answers = map_list(maker, root, "answers");
	history = map_list(maker, root, "history");
	if (count) {
		ask_arguments(asking, arguments, count);
	} else {
		ask_all(asking);
		add_history(asking, history);
	}
	return root;
}

struct value *root_of_everything(struct session *session, struct model *model)
{
	struct asking asking = { .session = session, .model = model };
	struct value *root = ask_root(&asking, NULL, 0);
	const struct spec *spec = model->spec;

	/* And of some places, which are not subjects of their own. */
	for (size_t i = 0; i < spec->layout_count; i++)
		for (size_t j = 0; j < spec->layouts[i]->count; j++)
			if (revision_is_whole(spec->layouts[i]->revisions[j]))
				ask(&asking, printed(&model->maker, "%s@0",
						     spec->layouts[i]->revisions[j]->path),
				    (struct srcpos){ 0 });
	thesaurus_free(&asking.thesaurus);
	return root;
}

static void tell(struct session *session)
{
	const struct options *options = session->options;
	struct model model;
	struct asking asking = { .session = session, .model = &model };
	struct value *root;

	model_init(&model, &session->spec, options->tlfs_names);
	root = ask_root(&asking, options->arguments, options->argument_count);
	if (asking.answers->list->count)
		view_print(session, "field", root);
	thesaurus_free(&asking.thesaurus);
	model_free(&model);
}

/* Answers must be fast: no check is run, and no table is read. */
enum exit_status verb_field(const struct options *options)
{
	struct session session;

	session_begin(&session, options);
	session.parse.tables = TABLES_UNREAD;
	session_read(&session);
	if (session.messages.status == EXIT_FINE)
		tell(&session);
	return session_end(&session);
}
