/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* C text as tokens: comments are nothing, a preprocessor line is one token. */
#ifndef VMCSGEN_TOKENS_H
#define VMCSGEN_TOKENS_H

#include <stdbool.h>
#include <string.h>

#include "names.h"
#include "source.h"

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_NUMBER, TOKEN_SYMBOL, TOKEN_DIRECTIVE };

struct token {
	enum token_kind kind;
	const char *name;		/* its text, interned; "pragma pack", "define" of a line */
	struct place place;
};

struct tokens {
	struct token *of;		/* the last one is TOKEN_END; owned */
	size_t count;
	struct table defines;		/* names to tokens: a TOKEN_NUMBER if they stand for one */
	struct source *source;
	struct names *names;
	struct arena *arena;
};

/* Cut @source into tokens, to be freed with tokens_free(). */
void tokens_read(struct tokens *tokens, struct source *source, struct names *names,
		 struct arena *arena);
void tokens_free(struct tokens *tokens);

static inline bool token_is(const struct token *token, const char *text)
{
	return !strcmp(token->name, text);
}

#endif
