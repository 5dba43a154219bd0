// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The file is cut into tokens; comments are nothing, a preprocessor line is one
 * token.  Then the struct is looked for, and what its members' types need.
 * A struct can be known to be packed only behind its closing brace, so members
 * are gathered first and laid out then.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "header.h"

enum { NESTED_MAX = 8 };		/* structs in structs, and typedefs of typedefs */

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_NUMBER, TOKEN_SYMBOL, TOKEN_DIRECTIVE };

struct token {
	enum token_kind kind;
	const char *name;		/* its text; of a directive the first words */
	struct place place;
};

struct reader {
	struct spec *spec;
	struct messages *messages;
	struct source *source;
	struct token *tokens, *token;	/* all of them, and the next one */
	size_t count, room;
	struct table defines;		/* names to the tokens of their values */
	uint32_t most;			/* bytes that the struct may have */
	unsigned int depth;
	const char *wanted;		/* the tag of the struct that is read */
};

/* A type, or a struct of types. */
struct type {
	uint64_t size;
	uint32_t align;
	struct word *word;		/* of a struct of bit fields */
	bool composite, packed;
	struct declared *members;	/* of a struct: laid out from its start */
};

/* What one declarator declares. */
struct declared {
	struct member member;		/* its name is NULL if it has none */
	struct type type;
	uint64_t offset, count;
	unsigned int width;		/* of a bit field, else 0 */
	struct declared *next;
};

struct declared_list {
	struct declared *first, **end;
};

/*
 * Tokens
 */

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The offset behind the comment that begins at @at, or @at if none does. */
static size_t skip_comment(const struct source *source, size_t at)
{
	const char *bytes = source->bytes + at, *end;

	if (!strncmp(bytes, "//", 2))
		return at + strcspn(bytes, "\n");
	if (strncmp(bytes, "/*", 2))
		return at;
	end = strstr(bytes + 2, "*/");
	return end ? (size_t)(end + 2 - source->bytes) : source->len;
}

/* The offset behind what separates tokens; newlines do unless @line ends there. */
static size_t skip_blanks(const struct source *source, size_t at, bool line)
{
	size_t start;

	do {
		start = at;
		while (isspace((unsigned char)source->bytes[at]) && !(line && source->bytes[at] == '\n'))
			at++;
		if (source->bytes[at] == '\\' && source->bytes[at + 1] == '\n')
			at += 2;
		at = skip_comment(source, at);
	} while (at > start);
	return at;
}

static size_t string_length(const char *bytes)
{
	size_t len = 1;

	while (bytes[len] && bytes[len] != '\n' && bytes[len] != bytes[0])
		len += bytes[len] == '\\' && bytes[len + 1] ? 2 : 1;
	return len + (bytes[len] == bytes[0]);
}

/* The token at @at, which is no blank. */
static struct token token_at(struct reader *reader, size_t at)
{
	const char *bytes = reader->source->bytes + at;
	struct token token = { TOKEN_SYMBOL, NULL, { reader->source, at, 1 } };

	if (at == reader->source->len) {
		token.kind = TOKEN_END;
		token.place.len = 0;
	} else if (is_word(*bytes)) {
		token.kind = isdigit((unsigned char)*bytes) ? TOKEN_NUMBER : TOKEN_WORD;
		while (is_word(bytes[token.place.len]))
			token.place.len++;
	} else if (*bytes == '"' || *bytes == '\'') {
		token.place.len = string_length(bytes);
	} else {
		token.place.len = utf8_length(bytes, reader->source->len - at);
	}
	token.name = names_intern(reader->spec->names, bytes, token.place.len);
	return token;
}

static bool is(const struct token *token, const char *text)
{
	return !strcmp(token->name, text);
}

/* Note what `#define NAME VALUE` says, if the value is one token, or another than before. */
static void take_define(struct reader *reader, size_t at)
{
	struct token name = token_at(reader, at), *value, *before;

	at += name.place.len;
	if (name.kind != TOKEN_WORD || reader->source->bytes[at] == '(')
		return;
	value = arena_alloc(reader->spec->arena, sizeof(*value));
	at = skip_blanks(reader->source, at, true);
	*value = token_at(reader, at);
	at = skip_blanks(reader->source, at + value->place.len, true);
	if (value->kind == TOKEN_NUMBER && at < reader->source->len &&
	    reader->source->bytes[at] != '\n')
		value->kind = TOKEN_SYMBOL;
	before = table_add_name(&reader->defines, name.name, value);
	if (before && before->name != value->name)
		before->kind = TOKEN_SYMBOL;
}

