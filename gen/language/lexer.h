/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the scanner and the parser share. */
#ifndef VMCSGEN_LEXER_H
#define VMCSGEN_LEXER_H

#include "base/message.h"
#include "base/names.h"
#include "language/include.h"

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
	bool first;			/* the last word is the first of its statement */
	bool skipping;			/* to the end of a faulty statement */
	size_t statement_at;		/* offset of the first word of the statement */
	size_t skip_to;			/* the words up to this offset are passed over */
	struct srcpos word, before;	/* the last word, and that before it */
	unsigned int depth;		/* of open braces */
	unsigned int statement_depth;	/* of the statement's block */
	struct srcpos open[BRACES_MAX];
	/*
	 * How the parser learns that a block ends where the brace is missing or is part of a faulty
	 * statement: by so many tokens, '}' and the end of the statement in turn, and then by a
	 * token that was read too early.
	 */
	unsigned int closing;
	int held;
	struct srcpos held_pos;
	struct node *spec;		/* what the parser makes */
};

union YYSTYPE;

/*
 * The syntax tree of one file, without its includes: a NODE_SPEC that the caller frees.  It lacks
 * statements with syntax errors, which have been reported.
 */
struct node *tree_parse_file(struct parse *parse, struct source *source);

/*
 * The statement that ends here was not understood: note its words and, if lines follow that
 * stand deeper, pass over them, too, and over the '}' that closes them.
 */
void lose_statement(struct scan *scan);

/* How far the line that has the byte @at is indented, in columns. */
size_t indentation(const struct source *source, size_t at);

/* Note after a message where the innermost open block begins. */
void note_open_block(struct scan *scan);

/* The next word for the parser, whose value is a new leaf, or NULL. */
int yylex(union YYSTYPE *value, struct srcpos *pos, void *scanner);

/* Enter the words of the language into @keywords, with the parser's tokens. */
void parser_keywords(struct table *keywords, struct names *names);

#endif
