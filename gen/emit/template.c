// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdlib.h>
#include <string.h>

#include "emit/tags.h"

/* The templates being parsed, from the one asked for to the innermost partial. */
struct parser {
	struct templates *templates;
	struct template *template;
	const struct parser *outer;	/* whose partial this is */
	unsigned int partials;		/* that this one is in */
	struct srcpos asked;		/* the tag there that names it */
	const char *bytes;
	size_t at, end;
	struct tag *tags;
	size_t count, room;
	uint32_t open[SECTIONS_MAX];	/* the sections not closed yet */
	size_t depth;
	bool broken;
};

/* A tag as it stands in the source; offsets of its bytes. */
struct braces {
	size_t start, end;		/* the braces included */
	size_t name, name_end;
	char sigil;			/* ' ' for a plain variable */
};

static struct template *template_parse(struct templates *templates, const char *path,
				       const struct parser *outer, struct srcpos asked);

static struct srcpos parser_pos(const struct parser *parser, size_t start, size_t end)
{
	return (struct srcpos){ parser->template->source, (uint32_t)start,
				(uint32_t)(end - start) };
}

static void report_part(struct parser *parser, size_t start, size_t end, const char *text)
{
	report_error(parser->templates->messages, parser_pos(parser, start, end), "%s", text);
	parser->broken = true;
}

static struct tag *tag_new(struct parser *parser, enum tag_kind kind, size_t start, size_t end)
{
	struct tag *tag;