/* The directive at @at, a '#'.  Returns the offset of what ends its line. */
static size_t take_directive(struct reader *reader, struct token *directive, size_t at)
{
	size_t start = at;
	struct token word;

	at = skip_blanks(reader->source, at + 1, true);
	word = token_at(reader, at);
	at += word.kind == TOKEN_WORD ? word.place.len : 0;
	directive->kind = TOKEN_DIRECTIVE;
	directive->name = word.name;
	directive->place = (struct place){ reader->source, start, at - start };
	if (is(&word, "define"))
		take_define(reader, skip_blanks(reader->source, at, true));
	while (at < reader->source->len && reader->source->bytes[at] != '\n') {
		at = skip_blanks(reader->source, at, true);
		if (at == reader->source->len || reader->source->bytes[at] == '\n')
			break;
		word = token_at(reader, at);
		if (is(directive, "pragma") && is(&word, "pack"))
			directive->name = "pragma pack";
		at += word.place.len;
	}
	return at;
}

static void read_tokens(struct reader *reader)
{
	size_t at = 0;
	struct token token;

	do {
		size_t blank = at;
		bool first;

		at = skip_blanks(reader->source, at, false);
		first = !blank || memchr(reader->source->bytes + blank, '\n', at - blank);
		token = token_at(reader, at);
		if (first && is(&token, "#"))
			at = take_directive(reader, &token, at);
		else
			at += token.place.len;
		reader->tokens = grow(reader->tokens, &reader->room, reader->count + 1,
				      sizeof(token));
		reader->tokens[reader->count++] = token;
	} while (token.kind != TOKEN_END);
}

/*
 * Declarations
 */

static bool read_type(struct reader *reader, struct type *type);

/* Report what stands where something else has to.  False, always. */
static bool refuse(struct reader *reader)
{
	const struct token *token = reader->token;

	if (token->kind == TOKEN_END)
		report_error(reader->messages, token->place, "the file ends inside 'struct %s'",
			     reader->wanted);
	else if (token->kind == TOKEN_DIRECTIVE)
		report_error(reader->messages, token->place,
			     "which lines '#%s' leaves in the struct is not known", token->name);
	else
		report_error(reader->messages, token->place, "'%s' is not understood here",
			     token->name);
	return false;
}

static bool take(struct reader *reader, const char *text)
{
	if (reader->token->kind == TOKEN_DIRECTIVE || !is(reader->token, text))
		return false;
	reader->token++;
	return true;
}

static bool expect(struct reader *reader, const char *text)
{
	return take(reader, text) || refuse(reader);
}

static bool is_packed(const struct token *token)
{
	return is(token, "packed") || is(token, "__packed__");
}

/* __packed and __attribute__((packed)), any number of them; other attributes are refused. */
static bool take_attributes(struct reader *reader, bool *packed)
{
	for (;;) {
		if (take(reader, "__packed")) {
			*packed = true;
			continue;
		}
		if (!take(reader, "__attribute__"))
			return true;
		if (!expect(reader, "(") || !expect(reader, "("))
			return false;
		if (!is_packed(reader->token)) {
			report_error(reader->messages, reader->token->place,
				     "the attribute '%s' is not understood; 'packed' is",
				     reader->token->name);
			return false;
		}
		*packed = true;
		reader->token++;
		if (!expect(reader, ")") || !expect(reader, ")"))
			return false;
	}
}

/* A number, or what a name is defined as. */
static bool read_number(struct reader *reader, uint64_t *number)
{
	const struct token *token = reader->token, *value = token;
	char *end;

	if (token->kind == TOKEN_WORD)
		value = table_name(&reader->defines, token->name);
	if (token->kind != TOKEN_WORD && token->kind != TOKEN_NUMBER)
		return refuse(reader);
	if (value && value->kind == TOKEN_NUMBER) {
		bool hexadecimal = !strncasecmp(value->name, "0x", 2);

		*number = strtoull(value->name, &end, hexadecimal ? 16 : 10);
		end += strspn(end, "uUlL");
		if (!*end && (hexadecimal || value->name[0] != '0' || !value->name[1])) {
			reader->token++;
			return true;
		}
	}
	report_error(reader->messages, token->place,
		     "'%s' is neither a number nor defined as one, and only one, in this file",
		     token->name);
	return false;
}

