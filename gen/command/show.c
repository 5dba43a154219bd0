// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The verbs that print: check, list, layout, freeze and fmt. */
#include <string.h>
#include <sys/stat.h>

#include "base/output.h"
#include "check/fingerprint.h"
#include "command/picture.h"
#include "command/session.h"
#include "import/fmt.h"

/* What --against names: a file, or else a commit. */
static bool load_against(struct session *session)
{
	const char *against = session->options->against;
	struct stat status;
	bool loaded;

	if (!stat(against, &status) && !S_ISDIR(status.st_mode))
		return session_load_old(session, against, NULL);
	loaded = session_load_old(session, NULL, against);
	if (!loaded)
		report_note(&session->messages, (struct srcpos){ 0 },
			    "'%s' is no file, so it was taken for a commit", against);
	return loaded;
}

enum exit_status verb_check(const struct options *options)
{
	struct other_spec other;
	bool against = false;
	struct session session;

	session_begin(&session, options);
	session_read(&session);
	if (options->against)
		against = load_against(&session);
	other = (struct other_spec){ &session.old, session.old_name };
	check_spec(&session.spec, against ? &other : NULL, &options->checks);
	return session_end(&session);
}

enum exit_status verb_list(const struct options *options)
{
	struct session session;

	session_begin(&session, options);
	if (session_load(&session)) {
		struct model model;

		model_init(&model, &session.spec, false);
		model.plans = !strcmp(options->format, "names");	/* as gen has them */
		session_view(&session, "list", model_spec(&model));
		model_free(&model);
	}
	return session_end(&session);
}

enum exit_status verb_layout(const struct options *options)
{
	struct revision *revision;
	struct session session;

	session_begin(&session, options);
	revision = session_load(&session) ? session_revision(&session, &session.spec, options->arguments[0]) : NULL;
	if (revision) {
		struct model model;
		struct value *map;

		model_init(&model, &session.spec, options->tlfs_names);
		map = model_of_revision(&model, revision);
		map_picture(&model, map, revision);
		session_view(&session, "layout", map);
		model_free(&model);
	}
	return session_end(&session);
}

/* The statement that freezes a revision, as it goes into the spec. */
enum exit_status verb_freeze(const struct options *options)
{
	enum { LINE = 72 };
	struct text text = { 0 };
	struct session session;

	session_begin(&session, options);
	if (!session_load(&session))
		return session_end(&session);
	for (int i = 0; i < options->count; i++) {
		const struct revision *revision = session_revision(&session, &session.spec, options->arguments[i]);
		const char *code = revision ? fingerprint_of(&session.arena, revision) : "";

		for (size_t left = strlen(code), at = 0; at < left; at += LINE)
			text_put(&text, arena_printf(&session.arena, "%s%s%s\"%.*s\"%s", at ? "" : "frozen ",
						     at ? "" : options->arguments[i], at ? "\t\t" : " ",
						     LINE, code + at, at + LINE < left ? ",\n" : "\n"));
	}
	if (session.messages.status == EXIT_FINE)
		output_print(&session.messages, &text);
	text_free(&text);
	return session_end(&session);
}

static void fmt_file(struct session *session, struct outputs *outputs, const char *path)
{
	struct source *source = source_read(&session->arena, &session->messages, path, (struct srcpos){ 0 });
	unsigned int errors = session->messages.errors;
	struct text text = { 0 };
	bool same;

	if (!source)
		return;
	node_free(tree_parse_file(&session->parse, source));
	if (session->messages.errors > errors)
		return;
	fmt_source(&text, source);
	same = text.len == source->len &&
	       (!text.len || !memcmp(text.bytes, source->bytes, text.len));
	if (session->options->check_only && !same) {
		text.len = 0;
		text_printf(&text, "%s\n", path);
		output_print(&session->messages, &text);
		session->messages.status = session->messages.status ? session->messages.status : EXIT_CHECK_FAILED;
	} else if (session->options->write_back) {
		outputs_add(outputs, path, &text);
	} else if (!session->options->check_only) {
		output_print(&session->messages, &text);
	}
	text_free(&text);
}

enum exit_status verb_fmt(const struct options *options)
{
	struct outputs outputs;
	struct session session;

	session_begin(&session, options);
	outputs_init(&outputs, &session.messages, &session.names);
	for (int i = 0; i < options->count; i++)
		fmt_file(&session, &outputs, options->arguments[i]);
	if (session.messages.status == EXIT_FINE)
		outputs_write(&outputs);
	outputs_free(&outputs);
	return session_end(&session);
}
