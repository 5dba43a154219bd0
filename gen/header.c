// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The struct is looked for among the tokens of the file, and what its members'
 * types need, too.  A struct can be known to be packed only behind its closing brace, so members
 * are gathered first and laid out then.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "header.h"
#include "tokens.h"

enum { NESTED_MAX = 8 };		/* structs in structs, and typedefs of typedefs */

struct reader {
	struct spec *spec;
	struct messages *messages;
	struct tokens tokens;
	const struct token *token;	/* the next one */
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
	if (reader->token->kind == TOKEN_DIRECTIVE || !token_is(reader->token, text))
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
	return token_is(token, "packed") || token_is(token, "__packed__");
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
		value = table_name(&reader->tokens.defines, token->name);
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
		else if (!take(reader, "unsigned") && !take(reader, "signed") &&
			 !take(reader, "int"))
			break;
	}
	return !words ? 0 : chars ? 1 : shorts ? 2 : longs ? 8 : 4;
}

static bool is_struct(const struct token *token)
{
	return token->kind == TOKEN_WORD && (token_is(token, "struct") || token_is(token, "union"));
}

static bool is_attribute(const struct token *token)
{
	return token_is(token, "__packed") || token_is(token, "__attribute__");
}

/* Behind @token, a `struct`: its tag, or NULL.  *@body is the brace, or NULL. */
static const struct token *find_tag(const struct token *token, const struct token **body)
{
	const struct token *tag = NULL;
	int depth = 0;

	for (token++; token->kind == TOKEN_WORD || token_is(token, "(") || depth; token++) {
		if (token->kind == TOKEN_END)
			break;
		if (token->kind == TOKEN_SYMBOL)
			depth += token_is(token, "(") ? 1 : token_is(token, ")") ? -1 : 0;
		if (depth || token->kind == TOKEN_SYMBOL || is_attribute(token))
			continue;
		if (tag)
			break;
		tag = token;
	}
	*body = token->kind == TOKEN_SYMBOL && token_is(token, "{") ? token : NULL;
	return tag;
}

/* Remember @token, unless another one has defined the name before: false after a message. */
static bool found(struct reader *reader, const struct token **first,
		  const struct token *token)
{
	if (*first) {
		report_error(reader->messages, token->place,
			     "'%s' is defined twice, and which one holds is not known",
			     token->name);
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
static bool find_struct(struct reader *reader, const char *tag, const struct token **there)
{
	const struct token *first = NULL, *name, *body;

	*there = NULL;
	for (const struct token *token = reader->tokens.of; token->kind != TOKEN_END; token++) {
		if (!is_struct(token))
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

/* The last token of the declaration that @token stands in. */
static const struct token *declaration_end(const struct token *token)
{
	int depth = 0;

	while (token[1].kind != TOKEN_END && (depth || !token_is(&token[1], ";"))) {
		token++;
		depth += token_is(token, "{") ? 1 : token_is(token, "}") ? -1 : 0;
	}
	return token;
}

/* The same of the type for which a typedef lets @name stand. */
static bool find_typedef(struct reader *reader, const char *name, const struct token **there)
{
	const struct token *first = NULL;

	*there = NULL;
	for (const struct token *token = reader->tokens.of; token->kind != TOKEN_END; token++) {
		const struct token *start = token;

		if (token->kind != TOKEN_WORD || !token_is(token, "typedef"))
			continue;
		token = declaration_end(token);
		if (token == start || token->name != name)
			continue;
		if (!found(reader, &first, token))
			return false;
		*there = start + 1;
	}
	return true;
}

/*
 * What read_type() makes of the tokens at @there, behind which @name has to stand if
 * it is not NULL; then reading goes on here.
 */
static bool read_there(struct reader *reader, const struct token *there, const char *name,
		       struct type *type)
{
	const struct token *here = reader->token;
	bool fine;

	reader->token = there;
	fine = read_type(reader, type) && (!name || expect(reader, name));
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

	if (reader->token->kind == TOKEN_SYMBOL && token_is(reader->token, "*")) {
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
	const struct token *start = reader->token;
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
		if (!depth && token_is(reader->token, "}"))
			return;
		depth += token_is(reader->token, "{") ? 1 : token_is(reader->token, "}") ? -1 : 0;
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
		    (token_is(reader->token, "define") || token_is(reader->token, "undef"))) {
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
			report_error(reader->messages, member->member.place, "bit fields stand in "
				     "a struct of their own, and have one type");
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
	if (token_is(start, "union"))
		return make_union(reader, type, list.first, start);
	for (member = list.first; member && !member->width; member = member->next)
		;
	return member ? make_word(reader, type, list.first, start) :
			make_struct(reader, type, list.first);
}

/* Behind `struct TAG`: its definition elsewhere in the file, or the spec's word of that name. */
static bool read_tagged(struct reader *reader, struct type *type, const struct token *tag)
{
	const struct token *there;
	struct word *word = table_name(&reader->spec->word_names, tag->name);

	if (!find_struct(reader, tag->name, &there))
		return false;
	if (there)
		return read_there(reader, there, NULL, type);
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
	if (tag && !token_is(reader->token, "{"))
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
	const struct token *there;

	if (!find_typedef(reader, name->name, &there))
		return false;
	reader->token++;
	if (there)
		return read_there(reader, there, name->name, type);
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
	if (is_struct(reader->token))
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
	for (const struct token *token = reader->tokens.of; token < reader->token; token++)
		if (token->kind == TOKEN_DIRECTIVE && token_is(token, "pragma pack")) {
			report_error(reader->messages, token->place, "'#pragma pack' is not "
				     "understood; '__packed' at the struct is");
			return false;
		}
	return true;
}

/*
 * Whether the struct's declaration ends behind it: with nothing cut off, and with no
 * attribute that goes by a name of the kernel's, such as __aligned(8).
 */
static bool expect_end(struct reader *reader)
{
	const struct token *end = declaration_end(reader->token - 1) + 1;

	if (!strncmp(reader->token->name, "__", 2))
		return refuse(reader);
	reader->token = end;
	return expect(reader, ";");
}

static bool read_wanted(struct reader *reader, struct header *header)
{
	const struct token *there, *body;
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
		report_error(reader->messages, (struct place){ 0 },
			     "'%s' does not define 'struct %s'", reader->tokens.source->path,
			     reader->wanted);
		return false;
	}
	reader->token = there;
	if (!read_type(reader, &type) || !expect_end(reader) || !refuse_pack(reader))
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
	struct reader reader = { .spec = spec, .messages = spec->messages, .most = most,
				 .wanted = name_of(spec->names, name) };
	bool fine;

	*header = (struct header){ 0 };
	tokens_read(&reader.tokens, source, spec->names, spec->arena);
	fine = read_wanted(&reader, header);
	tokens_free(&reader.tokens);
	return fine;
}
