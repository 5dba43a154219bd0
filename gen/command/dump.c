// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* check --dump: the spec at a stage on its way to the templates, for whoever looks for a fault. */
#include <errno.h>
#include <string.h>

#include "base/output.h"
#include "command/session.h"
#include "command/verbs.h"
#include "language/lexer.h"
#include "language/parser.tab.h"
#include "language/lexer.lex.h"

/* "FILE:LINE:COLUMN", or nothing where the place is not known. */
static void put_place(struct text *text, struct srcpos pos)
{
	size_t line, column;

	if (!pos.source)
		return;
	srcpos_locate(pos, &line, &column);
	text_printf(text, "%s:%zu:%zu", pos.source->path, line, column);
}

/*
 * Tokens
 */

static const char *token_kind(int token)
{
	switch (token) {
	case TOKEN_NAME:
	case TOKEN_VERSIONED:
		return "name";
	case TOKEN_NUMBER:
		return "number";
	case TOKEN_STRING:
		return "string";
	case TOKEN_PATH:
		return "path";
	case TOKEN_PATTERN:
		return "pattern";
	case TOKEN_END:
		return "end";
	case TOKEN_BAD:
		return "bad";
	case TOKEN_TO_LAST:
		return "sign";
	default:
		return token < 256 ? "sign" : "word";
	}
}

static void dump_tokens_of(struct text *text, struct parse *parse, struct source *source)
{
	struct scan scan = { .parse = parse, .source = source };
	union YYSTYPE value;
	struct srcpos pos;
	yyscan_t scanner;
	int token;

	yylex_init_extra(&scan, &scanner);
	yy_scan_bytes(source->bytes, source->len, scanner);
	while ((token = yylex(&value, &pos, scanner))) {
		put_place(text, pos);
		text_printf(text, "\t%s\t%.*s\n", token_kind(token),
			    token == TOKEN_END ? 0 : (int)pos.len, source->bytes + pos.start);
		node_free(value.node);
	}
	yylex_destroy(scanner);
}

/* The tokens of all files.  The parser has reported the faults already. */
static void dump_tokens(struct session *session, struct text *text)
{
	struct messages unseen = { .to = fopen("/dev/null", "w") };
	struct parse parse = session->parse;

	if (!unseen.to) {
		report_failure(&session->messages, errno, "cannot open /dev/null");
		return;
	}
	parse.messages = &unseen;
	for (struct source *source = parse.sources; source; source = source->next)
		dump_tokens_of(text, &parse, source);
	fclose(unseen.to);
}

/*
 * The syntax tree
 */

static const char *node_kind_name(enum node_kind kind)
{
#define CASE(name) case NODE_##name: return #name;
	switch (kind) {
		CASE(NAME) CASE(NUMBER) CASE(STRING) CASE(PATH) CASE(SPEC) CASE(INCLUDE)
		CASE(FIELDS) CASE(FIELD) CASE(CONTROLS) CASE(BIT) CASE(BITS) CASE(BIT_FIELD)
		CASE(LAYOUT) CASE(REVISION) CASE(SAME) CASE(SHADOW) CASE(SUPPORT) CASE(COPIES)
		CASE(EXISTENCE) CASE(FROZEN) CASE(SDM)
		CASE(SDM_NAME) CASE(DUMP) CASE(DUMP_LINE)
		CASE(ERRATA) CASE(TARGET) CASE(LINUX) CASE(TLFS)
		CASE(NO_HIGH) CASE(CHANGED) CASE(UNCHANGED) CASE(DEFAULT1) CASE(MASK) CASE(ADDS)
		CASE(USES) CASE(NEEDS) CASE(EXCLUDES) CASE(STRUCT) CASE(SIZE) CASE(VERSION)
		CASE(TABLE) CASE(ALIGN) CASE(CLEAN_WORD) CASE(GROUP) CASE(OFTEN) CASE(FROM) CASE(ID)
		CASE(SOURCE) CASE(BECAUSE) CASE(MEMBER) CASE(PAD) CASE(PAD_TO) CASE(TYPE)
		CASE(COUNT) CASE(CLEAN) CASE(CLEAN_BLOCK) CASE(BODY) CASE(LOOKUP) CASE(DROP)
		CASE(NEUTRAL) CASE(LOOKUP_AS) CASE(AT) CASE(APPEND) CASE(RENAME) CASE(RETIRE)
		CASE(MOVE) CASE(OVER) CASE(CHANGE) CASE(EMBED) CASE(REST_OF) CASE(RANGE) CASE(RO)
		CASE(RW) CASE(RARE) CASE(HIGH) CASE(LISTS) CASE(ROLE) CASE(NAMED) CASE(UNNAMED)
		CASE(MEMORY) CASE(IMAGES) CASE(PAGES) CASE(MASKS) CASE(TAKEN_FIELDS) CASE(PICK)
		CASE(NEWEST) CASE(NAMES) CASE(ERRATUM) CASE(YES) CASE(NO) CASE(FOR) CASE(WHEN)
		CASE(BY) CASE(LIST) CASE(LOST) CASE(KINDS)
	}
#undef CASE
	return NULL;
}

