// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "language/frozen.h"
#include "language/resolve.h"

struct table_reader {
	struct spec *spec;
	struct source *source;
	const char *at;			/* what is read next */
	bool faulty;			/* that was reported, and the rest is not read */
};

const char *frozen_path(struct arena *arena, const char *file, const struct revision *revision)
{
	const char *slash = strrchr(file, '/');

	return arena_printf(arena, "%.*sfrozen/%s.csv", slash ? (int)(slash + 1 - file) : 0, file,
			    revision->path);
}

void frozen_put_row(struct text *text, const struct layout *layout, const struct member *member)
{
	const char *group = group_c_name(layout, member->group);

	text_printf(text, "%s,%u,%u,%u,", member->name, member->offset, member->size,
		    member->count);
	if (member->field)
		text_printf(text, "0x%08x", member->field->encoding);
	text_put(text, ",");
	for (; group && *group; group++)
		text_add(text, &(char){ toupper((unsigned char)*group) }, 1);
}

const struct member *frozen_member(const struct revision *revision,
				   const struct frozen_row *row)
{
	const struct member *member = NULL;

	if (row->encoded)
		member = table_number(&revision->by_encoding, row->encoding);
	if (!member)
		member = table_name(&revision->by_name, row->name);
	return member && !member->pad ? member : NULL;
}

bool frozen_row_holds(const struct layout *layout, const struct frozen_row *row,
		      const struct member *member)
{
	const char *group = group_c_name(layout, member->group);

	return row->offset == member->offset && row->size == member->size &&
	       row->count == member->count && row->encoded == !!member->field &&
	       (!member->field || row->encoding == member->field->encoding) &&
	       !strcasecmp(group ? group : "", row->group);
}

static void refuse(struct table_reader *reader, const char *expected)
{
	struct srcpos pos = { reader->source, reader->at - reader->source->bytes, 1 };

	if (!reader->faulty)
		report_error(reader->spec->messages, pos, "expected %s", expected);
	reader->faulty = true;
}

/* Accept the text at the end of a cell, or as the first line. */
static void take_text(struct table_reader *reader, const char *text, const char *expected)
{
	size_t len = strlen(text);

	/* An editor, or git, may have put it there. */
	if (*text == '\n' && !strncmp(reader->at, "\r\n", 2))
		reader->at++;
	if (strncmp(reader->at, text, len))
		refuse(reader, expected);
	else
		reader->at += len;
}

static const char *take_word(struct table_reader *reader)
{
	const char *word = reader->at;

	while (isalnum((unsigned char)*reader->at) || *reader->at == '_')
		reader->at++;
	return names_intern(reader->spec->names, word, reader->at - word);
}

/* `freeze` writes letters in one case only. */
static bool is_in_case(const char *at, const char *end, int (*other)(int c))
{
	while (at < end && !other((unsigned char)*at))
		at++;
	return at == end;
}

/* A number in its only spelling: decimal, or an encoding as 0x0000681e. */
static uint32_t take_number(struct table_reader *reader, int base)
{
	const char *at = reader->at;
	unsigned long number;
	char *end;

	errno = 0;
	number = strtoul(at, &end, base);
	if (!isdigit((unsigned char)*at) || errno || number > UINT32_MAX ||
	    (base == 16 ? at[1] != 'x' || end - at != 10 || !is_in_case(at, end, isupper) :
			  *at == '0' && end - at > 1))
		refuse(reader, base == 16 ? "an encoding, 0x and eight digits" :
					    "a decimal number of up to 32 bits");
	else
		reader->at = end;
	take_text(reader, ",", "','");
	return number;
}

static void take_frozen_row(struct table_reader *reader, struct frozen_row *row)
{
	const char *group;

	row->pos = (struct srcpos){ reader->source, reader->at - reader->source->bytes,
				    strcspn(reader->at, "\n") };
	row->name = take_word(reader);
	if (!*row->name || isdigit((unsigned char)*row->name))
		refuse(reader, "a name");
	take_text(reader, ",", "','");
	row->offset = take_number(reader, 10);
	row->size = take_number(reader, 10);
	row->count = take_number(reader, 10);
	row->encoded = *reader->at != ',';
	if (row->encoded)
		row->encoding = take_number(reader, 16);
	else
		reader->at++;
	group = reader->at;
	row->group = take_word(reader);
	if (!is_in_case(group, reader->at, islower)) {
		reader->at = group;
		refuse(reader, "a group in capitals");
	}
	take_text(reader, "\n", "the end of the line");
}

static void read_rows(struct table_reader *reader, struct frozen *frozen)
{
	size_t room = 0;

	for (const char *c = reader->at; *c; c++)
		room += *c == '\n';
	frozen->rows = arena_alloc(reader->spec->arena, (room + 1) * sizeof(*frozen->rows));
	while (!reader->faulty && *reader->at) {
		struct frozen_row *row = &frozen->rows[frozen->count];

		take_frozen_row(reader, row);
		if (frozen->count++ && row->offset <= row[-1].offset && !reader->faulty) {
			report_error(reader->spec->messages, row->pos,
				     "the rows are not in the order of their offsets");
			reader->faulty = true;
		}
	}
}

static void read_table(struct spec *spec, struct parse *parse, struct frozen *frozen)
{
	/* The name of a commit's file begins with COMMIT and a colon. */
	size_t prefix = parse->files ? strlen(parse->commit) + 1 : 0;
	const char *path = frozen_path(spec->arena, frozen->pos.source->path + prefix,
				       frozen->revision);
	struct table_reader reader = { .spec = spec };

	if (!parse->files && access(path, F_OK) && errno == ENOENT) {
		if (parse->tables == TABLES_ALL)
			report_error(spec->messages, frozen->pos,
				     "there is no table '%s': 'vmcsgen freeze %s' writes it", path,
				     frozen->revision->path);
		return;
	}
	reader.source = parse_read(parse, path, frozen->pos);
	if (!reader.source)
		return;
	reader.at = reader.source->bytes;
	take_text(&reader, FROZEN_HEADER, "the line '" FROZEN_HEADER "'");
	take_text(&reader, "\n", "the end of the line");
	read_rows(&reader, frozen);
	frozen->has_table = !reader.faulty;
}

void resolve_frozen(struct spec *spec, struct parse *parse, const struct node *node)
{
	const struct node *path = node->children;
	struct revision *revision = resolve_revision_name(spec, NULL, path);

	if (!revision || revision->state != PLACED)
		return;
	for (size_t i = 0; i < spec->frozen_count; i++)
		if (spec->frozen[i].revision == revision) {
			report_error(spec->messages, path->pos, "'%s/%s' is frozen already",
				     path->name, path->text);
			report_note(spec->messages, spec->frozen[i].pos, "it is frozen here");
			return;
		}
	spec->frozen[spec->frozen_count] = (struct frozen){ revision, .pos = path->pos };
	if (parse->tables != TABLES_UNREAD)
		read_table(spec, parse, &spec->frozen[spec->frozen_count]);
	spec->frozen_count++;
}
