// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* A spec of several files: those that it includes, each once. */
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "language/lexer.h"

/* How deep files may include each other, which bounds the recursion that reads them. */
enum { INCLUDES_MAX = 200 };

/* The files on the way from the root to the one being parsed. */
struct includer {
	const char *file;		/* interned, one spelling for each file */
	const char *path;		/* as it was given */
	struct srcpos pos;		/* of the include that asked for it */
	const struct includer *outer;
	unsigned int depth;		/* of those around this one */
};

struct spec_reader {
	struct parse *parse;
	struct table seen;		/* files by their real path */
	struct node *spec;
};

static void read_spec_file(struct spec_reader *reader, struct includer *includer);

struct source *parse_read(struct parse *parse, const char *path, struct srcpos from)
{
	struct source *source;

	if (parse->files)
		source = parse->files->read(parse->arena, parse->messages, parse->commit,
					    parse->folder, path, from);
	else
		source = source_read(parse->arena, parse->messages, path, from);
	if (source) {
		*parse->end = source;
		parse->end = &source->next;
	}
	return source;
}

/* The folder of the file @path, "" if it has none. */
static const char *folder_of(struct parse *parse, const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? arena_copy(parse->arena, path, slash - path) : "";
}

/* The file that @include names, relative to the file that it is in. */
static const char *include_path(struct spec_reader *reader, const struct node *include,
				const struct includer *includer)
{
	const char *name = include->children->name;

	if (!strchr(includer->path, '/') || name[0] == '/')
		return name;
	return arena_printf(reader->parse->arena, "%s/%s",
			    folder_of(reader->parse, includer->path), name);
}

/* One spelling for each file, to recognize it. */
static const char *real_path(struct spec_reader *reader, const char *path)
{
	struct parse *parse = reader->parse;
	const char *name;
	char *real;

	if (parse->files)
		return name_of(parse->names, parse->files->normal_path(parse->arena, path));
	real = realpath(path, NULL);
	name = name_of(parse->names, real ? real : path);
	free(real);
	return name;
}

static bool is_cycle(struct spec_reader *reader, const struct includer *includer)
{
	const struct includer *outer = includer->outer;

	while (outer && outer->file != includer->file)
		outer = outer->outer;
	if (!outer)
		return false;
	report_error(reader->parse->messages, includer->pos, "this file includes itself");
	for (outer = includer->outer; outer->file != includer->file; outer = outer->outer)
		report_note(reader->parse->messages, outer->pos, "by way of this include");
	return true;
}

static void take_statements(struct spec_reader *reader, struct node *file,
			    struct includer *includer)
{
	struct node *statement = file->children;

	file->children = NULL;
	while (statement) {
		struct node *next = statement->next;

		statement->next = NULL;
		if (statement->kind == NODE_INCLUDE) {
			struct includer inner = {
				.path = include_path(reader, statement, includer),
				.pos = statement->children->pos, .outer = includer,
				.depth = includer->depth + 1,
			};

			read_spec_file(reader, &inner);
			node_free(statement);
		} else {
			node_add(reader->spec, statement);
		}
		statement = next;
	}
	node_free(file);
}

static void read_spec_file(struct spec_reader *reader, struct includer *includer)
{
	struct parse *parse = reader->parse;
	struct source *source;

	includer->file = real_path(reader, includer->path);
	if (is_cycle(reader, includer))
		return;
	if (table_add_name(&reader->seen, includer->file, reader))
		return;			/* one file is read once */
	if (includer->depth > INCLUDES_MAX) {
		report_error(parse->messages, includer->pos,
			     "files include each other too deep here");
		return;
	}
	source = parse_read(parse, includer->path, includer->pos);
	parse->lost_file |= !source;
	if (source)
		take_statements(reader, tree_parse_file(parse, source), includer);
}

struct node *tree_parse(struct parse *parse, const char *path)
{
	struct includer root = { .path = path };
	struct spec_reader reader = { .parse = parse };

	parse->folder = folder_of(parse, path);
	parse->end = &parse->sources;
	reader.spec = node_new(NODE_SPEC, (struct srcpos){ 0 });
	read_spec_file(&reader, &root);
	table_free(&reader.seen);
	return reader.spec;
}
