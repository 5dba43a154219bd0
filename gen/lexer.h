/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the scanner and the parser share. */
#ifndef VMCSGEN_LEXER_H
#define VMCSGEN_LEXER_H

#include "message.h"
#include "names.h"
#include "tree.h"

/* How deep blocks may be nested before a brace is refused. */
enum { BRACES_MAX = 8 };

/* One file being scanned. */
struct scan {
	struct parse *parse;
	struct source *source;
	size_t at;			/* offset of the next byte */
	bool in_statement;		/* a word has been seen since the last statement end */
	bool after_comma;		/* so the line goes on */
	bool ended;			/* the end of the file has been seen */
	bool skipping;			/* to the end of a faulty statement ... */
	unsigned int skip_depth;	/* ... outside the blocks that it opens */
	unsigned int depth;		/* of open braces */
	struct place open[BRACES_MAX];
	struct node *spec;		/* what the parser makes */
};

union YYSTYPE;

/* The next word for the parser, whose value is a new leaf, or NULL. */
int yylex(union YYSTYPE *value, struct place *place, void *scanner);

/* Make the words of the language known in @keywords, as the parser calls them. */
void parser_keywords(struct table *keywords, struct names *names);

#endif
