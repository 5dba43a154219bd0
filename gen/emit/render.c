// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <string.h>

#include "emit/tags.h"

static const struct value yes = { .kind = VALUE_FLAG, .flag = true };
static const struct value no = { .kind = VALUE_FLAG };

/* The context stack: the values of the sections around a tag, the innermost first. */
struct frame {
	const struct value *value;
	const struct frame *outer;
	const struct list *list;	/* that the value is an element of, or NULL */
	uint32_t index;			/* in the list */
};

struct render {
	struct messages *messages;
	struct template *template;	/* the partial being rendered, or the template */
	escape *escape;			/* of the template asked for, in its partials too */
	const char *first, *last;	/* interned */
	struct text *text;
	struct text indent;		/* of all partials around the tag ... */
	size_t indent_from;		/* ... of which this one's lines have the rest */
	bool failed;
};

static void render_tags(struct render *render, size_t from, size_t to, const struct frame *frame);

static struct srcpos key_pos(const struct render *render, const struct tag *tag, size_t key)
{
	struct srcpos pos = { render->template->source, tag->start, tag->len };

	for (size_t i = 0; tag->key_count && i <= key; i++) {
		pos.len = (uint32_t)strlen(tag->keys[i].name);
		if (i < key)
			pos.start += pos.len + 1;
	}
	return pos;
}

/* A loop meets the same fault each time: report it once. */
static bool report_first(struct render *render, struct tag *tag)
{
	bool first = !tag->reported;

	render->failed = true;
	tag->reported = true;
	return first;
}

static const struct value *unknown(struct render *render, struct tag *tag, size_t key,
				   const struct value *map)
{
	static const char *const kinds[] = {
		[VALUE_TEXT] = "a text", [VALUE_FLAG] = "a flag", [VALUE_LIST] = "a list",
	};
	const char *name = tag->keys[key].name;
	struct srcpos pos = key_pos(render, tag, key);

	if (!report_first(render, tag))
		return NULL;
	if (!key)
		report_error(render->messages, pos, "unknown name '%s'", name);
	else if (map->kind == VALUE_MAP)
		report_error(render->messages, pos, "unknown name '%s' in '%s'", name,
			     tag->keys[key - 1].name);
	else
		report_error(render->messages, pos, "unknown name '%s': '%s' is %s, not a map",
			     name, tag->keys[key - 1].name, kinds[map->kind]);
	return NULL;
}

/* The value of @key here.  An element's own key hides the built-in of its name. */
static const struct value *find_value(const struct render *render, const struct frame *frame,
				struct key *key)
{
	for (; frame; frame = frame->outer) {
		const struct value *value = value_get(frame->value, key);

		if (value)
			return value;
		if (!frame->list)
			continue;
		if (key->name == render->first)
			return !frame->index ? &yes : &no;
		if (key->name == render->last)
			return frame->index + 1 == frame->list->count ? &yes : &no;
	}
	return NULL;
}

/* The value that @tag names, or NULL after a message. */
static const struct value *resolve(struct render *render, struct tag *tag,
				   const struct frame *frame)
{
	const struct value *value, *map = NULL;

	if (!tag->key_count)
		return frame->value;
	value = find_value(render, frame, &tag->keys[0]);
	for (size_t i = 0; i < tag->key_count; i++) {
		if (i)
			value = value_get(map, &tag->keys[i]);
		if (!value)
			return unknown(render, tag, i, map);
		map = value;
	}
	return value;
}

static bool is_true(const struct value *value)
{
	switch (value->kind) {
	case VALUE_TEXT:
		return value->len;
	case VALUE_FLAG:
		return value->flag;
	case VALUE_LIST:
		return value->list->count;
	default:
		return true;
	}
}

static void render_variable(struct render *render, struct tag *tag, const struct frame *frame)
{
	const struct value *value = resolve(render, tag, frame);

	if (!value)
		return;
	if (value->kind == VALUE_TEXT)
		(tag->raw ? text_add : render->escape)(render->text, value->text, value->len);
	else if (value->kind == VALUE_FLAG)
		text_put(render->text, value->flag ? "true" : "false");
	else if (report_first(render, tag))
		report_error(render->messages, key_pos(render, tag, tag->key_count - 1),
			     "'%.*s' is a %s, which only a section can use", (int)tag->len,
			     render->template->source->bytes + tag->start,
			     value->kind == VALUE_LIST ? "list" : "map");
}

static void render_section(struct render *render, struct tag *tag, size_t body,
			   const struct frame *outer)
{
	const struct value *value = resolve(render, tag, outer);
	struct frame frame = { .value = value, .outer = outer };

	if (!value || is_true(value) != (tag->kind == TAG_SECTION))
		return;
	if (tag->kind == TAG_INVERTED) {
		render_tags(render, body, tag->end, outer);
	} else if (value->kind == VALUE_LIST) {
		frame.list = value->list;
		for (; frame.index < frame.list->count; frame.index++) {
			frame.value = frame.list->elements[frame.index];
			render_tags(render, body, tag->end, &frame);
		}
	} else {
		render_tags(render, body, tag->end, &frame);
	}
}

/*
 * Indent a partial only if it is alone on its line; inside an indented partial both indentations
 * count.
 */
static void render_partial(struct render *render, const struct tag *tag,
			   const struct frame *frame)
{
	struct template *outer = render->template;
	size_t len = render->indent.len, from = render->indent_from;

	if (tag->alone)
		text_add(&render->indent, outer->source->bytes + tag->start, tag->len);
	else
		render->indent_from = len;
	render->template = tag->partial;
	render_tags(render, 0, tag->partial->count, frame);
	render->template = outer;
	render->indent.len = len;
	render->indent_from = from;
}

static void render_indent(struct render *render)
{
	const struct text *indent = &render->indent;

	if (indent->len > render->indent_from)
		text_add(render->text, indent->bytes + render->indent_from,
			 indent->len - render->indent_from);
}

static void render_tags(struct render *render, size_t from, size_t to, const struct frame *frame)
{
	struct tag *tags = render->template->tags;
	const char *bytes = render->template->source->bytes;

	for (size_t i = from; i < to; i++) {
		struct tag *tag = &tags[i];

		switch (tag->kind) {
		case TAG_TEXT:
			text_add(render->text, bytes + tag->start, tag->len);
			break;
		case TAG_INDENT:
			render_indent(render);
			break;
		case TAG_VARIABLE:
			render_variable(render, tag, frame);
			break;
		case TAG_SECTION:
		case TAG_INVERTED:
			render_section(render, tag, i + 1, frame);
			i = tag->end - 1;
			break;
		case TAG_PARTIAL:
			render_partial(render, tag, frame);
			break;
		}
	}
}

bool template_render(struct templates *templates, struct template *template,
		     const struct value *value, struct text *text)
{
	struct frame frame = { .value = value };
	struct render render = {
		.messages = templates->messages,
		.template = template,
		.escape = template->escape,
		.first = name_of(templates->names, "first"),
		.last = name_of(templates->names, "last"),
		.text = text,
	};

	render_tags(&render, 0, template->count, &frame);
	text_free(&render.indent);
	return !render.failed;
}