/* A line for each node, with its own content; its children are one step to the right. */
static void dump_node(struct text *text, const struct node *node, unsigned int depth)
{
	put_place(text, node->pos);
	text_put(text, "\t");
	text_fill(text, ' ', 2 * depth);
	text_put(text, node_kind_name(node->kind));
	if (node->name)
		text_printf(text, " %s%s%s", node->name, node->text ? "/" : "",
			    node->text ? node->text : "");
	else if (node->number || node->kind == NODE_NUMBER)
		text_printf(text, " %lld", (long long)node->number);
	text_put(text, "\n");
	for (const struct node *child = node->children; child; child = child->next)
		dump_node(text, child, depth + 1);
}

/*
 * The resolved spec
 */

static void put_relations(struct text *text, const char *what, const struct relations *relations,
			  bool fields)
{
	for (size_t i = 0; i < relations->count; i++)
		text_printf(text, "%s%s", i ? "," : what,
			    fields ? relations->of[i].field->name : relations->of[i].control->name);
}

static void dump_field(struct text *text, const struct field *field)
{
	put_place(text, field->pos);
	text_printf(text, "\tfield %s 0x%04x%s%s%s%s\n", field->name, field->encoding,
		    field->tlfs ? " tlfs " : "", field->tlfs ? field->tlfs : "",
		    field_has_high(field) ? " high" : "", field_changes(field) ? " changes" : "");
}

static void dump_control(struct text *text, const struct control *control)
{
	put_place(text, control->pos);
	text_printf(text, "\tcontrol %s bit %u of %s", control->name, control->bit,
		    control->word->field->name);
	put_relations(text, " adds ", &control->adds, true);
	put_relations(text, " uses ", &control->uses, true);
	put_relations(text, " needs ", &control->needs, false);
	put_relations(text, " excludes ", &control->excludes, false);
	text_put(text, "\n");
}

static void dump_member(struct text *text, const struct revision *revision,
			const struct member *member)
{
	const char *group = group_name(revision->layout, member->group);

	put_place(text, member->pos);
	text_printf(text, "\t  %u %s %ux%u%s", member->offset, member->name, member->size,
		    member->count, member->pad ? " pad" : "");
	if (member->field)
		text_printf(text, " field 0x%04x", member->field->encoding);
	if (group)
		text_printf(text, " clean %s", group);
	text_printf(text, "%s%s%s%s\n", member_lookup(member) & LOOKUP_FULL ? " lookup" : "",
		    member_lookup(member) & LOOKUP_HIGH ? " lookup-high" : "",
		    member->copy & COPY_ENTRY ? " entry" : "",
		    member->copy & COPY_EXIT ? " exit" : "");
}