/* The bytes of an integer type by the kernel's names or by Microsoft's, or 0. */
static uint32_t integer_size(const char *name)
{
	static const char * const patterns[] = {
		"u%u", "s%u", "__u%u", "__s%u", "__le%u", "__be%u", "uint%u_t", "int%u_t",
		"UINT%u", "INT%u",
	};
	char spelling[16];

	for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++)
		for (uint32_t size = 1; size <= 8; size *= 2) {
			snprintf(spelling, sizeof(spelling), patterns[i], size * 8);
			if (!strcmp(name, spelling))
				return size;
		}
	return !strcmp(name, "natural_width") || !strcmp(name, "HV_GPA") ? 8 : 0;
}

/* The bytes of C's own integer types, of several words; 0 where none begins. */
static uint32_t take_integer(struct reader *reader)
{
	unsigned int longs = 0, shorts = 0, chars = 0, words = 0;

	for (;; words++) {
		if (take(reader, "long"))
			longs++;
		else if (take(reader, "short"))
			shorts++;
		else if (take(reader, "char"))
			chars++;
		else if (!take(reader, "unsigned") && !take(reader, "signed") && !take(reader, "int"))
			break;
	}
	return !words ? 0 : chars ? 1 : shorts ? 2 : longs ? 8 : 4;
}

/* Behind @token, a `struct`: its tag, or NULL.  *@body is the brace, or NULL. */
static struct token *find_tag(struct token *token, struct token **body)
{
	struct token *tag = NULL;
	int depth = 0;

	for (token++; token->kind == TOKEN_WORD || is(token, "(") || depth; token++) {
		if (token->kind == TOKEN_END)
			break;
		if (token->kind == TOKEN_SYMBOL)
			depth += is(token, "(") ? 1 : is(token, ")") ? -1 : 0;
		else if (!depth && !tag && !is(token, "__packed") && !is(token, "__attribute__"))
			tag = token;
		else if (!depth && tag && !is(token, "__packed") && !is(token, "__attribute__"))
			break;
	}
	*body = token->kind == TOKEN_SYMBOL && is(token, "{") ? token : NULL;
	return tag;
}

/* Remember @token, unless another one has defined the name before: false after a message. */
static bool found(struct reader *reader, struct token **first, struct token *token)
{
	if (*first) {
		report_error(reader->messages, token->place,
			     "'%s' is defined twice, and which one holds is not known", token->name);
		report_note(reader->messages, (*first)->place, "it is defined here, too");
		return false;
	}
	*first = token;
	return true;
}

/*
 * The tokens behind the `struct` or `union` that defines @tag, or NULL in *@there.
 * False if it is defined twice, which has been reported.
 */
static bool find_struct(struct reader *reader, const char *tag, struct token **there)
{
	struct token *first = NULL, *name, *body;

	*there = NULL;
	for (struct token *token = reader->tokens; token->kind != TOKEN_END; token++) {
		if (token->kind != TOKEN_WORD || (!is(token, "struct") && !is(token, "union")))
			continue;
		name = find_tag(token, &body);
		if (!name || name->name != tag || !body)
			continue;
		if (!found(reader, &first, name))
			return false;
		*there = token;
	}
	return true;
}

/* The same of the type for which a typedef lets @name stand. */
static bool find_typedef(struct reader *reader, const char *name, struct token **there)
{
	struct token *first = NULL, *start;
	int depth = 0;

	*there = NULL;
	for (struct token *token = reader->tokens; token->kind != TOKEN_END; token++) {
		if (token->kind != TOKEN_WORD || !is(token, "typedef"))
			continue;
		start = token + 1;
		for (depth = 0; token[1].kind != TOKEN_END && (depth || !is(&token[1], ";")); token++)
			depth += is(&token[1], "{") ? 1 : is(&token[1], "}") ? -1 : 0;
		if (token < start || token->name != name)
			continue;
		if (!found(reader, &first, token))
			return false;
		*there = start;
	}
	return true;
}

/* What read_type() makes of the tokens at @there; then reading goes on here. */
static bool read_there(struct reader *reader, struct token *there, struct type *type)
{
	struct token *here = reader->token;
	bool fine;

	reader->token = there;
	fine = read_type(reader, type);
	reader->token = here;
	return fine;
}

static void append(struct declared_list *list, struct declared *declared)
{
	*list->end = declared;
	list->end = &declared->next;
}

