// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Renders one template with the values on stdin, for tests/template.t:
 *
 *	template-driver [-c] FOLDER PATH <VALUES
 *
 * -c colours the messages.  The values are records that end with a NUL byte:
 *
 *	{KEY	a map; its entries follow, up to a record "}"
 *	[KEY	a list; its elements follow, up to a record "]"
 *	"KEY	a text, which is the next record
 *	0KEY	a number, which is the next record
 *	+KEY	the flag true
 *	-KEY	the flag false
 *
 * The outermost is a map.  KEY is empty in a list.  Exits as vmcsgen would.
 */
#include <stdlib.h>
#include <string.h>

#include "emit/template.h"

struct records {
	char *at;
	size_t size, room;
	char *bytes;
};

static void read_records(struct records *records)
{
	size_t got;

	do {
		records->bytes = grow(records->bytes, &records->room, records->size + 4096, 1);
		got = fread(records->bytes + records->size, 1, 4096, stdin);
		records->size += got;
	} while (got);
	records->at = records->bytes;
}

static char *next_record(struct records *records)
{
	char *record = records->at;

	if (record >= records->bytes + records->size)
		exit(EXIT_WRONG_USAGE);
	records->at += strlen(record) + 1;
	return record;
}

static void fill(struct maker *maker, struct value *outer, struct records *records);

/* An element of a list, for which the calls that enter things in maps do not do. */
static struct value *make(struct maker *maker, char kind, struct records *records)
{
	struct value *value = kind == '{' ? value_map(maker) : value_list(maker);

	if (kind == '{' || kind == '[')
		fill(maker, value, records);
	else
		value = value_text(maker, next_record(records));
	return value;
}

static void enter(struct maker *maker, struct value *map, const char *record,
		  struct records *records)
{
	const char *key = record + 1;

	switch (record[0]) {
	case '"':
		map_text(maker, map, key, next_record(records));
		break;
	case '0':
		map_number(maker, map, key, strtoull(next_record(records), NULL, 10));
		break;
	case '+':
	case '-':
		map_flag(maker, map, key, record[0] == '+');
		break;
	default:
		map_value(maker, map, key, make(maker, record[0], records));
	}
}

static void fill(struct maker *maker, struct value *outer, struct records *records)
{
	for (;;) {
		const char *record = next_record(records);

		if (record[0] == '}' || record[0] == ']')
			return;
		if (outer->kind == VALUE_MAP)
			enter(maker, outer, record, records);
		else
			list_add(maker, outer, make(maker, record[0], records));
	}
}

/* Only what was rendered without fault is written. */
static void render(struct templates *templates, const char *path, const struct value *value)
{
	struct template *template = template_get(templates, path);
	struct text text = { 0 };

	if (template && template_render(templates, template, value, &text) && text.len)
		fwrite(text.bytes, 1, text.len, stdout);
	text_free(&text);
	templates_free(templates);
}

int main(int argc, char **argv)
{
	bool colour = argc > 1 && !strcmp(argv[1], "-c");
	struct messages messages = { .to = stderr, .colour = colour };
	struct source *sources = NULL;
	struct arena arena = { 0 };
	struct names names;
	struct maker maker = { .arena = &arena, .names = &names };
	struct templates templates = {
		.arena = &arena, .names = &names, .messages = &messages, .sources = &sources,
	};
	struct records records = { 0 };
	struct value *root;

	if (argc != 3 + colour)
		return EXIT_WRONG_USAGE;
	templates.folder = argv[1 + colour];
	names_init(&names, &arena);
	read_records(&records);
	next_record(&records);
	root = value_map(&maker);
	fill(&maker, root, &records);
	render(&templates, argv[2 + colour], root);
	free(records.bytes);
	names_free(&names);
	arena_free(&arena);
	return fflush(stdout) ? EXIT_FAILED_IO : (int)messages.status;
}