	parser->tags = grow(parser->tags, &parser->room, parser->count + 1, sizeof(*tag));
	tag = &parser->tags[parser->count++];
	*tag = (struct tag){
		.kind = kind, .start = (uint32_t)start, .len = (uint32_t)(end - start),
	};
	return tag;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool begins_line(const struct parser *parser, size_t at)
{
	return !at || parser->bytes[at - 1] == '\n';
}

/* The offset after the line end at @at, or @at if no line ends there. */
static size_t skip_line_end(const struct parser *parser, size_t at)
{
	if (at < parser->end && parser->bytes[at] == '\n')
		return at + 1;
	if (at + 1 < parser->end && parser->bytes[at] == '\r' && parser->bytes[at + 1] == '\n')
		return at + 2;
	return at;
}

/* A partial's lines are indented with the tag that names it, but not empty ones. */
static void add_indent(struct parser *parser, size_t at)
{
	if (parser->outer && begins_line(parser, at) && skip_line_end(parser, at) == at)
		tag_new(parser, TAG_INDENT, at, at);
}

static void add_text(struct parser *parser, size_t start, size_t end)
{
	while (start < end) {
		size_t stop = end;

		if (parser->outer) {
			const char *newline = memchr(parser->bytes + start, '\n', end - start);

			stop = newline ? (size_t)(newline - parser->bytes) + 1 : end;
			add_indent(parser, start);
		}
		tag_new(parser, TAG_TEXT, start, stop);
		start = stop;
	}
}

/*
 * Whether the tag is alone on its line or lines, which then yield no text.  If so, @start and @end
 * become those of the lines, with blanks and line end.
 */
static bool is_standalone(const struct parser *parser, size_t *start, size_t *end)
{
	size_t from = *start, to = *end;

	while (from && is_blank(parser->bytes[from - 1]))
		from--;
	while (to < parser->end && is_blank(parser->bytes[to]))
		to++;
	if (!begins_line(parser, from) ||
	    (to < parser->end && skip_line_end(parser, to) == to))
		return false;
	*start = from;
	*end = skip_line_end(parser, to);
	return true;
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		c == '_' || c == '-';
}

/*
 * Whether a tag's name is valid: words joined by dots, or a single dot.  A partial's name is a file
 * directly in partials/.
 */
static bool is_name(const char *name, size_t len, bool partial)
{
	if (len == 1 && name[0] == '.' && !partial)
		return true;
	for (size_t i = 0; i < len; i++) {
		bool joint = name[i] == '.' || (partial && name[i] == '/');

		if (joint ? !i || i + 1 == len || !is_name_char(name[i - 1]) :
			    !is_name_char(name[i]))
			return false;
	}
	return len;
}

static size_t line_end(const struct parser *parser, size_t at)
{
	const char *newline = memchr(parser->bytes + at, '\n', parser->end - at);
	size_t end = newline ? (size_t)(newline - parser->bytes) : parser->end;

	return end > at && parser->bytes[end - 1] == '\r' ? end - 1 : end;
}

/*
 * The closing braces: of a comment in the whole source, else on the tag's line, so that stray
 * braces do not swallow half of the file.
 */
static const char *find_close(const struct parser *parser, size_t at, char sigil)
{
	const char *close = parser->bytes + at, *end = parser->bytes + parser->end;
	const char *braces = sigil == '{' ? "}}}" : "}}";

	for (; close < end && (sigil == '!' || *close != '\n'); close++)
		if (*close == '}' && !strncmp(close, braces, strlen(braces)))
			return close;
	return NULL;
}

/* Parse the tag at the parser's place.  False after a message if it has no end. */
static bool take_braces(struct parser *parser, struct braces *braces)
{
	const char *bytes = parser->bytes, *close;
	size_t at = parser->at + 2;

	*braces = (struct braces){ .start = parser->at, .sigil = ' ' };
	if (at < parser->end && strchr("{&#^/!>=<$", bytes[at]))
		braces->sigil = bytes[at++];
	close = find_close(parser, at, braces->sigil);
	if (!close) {
		braces->end = line_end(parser, parser->at);
		report_part(parser, braces->start, braces->end,
			    braces->sigil == '!' ? "this comment is not closed with '}}'" :
			    braces->sigil == '{' ? "this tag is not closed with '}}}' on its line" :
						   "this tag is not closed with '}}' on its line");
		return false;
	}
	braces->name = at;
	braces->name_end = (size_t)(close - bytes);
	braces->end = braces->name_end + (braces->sigil == '{' ? 3 : 2);
	while (braces->name < braces->name_end && is_blank(bytes[braces->name]))
		braces->name++;
	while (braces->name < braces->name_end && is_blank(bytes[braces->name_end - 1]))
		braces->name_end--;
	return true;
}

/* What Mustache has and this does not; NULL for anything else. */
static const char *unsupported(const struct parser *parser, const struct braces *braces)
{
	switch (braces->sigil) {
	case '=':
		return "the delimiters of tags can't be set";
	case '<':
		return "a template can't inherit from another";
	case '$':
		return "a template has no blocks";
	case '>':
		return parser->bytes[braces->name] == '*' ?
			"the name of a partial can't come from a variable" : NULL;
	default:
		return NULL;
	}
}

static bool check_name(struct parser *parser, const struct braces *braces)
{
	const char *name = parser->bytes + braces->name;
	size_t len = braces->name_end - braces->name;
	const char *missing = unsupported(parser, braces);

	if (missing)
		report_part(parser, braces->start, braces->end, missing);
	else if (!len)
		report_part(parser, braces->start, braces->end, "this tag has no name");
	else if (!is_name(name, len, braces->sigil == '>'))
		report_part(parser, braces->name, braces->name_end, "this is not a name");
	else
		return true;
	return false;
}

/* Split the name of @tag, in the source, at its dots. */
static void set_keys(struct parser *parser, struct tag *tag)
{
	const char *name = parser->bytes + tag->start, *end = name + tag->len, *dot;
	struct key *key;

	if (tag->len == 1 && name[0] == '.')
		return;
	tag->key_count = 1;
	for (dot = name; dot < end; dot++)
		tag->key_count += *dot == '.';
	key = tag->keys = arena_alloc(parser->templates->arena, tag->key_count * sizeof(*key));
	for (; name < end; name = dot + 1, key++) {
		dot = memchr(name, '.', (size_t)(end - name));
		if (!dot)
			dot = end;
		key->name = names_intern(parser->templates->names, name, (size_t)(dot - name));
	}
}

/* A faulty tag opens a section, too: else its closing tag would be reported as well. */
static void open_section(struct parser *parser, const struct braces *braces, bool good)
{
	enum tag_kind kind = braces->sigil == '#' ? TAG_SECTION : TAG_INVERTED;
	struct tag *tag;

	if (parser->depth == SECTIONS_MAX) {
		report_part(parser, braces->start, braces->end,
			    "sections are nested too deep here");
		parser->at = parser->end;
		parser->depth = 0;	/* nor is it worth telling what is not closed */
		return;
	}
	parser->open[parser->depth++] = (uint32_t)parser->count;
	tag = tag_new(parser, kind, braces->name, braces->name_end);
	if (good)
		set_keys(parser, tag);
}

/* Whether a section with this name is open, at most @depth levels out. */
static bool is_section(const struct parser *parser, size_t depth, const char *name, size_t len)
{
	const struct tag *tag = &parser->tags[parser->open[depth]];

	return tag->len == len && !memcmp(parser->bytes + tag->start, name, len);
}

/* The innermost section lacks its end at the place from @start to @end. */
static void fail_open(struct parser *parser, size_t start, size_t end, const char *what)
{
	struct messages *messages = parser->templates->messages;
	const struct tag *tag = &parser->tags[parser->open[parser->depth - 1]];

	report_error(messages, parser_pos(parser, start, end), "section '%.*s' %s",
		     (int)tag->len, parser->bytes + tag->start, what);
	report_note(messages, parser_pos(parser, tag->start, tag->start + tag->len),
		    "it was opened here");
	parser->broken = true;
}

/*
 * A closing tag that does not fit the innermost section closes the nearest open one of its name; if
 * there is none, it is misspelt.
 */
static void close_section(struct parser *parser, const struct braces *braces)
{
	const char *name = parser->bytes + braces->name;
	size_t len = braces->name_end - braces->name, depth = parser->depth;

	if (!depth) {
		report_part(parser, braces->start, braces->end, "no section is open here");
		return;
	}
	while (depth && !is_section(parser, depth - 1, name, len))
		depth--;
	if (depth < parser->depth)
		fail_open(parser, braces->name, braces->name_end, "must be closed first");
	if (depth)
		parser->depth = depth;
	parser->tags[parser->open[--parser->depth]].end = (uint32_t)parser->count;
}

/* @start is where the tag's line begins if it is @alone there: its indentation. */
static void add_partial(struct parser *parser, const struct braces *braces, bool alone,
			size_t start)
{
	struct templates *templates = parser->templates;
	int len = (int)(braces->name_end - braces->name);
	const char *path = arena_printf(templates->arena, "partials/%.*s", len,
					parser->bytes + braces->name);
	struct template *partial = template_parse(templates, path, parser,
			parser_pos(parser, braces->name, braces->name_end));
	struct tag *tag = tag_new(parser, TAG_PARTIAL, start, braces->start);

	tag->alone = alone;
	tag->partial = partial;
	if (partial->state != TEMPLATE_FINE)
		parser->broken = true;
}

static void add_variable(struct parser *parser, const struct braces *braces)
{
	struct tag *tag = tag_new(parser, TAG_VARIABLE, braces->name, braces->name_end);

	tag->raw = braces->sigil != ' ';
	set_keys(parser, tag);
}

/* A line with nothing but tags vanishes, unless one is a variable. */
static void take_tag(struct parser *parser, size_t text, const struct braces *braces)
{
	size_t start = braces->start, end = braces->end;
	bool alone = !strchr(" {&", braces->sigil) && is_standalone(parser, &start, &end);
	bool good = strchr("!/", braces->sigil) || check_name(parser, braces);

	add_text(parser, text, start);
	if (!alone)
		add_indent(parser, start);
	parser->at = end;
	if (strchr("#^<$", braces->sigil))
		open_section(parser, braces, good);
	else if (braces->sigil == '/')
		close_section(parser, braces);
	else if (good && braces->sigil == '>')
		add_partial(parser, braces, alone, start);
	else if (good && braces->sigil != '!')
		add_variable(parser, braces);
}

static void parse_source(struct parser *parser)
{
	struct braces braces;

	while (parser->at < parser->end) {
		size_t text = parser->at;
		const char *open = strstr(parser->bytes + text, "{{");

		parser->at = open ? (size_t)(open - parser->bytes) : parser->end;
		if (!open)
			add_text(parser, text, parser->end);
		else if (take_braces(parser, &braces))
			take_tag(parser, text, &braces);
		else
			parser->at = braces.sigil == '!' ? parser->end : braces.end;
	}
	for (; parser->depth; parser->depth--)
		fail_open(parser, parser->end, parser->end, "is not closed");
}

/* Move the parsed tags to their final place. */
static void keep_tags(struct parser *parser)
{
	struct template *template = parser->template;
	size_t size = parser->count * sizeof(*template->tags);

	template->tags = arena_alloc(parser->templates->arena, size);
	template->count = parser->count;
	if (size)
		memcpy(template->tags, parser->tags, size);
	free(parser->tags);
	template->state = parser->broken ? TEMPLATE_BROKEN : TEMPLATE_FINE;
}

static void report_cycle(const struct parser *parser, const struct template *partial,
			 struct srcpos asked)
{
	struct messages *messages = parser->templates->messages;