static void dump_revision(struct text *text, const struct revision *revision)
{
	put_place(text, revision->pos);
	if (revision->alias_of) {
		text_printf(text, "\trevision %s same as %s\n", revision->path,
			    revision->alias_of->path);
		return;
	}
	text_printf(text, "\trevision %s%s%s id 0x%08x bytes %u%s\n", revision->path,
		    revision->from ? " from " : "", revision->from ? revision->from->path : "",
		    revision->id, revision->size, revision->state == PLACED ? "" : " not placed");
	for (size_t i = 0; i < revision->count; i++)
		dump_member(text, revision, &revision->members[i]);
}

static void put_takings(struct text *text, const char *what, const struct takings *takings)
{
	for (size_t i = 0; i < takings->count; i++)
		text_printf(text, "%s%s as %s", i ? ", " : what, takings->of[i].revision->path,
			    takings->of[i].name);
}

static void dump_target(struct text *text, const struct target *target)
{
	put_place(text, target->pos);
	text_printf(text, "\ttarget %s", target->name);
	put_takings(text, " memory ", &target->memory);
	put_takings(text, " images ", &target->images);
	put_takings(text, " pages ", &target->pages);
	for (size_t i = 0; i < target->mask_count; i++)
		text_printf(text, "%s%s", i ? ", " : " masks ", target->masks[i]->path);
	text_put(text, "\n");
}

static void dump_spec(struct text *text, const struct spec *spec)
{
	for (size_t i = 0; i < spec->field_count; i++)
		dump_field(text, spec->fields[i]);
	for (size_t i = 0; i < spec->control_count; i++)
		dump_control(text, spec->controls[i]);
	for (size_t i = 0; i < spec->layout_count; i++)
		for (size_t j = 0; j < spec->layouts[i]->count; j++)
			dump_revision(text, spec->layouts[i]->revisions[j]);
	for (size_t i = 0; i < spec->target_count; i++)
		dump_target(text, spec->targets[i]);
}

/*
 * The model
 */

struct model_dump {
	struct arena *arena;
	struct text *text;
	struct table paths;		/* of the maps that were printed */
};

/* A value a line, after its path.  A map that is in several others is printed once. */
static void dump_value(struct model_dump *dump, const char *path, const struct value *value)
{
	const char *before;

	switch ((enum value_kind)value->kind) {
	case VALUE_TEXT:
		text_printf(dump->text, "%s\t%.*s\n", path, (int)value->len, value->text);
		break;
	case VALUE_FLAG:
		text_printf(dump->text, "%s\t%s\n", path, value->flag ? "true" : "false");
		break;
	case VALUE_LIST:
		for (uint32_t i = 0; i < value->list->count; i++)
			dump_value(dump, arena_printf(dump->arena, "%s[%u]", path, i),
				   value->list->elements[i]);
		break;
	case VALUE_MAP:
		before = table_add_object(&dump->paths, value, (void *)path);
		if (before)
			text_printf(dump->text, "%s\tas %s\n", path, before);
		for (uint32_t i = 0; !before && i < value->map->count; i++) {
			const struct entry *entry = &value->map->entries[i];

			dump_value(dump, arena_printf(dump->arena, "%s%s%s", path,
						      *path ? "." : "", entry->key),
				   &entry->value);
		}
		break;
	case VALUE_SAME:
		dump_value(dump, path, value->same);
		break;
	}
}

static void dump_model(struct session *session, struct text *text)
{
	struct model_dump dump = { .arena = &session->arena, .text = text };
	struct model model;

	model_init(&model, &session->spec, false);
	dump_value(&dump, "", model_spec(&model));
	table_free(&dump.paths);
	model_free(&model);
}

enum exit_status verb_dump(const struct options *options)
{
	struct text text = { 0 };
	struct session session;
	bool sound;

	session_begin(&session, options);
	sound = session_read_checked(&session);
	if (!strcmp(options->dump, "tokens"))
		dump_tokens(&session, &text);
	else if (!strcmp(options->dump, "tree"))
		dump_node(&text, session.tree, 0);
	else if (!strcmp(options->dump, "spec"))
		dump_spec(&text, &session.spec);
	else if (sound)
		dump_model(&session, &text);
	output_print(&session.messages, &text);
	text_free(&text);
	return session_end(&session);
}
