// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tokens.h"

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
		while (isspace((unsigned char)source->bytes[at]) &&
		       !(line && source->bytes[at] == '\n'))
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
static struct token token_at(struct tokens *tokens, size_t at)
{
	const char *bytes = tokens->source->bytes + at;
	struct token token = { TOKEN_SYMBOL, NULL, { tokens->source, at, 1 } };

	if (at == tokens->source->len) {
		token.kind = TOKEN_END;
		token.place.len = 0;
	} else if (is_word(*bytes)) {
		token.kind = isdigit((unsigned char)*bytes) ? TOKEN_NUMBER : TOKEN_WORD;
		while (is_word(bytes[token.place.len]))
			token.place.len++;
	} else if (*bytes == '"' || *bytes == '\'') {
		token.place.len = string_length(bytes);
	} else {
		token.place.len = utf8_length(bytes, tokens->source->len - at);
	}
	token.name = names_intern(tokens->names, bytes, token.place.len);
	return token;
}

/* Note what `#define NAME VALUE` says, if the value is one token, or another than before. */
static void take_define(struct tokens *tokens, size_t at)
{
	struct token name = token_at(tokens, at), *value, *before;

	at += name.place.len;
	if (name.kind != TOKEN_WORD || tokens->source->bytes[at] == '(')
		return;
	value = arena_alloc(tokens->arena, sizeof(*value));
	at = skip_blanks(tokens->source, at, true);
	*value = token_at(tokens, at);
	at = skip_blanks(tokens->source, at + value->place.len, true);
	if (value->kind == TOKEN_NUMBER && at < tokens->source->len &&
	    tokens->source->bytes[at] != '\n')
		value->kind = TOKEN_SYMBOL;
	before = table_add_name(&tokens->defines, name.name, value);
	if (before && before->name != value->name)
		before->kind = TOKEN_SYMBOL;
}

/* The directive at @at, a '#'.  Returns the offset of what ends its line. */
static size_t take_directive(struct tokens *tokens, struct token *directive, size_t at)
{
	size_t start = at;
	struct token word;

	at = skip_blanks(tokens->source, at + 1, true);
	word = token_at(tokens, at);
	at += word.kind == TOKEN_WORD ? word.place.len : 0;
	directive->kind = TOKEN_DIRECTIVE;
	directive->name = word.name;
	directive->place = (struct place){ tokens->source, start, at - start };
	if (token_is(&word, "define"))
		take_define(tokens, skip_blanks(tokens->source, at, true));
	while (at < tokens->source->len && tokens->source->bytes[at] != '\n') {
		at = skip_blanks(tokens->source, at, true);
		if (at == tokens->source->len || tokens->source->bytes[at] == '\n')
			break;
		word = token_at(tokens, at);
		if (token_is(directive, "pragma") && token_is(&word, "pack"))
			directive->name = "pragma pack";
		at += word.place.len;
	}
	return at;
}

void tokens_read(struct tokens *tokens, struct source *source, struct names *names,
		 struct arena *arena)
{
	size_t at = 0, room = 0;
	struct token token;

	*tokens = (struct tokens){ .source = source, .names = names, .arena = arena };
	do {
		size_t blank = at;
		bool first;

		at = skip_blanks(source, at, false);
		first = !blank || memchr(source->bytes + blank, '\n', at - blank);
		token = token_at(tokens, at);
		if (first && token_is(&token, "#"))
			at = take_directive(tokens, &token, at);
		else
			at += token.place.len;
		tokens->of = grow(tokens->of, &room, tokens->count + 1, sizeof(token));
		tokens->of[tokens->count++] = token;
	} while (token.kind != TOKEN_END);
}

void tokens_free(struct tokens *tokens)
{
	free(tokens->of);
	table_free(&tokens->defines);
}