/* One declarator: a name, an array or a bit field of @type. */
static bool read_declarator(struct reader *reader, const struct type *type,
			    struct declared_list *list)
{
	struct declared *new = arena_alloc(reader->spec->arena, sizeof(*new));
	bool packed = false;
	uint64_t width;

	if (reader->token->kind == TOKEN_SYMBOL && is(reader->token, "*")) {
		report_error(reader->messages, reader->token->place,
			     "a pointer has no place in a layout");
		return false;
	}
	if (reader->token->kind != TOKEN_WORD)
		return refuse(reader);
	*new = (struct declared){ .type = *type, .count = 1 };
	new->member = (struct member){ .name = reader->token->name, .group = GROUP_NONE,
				       .place = reader->token->place };
	reader->token++;
	if (take(reader, "[")) {
		const struct token *length = reader->token;

		if (!read_number(reader, &new->count) || !expect(reader, "]"))
			return false;
		if (!new->count || type->composite) {
			report_error(reader->messages, length->place, type->composite ?
				     "an array of structs is not understood" :
				     "an array has at least one element");
			return false;
		}
		new->member.array = true;
	} else if (take(reader, ":")) {
		const struct token *place = reader->token;

		if (!read_number(reader, &width))
			return false;
		if (type->composite || !width || width > type->size * 8) {
			report_error(reader->messages, place->place,
				     "a bit field of this type has no %llu bits",
				     (unsigned long long)width);
			return false;
		}
		new->width = width;
	}
	if (!take_attributes(reader, &packed))
		return false;
	new->type.align = packed ? 1 : type->align;
	append(list, new);
	return true;
}

/* `TYPE NAME, NAME;`, or a struct without a name. */
static bool read_member(struct reader *reader, struct declared_list *list)
{
	struct token *start = reader->token;
	struct type type;

	if (!read_type(reader, &type))
		return false;
	if (type.composite && take(reader, ";")) {
		struct declared *new = arena_alloc(reader->spec->arena, sizeof(*new));

		*new = (struct declared){ .type = type, .count = 1 };
		new->member.place = start->place;
		append(list, new);
		return true;
	}
	do
		if (!read_declarator(reader, &type, list))
			return false;
	while (take(reader, ","));
	return expect(reader, ";");
}

/* Go on behind a faulty member: behind its ';', or in front of the struct's '}'. */
static void skip_member(struct reader *reader)
{
	int depth = 0;

	for (; reader->token->kind != TOKEN_END; reader->token++) {
		if (reader->token->kind != TOKEN_SYMBOL)
			continue;
		if (!depth && is(reader->token, "}"))
			return;
		depth += is(reader->token, "{") ? 1 : is(reader->token, "}") ? -1 : 0;
		if (!depth && take(reader, ";"))
			return;
	}
}

/* The members of a struct or union up to its '}'.  False after messages. */
static bool read_members(struct reader *reader, struct declared_list *list)
{
	bool fine = true;

	while (!take(reader, "}")) {
		if (reader->token->kind == TOKEN_END)
			return refuse(reader);
		if (reader->token->kind == TOKEN_DIRECTIVE &&
		    (is(reader->token, "define") || is(reader->token, "undef"))) {
			reader->token++;
		} else if (reader->token->kind == TOKEN_DIRECTIVE) {
			refuse(reader);
			reader->token++;
			fine = false;
		} else if (!read_member(reader, list)) {
			fine = false;
			skip_member(reader);
		}
	}
	return fine;
}

/*
 * Layout
 */

/* The bit fields of a struct, which has nothing else, as a word. */
static bool make_word(struct reader *reader, struct type *type, const struct declared *members,
		      const struct token *start)
{
	struct word *word = arena_alloc(reader->spec->arena, sizeof(*word));
	unsigned int width = 0;
	size_t count = 0;

	for (const struct declared *member = members; member; member = member->next) {
		if (!member->width || member->type.size != members->type.size) {
			report_error(reader->messages, member->member.place,
				     "bit fields stand in a struct of their own, and have one type");
			return false;
		}
		width += member->width;
		count++;
	}
	*word = (struct word){ .size = members->type.size, .count = count, .place = start->place };
	if (width != word->size * 8) {
		report_error(reader->messages, start->place,
			     "the bit fields have %u bits, not the %u of their type", width,
			     word->size * 8);
		return false;
	}
	word->bits = arena_alloc(reader->spec->arena, count * sizeof(*word->bits));
	count = 0;
	for (const struct declared *member = members; member; member = member->next)
		word->bits[count++] = (struct bits){ member->member.name, member->width,
						     member->member.place };
	type->word = word;
	type->size = word->size;
	type->align = type->packed ? 1 : members->type.align;
	return true;
}