	report_error(messages, asked, "this partial includes itself");
	for (; parser->template != partial; parser = parser->outer)
		report_note(messages, parser->asked, "by way of this tag");
}

/* The template in @path, parsed now or before; @outer is NULL for no partial. */
static struct template *template_parse(struct templates *templates, const char *path,
				       const struct parser *outer, struct srcpos asked)
{
	const char *name = name_of(templates->names, path);
	struct template *template = table_name(&templates->parsed, name);
	struct parser parser = { .templates = templates, .outer = outer, .asked = asked,
				 .partials = outer ? outer->partials + 1 : 0 };

	if (template) {
		if (template->state == TEMPLATE_PARSING)
			report_cycle(outer, template, asked);
		return template;
	}
	template = arena_alloc(templates->arena, sizeof(*template));
	*template = (struct template){ .escape = escape_of(path), .state = TEMPLATE_BROKEN };
	table_add_name(&templates->parsed, name, template);
	if (parser.partials > PARTIALS_MAX) {
		report_error(templates->messages, asked, "partials are nested too deep here");
		return template;
	}
	template->source = source_read(templates->arena, templates->messages,
			arena_printf(templates->arena, "%s/%s", templates->folder, path), asked);
	if (!template->source)
		return template;
	*templates->sources = template->source;
	templates->sources = &template->source->next;

	template->state = TEMPLATE_PARSING;
	parser.template = template;
	parser.bytes = template->source->bytes;
	parser.end = template->source->len;
	parse_source(&parser);
	keep_tags(&parser);
	return template;
}

struct template *template_get(struct templates *templates, const char *path)
{
	struct template *template = template_parse(templates, path, NULL, (struct srcpos){ 0 });

	return template->state == TEMPLATE_FINE ? template : NULL;
}

void templates_free(struct templates *templates)
{
	table_free(&templates->parsed);
}