/* A union is what the struct in it is, in as many bytes as the largest member has. */
static bool make_union(struct reader *reader, struct type *type, const struct declared *members,
		       const struct token *start)
{
	const struct declared *chosen = NULL;
	unsigned int structs = 0;

	for (const struct declared *member = members; member; member = member->next) {
		uint64_t size = member->type.size * member->count;

		if (member->type.composite) {
			chosen = member;
			structs++;
		}
		type->size = size > type->size ? size : type->size;
		if (!type->packed && member->type.align > type->align)
			type->align = member->type.align;
	}
	if (structs != 1 || (chosen->type.word && chosen->type.size != type->size)) {
		report_error(reader->messages, start->place, "what the union holds is not known: "
			     "one of its members, and only one, has to be a struct");
		return false;
	}
	type->word = chosen->type.word;
	type->members = chosen->type.members;
	return true;
}

/* Put the members of a struct within the struct, which has no name, into the outer one. */
static void flatten(struct declared_list *list, const struct declared *inner)
{
	struct declared *next;

	for (struct declared *member = inner->type.members; member; member = next) {
		next = member->next;
		member->offset += inner->offset;
		append(list, member);
	}
}

static bool make_struct(struct reader *reader, struct type *type, struct declared *members)
{
	struct declared_list list = { NULL, &list.first };
	struct declared *next;

	for (struct declared *member = members; member; member = next) {
		uint32_t align = type->packed ? 1 : member->type.align;

		next = member->next;
		member->next = NULL;
		member->offset = (type->size + align - 1) / align * align;
		if (member->count > reader->most ||
		    member->offset + member->type.size * member->count > reader->most) {
			report_error(reader->messages, member->member.place,
				     "the struct is larger than the %u bytes of the layout",
				     reader->most);
			return false;
		}
		type->size = member->offset + member->type.size * member->count;
		type->align = align > type->align ? align : type->align;
		if (!member->member.name && !member->type.word) {
			flatten(&list, member);
		} else if (member->type.composite && !(member->type.word && member->member.name)) {
			report_error(reader->messages, member->member.place, member->member.name ?
				     "'%s' is a struct that holds more than bit fields" :
				     "bit fields without a name of their own are not understood",
				     member->member.name);
			return false;
		} else {
			append(&list, member);
		}
	}
	*list.end = NULL;
	type->size = (type->size + type->align - 1) / type->align * type->align;
	type->members = list.first;
	return true;
}

/* What stands behind `struct` or `union`, @start, when its '{' has been taken. */
static bool read_body(struct reader *reader, struct type *type, const struct token *start)
{
	struct declared_list list = { NULL, &list.first };
	const struct declared *member;

	if (!read_members(reader, &list) || !take_attributes(reader, &type->packed))
		return false;
	*type = (struct type){ .composite = true, .align = 1, .packed = type->packed };
	if (is(start, "union"))
		return make_union(reader, type, list.first, start);
	for (member = list.first; member && !member->width; member = member->next)
		;
	return member ? make_word(reader, type, list.first, start) :
			make_struct(reader, type, list.first);
}

/* Behind `struct TAG`: its definition elsewhere in the file, or the spec's word of that name. */
static bool read_tagged(struct reader *reader, struct type *type, const struct token *tag)
{
	struct token *there;
	struct word *word = table_name(&reader->spec->word_names, tag->name);

	if (!find_struct(reader, tag->name, &there))
		return false;
	if (there)
		return read_there(reader, there, type);
	if (word) {
		*type = (struct type){ .size = word->size, .align = word->size, .word = word,
				       .composite = true };
		return true;
	}
	report_error(reader->messages, tag->place,
		     "'%s' is defined neither in this file nor as a word of the spec", tag->name);
	return false;
}

static bool read_struct(struct reader *reader, struct type *type)
{
	const struct token *start = reader->token++, *tag = NULL;

	*type = (struct type){ 0 };
	if (!take_attributes(reader, &type->packed))
		return false;
	if (reader->token->kind == TOKEN_WORD)
		tag = reader->token++;
	if (!take_attributes(reader, &type->packed))
		return false;
	if (tag && !is(reader->token, "{"))
		return read_tagged(reader, type, tag);
	if (!expect(reader, "{") || !read_body(reader, type, start))
		return false;
	if (type->word && tag && !type->word->name)
		type->word->name = tag->name;
	return true;
}

static bool read_named(struct reader *reader, struct type *type)
{
	const struct token *name = reader->token;
	struct token *there;

	if (!find_typedef(reader, name->name, &there))
		return false;
	reader->token++;
	if (there)
		return read_there(reader, there, type);
	*type = (struct type){ .size = integer_size(name->name) };
	type->align = type->size;
	if (type->size)
		return true;
	report_error(reader->messages, name->place, "the type '%s' is not known in this file",
		     name->name);
	return false;
}

static bool read_plain(struct reader *reader, struct type *type)
{
	while (take(reader, "const") || take(reader, "volatile"))
		;
	if (reader->token->kind != TOKEN_WORD)
		return refuse(reader);
	if (is(reader->token, "struct") || is(reader->token, "union"))
		return read_struct(reader, type);
	*type = (struct type){ .size = take_integer(reader) };
	type->align = type->size;
	return type->size || read_named(reader, type);
}

static bool read_type(struct reader *reader, struct type *type)
{
	bool fine;

	if (reader->depth == NESTED_MAX) {
		report_error(reader->messages, reader->token->place,
			     "types are nested more than %d deep here", NESTED_MAX);
		return false;
	}
	reader->depth++;
	fine = read_plain(reader, type);
	reader->depth--;
	return fine;
}

/* Hand the members out. */
static void fill(struct reader *reader, struct header *header, const struct type *type)
{
	for (const struct declared *member = type->members; member; member = member->next)
		header->count++;
	header->members = arena_alloc(reader->spec->arena, header->count * sizeof(struct member));
	header->count = 0;
	for (struct declared *declared = type->members; declared; declared = declared->next) {
		struct member *member = &header->members[header->count++];

		*member = declared->member;
		member->offset = declared->offset;
		member->size = declared->type.size;
		member->count = declared->count;
		member->word = declared->type.word;
		if (declared->type.word && !declared->type.word->name)
			declared->type.word->name = member->name;
	}
	header->size = type->size;
	header->packed = type->packed;
}

static bool refuse_pack(struct reader *reader)
{
	for (const struct token *token = reader->tokens; token < reader->token; token++)
		if (token->kind == TOKEN_DIRECTIVE && is(token, "pragma pack")) {
			report_error(reader->messages, token->place,
				     "'#pragma pack' is not understood; '__packed' at the struct is");
			return false;
		}
	return true;
}

static bool read_wanted(struct reader *reader, struct header *header)
{
	struct token *there, *body;
	struct type type;

	if (!find_struct(reader, reader->wanted, &there))
		return false;
	if (there) {
		header->place = find_tag(there, &body)->place;
	} else if (!find_typedef(reader, reader->wanted, &there)) {
		return false;
	} else if (there) {
		header->place = there->place;
	} else {
		report_error(reader->messages, (struct place){ 0 }, "'%s' does not define 'struct %s'",
			     reader->source->path, reader->wanted);
		return false;
	}
	reader->token = there;
	if (!read_type(reader, &type) || !refuse_pack(reader))
		return false;
	if (!type.members) {
		report_error(reader->messages, header->place, "'%s' is no struct of members",
			     reader->wanted);
		return false;
	}
	fill(reader, header, &type);
	return true;
}

bool header_names_differ(const struct header *header, struct messages *messages)
{
	struct table names = { 0 };
	bool fine = true;

	for (size_t i = 0; i < header->count; i++) {
		struct member *member = &header->members[i];
		struct member *first = table_add_name(&names, member->name, member);

		if (!first)
			continue;
		report_error(messages, member->place, "'%s' is a member already", member->name);
		report_note(messages, first->place, "it is declared here");
		fine = false;
	}
	table_free(&names);
	return fine;
}

bool header_read(struct header *header, struct spec *spec, struct source *source,
		 const char *name, uint32_t most)
{
	struct reader reader = { .spec = spec, .messages = spec->messages, .source = source,
				 .most = most, .wanted = name_of(spec->names, name) };
	bool fine;

	*header = (struct header){ 0 };
	read_tokens(&reader);
	fine = read_wanted(&reader, header);
	table_free(&reader.defines);
	free(reader.tokens);
	return fine;
}
