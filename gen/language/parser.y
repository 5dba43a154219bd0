%{
/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The grammar of a spec.  Its actions make nodes and nothing else. */
#include <string.h>

#include "base/text.h"
#include "language/lexer.h"
%}

%require "3.8"
%define api.pure full
%define api.location.type {struct place}
%define parse.error custom
%locations
%union { struct node *node; }
%expect 0
%parse-param {struct scan *scan} {void *scanner}
%lex-param {void *scanner}

%code requires {
#include "language/tree.h"
struct scan;
}

%code {
#define YYLLOC_DEFAULT(joined, parts, count)					\
	((joined) = (count) ? place_join(YYRHSLOC(parts, 1), YYRHSLOC(parts, count)) \
			    : (struct place){ YYRHSLOC(parts, 0).source,		\
					      YYRHSLOC(parts, 0).start +		\
					      YYRHSLOC(parts, 0).len, 0 })

static void yyerror(struct place *place, struct scan *scan, void *scanner, const char *text);

/* The token of the language's word at @place. */
static int token_of(struct scan *scan, struct place place)
{
	const char *word = names_intern(scan->parse->names, place.source->bytes + place.start,
					place.len);

	return (int)(intptr_t)table_name(&scan->parse->keywords, word);
}

/* A leaf for a word of the language that says something: packed, entry, ... */
static struct node *node_word(struct scan *scan, struct place place)
{
	struct node *node = node_new(NODE_NAME, place);

	node->name = names_intern(scan->parse->names, place.source->bytes + place.start, place.len);
	return node;
}

/* A text in several strings reads as one, with a blank between each two. */
static struct node *join_strings(struct scan *scan, struct node *strings)
{
	struct node *joined = node_new(NODE_STRING, strings->place);
	struct text text = { 0 };

	for (const struct node *string = strings; string; string = string->next) {
		text_put(&text, string == strings ? "" : " ");
		text_put(&text, string->name);
		joined->place = place_join(joined->place, string->place);
	}
	joined->name = names_intern(scan->parse->names, text.len ? text.bytes : "", text.len);
	text_free(&text);
	node_free(strings);
	return joined;
}
}

%token WORD_END "the end of the statement"
%token WORD_BAD "a faulty word"
%token <node> WORD_NAME "a name"
%token <node> WORD_VERSIONED "a revision's name"
%token <node> WORD_PATH "a LAYOUT/REVISION"
%token <node> WORD_NUMBER "a number"
%token <node> WORD_WIDE "a number of 64 bits"
%token <node> WORD_STRING "a string"
%token WORD_TO_LAST ".."
%token WORD_ADDS "adds" WORD_ALIGN "align" WORD_ALIKE "alike" WORD_APPEND "append" WORD_AS "as"
%token WORD_AT "at" WORD_BECAUSE "because" WORD_BY "by" WORD_CHANGE "change" WORD_CLEAN "clean"
%token WORD_CONTROLS "controls" WORD_COPY "copy" WORD_DEFAULT "default" WORD_DEFAULT1 "default1"
%token WORD_DROP "drop" WORD_EMBED "embed" WORD_ENTRY "entry" WORD_ERRATA "errata"
%token WORD_EXCLUDES "excludes" WORD_EXIT "exit" WORD_FIELDS "fields" WORD_FOR "for"
%token WORD_FROM "from" WORD_FROZEN "frozen" WORD_FULL "full" WORD_HIGH "high" WORD_ID "id"
%token WORD_INCLUDE "include" WORD_IS "is" WORD_LAYOUT "layout" WORD_LINUX "linux"
%token WORD_LISTS "lists" WORD_LOOKUP "lookup" WORD_LOSS "loss" WORD_MASK "mask"
%token WORD_MEMBER "member" WORD_MOVE "move" WORD_NATURAL "natural" WORD_NEEDS "needs" WORD_NO "no"
%token WORD_NONE "none" WORD_OF "of" WORD_OFTEN "often" WORD_OVER "over" WORD_PACKED "packed" WORD_PAD "pad"
%token WORD_PREFIX "prefix" WORD_RARE "rare" WORD_REFUSE "refuse" WORD_RENAME "rename" WORD_REST "rest"
%token WORD_RETIRE "retire" WORD_REVISION "revision" WORD_RO "ro" WORD_ROLE "role" WORD_ROW "row"
%token WORD_RW "rw" WORD_SAME "same" WORD_SHADOW "shadow" WORD_SIZE "size" WORD_SOURCE "source"
%token WORD_STRUCT "struct" WORD_SUPPORT "support" WORD_SUPPORTED "supported" WORD_TABLE "table"
%token WORD_TLFS "tlfs" WORD_TO "to" WORD_TWICE "twice" WORD_UNSUPPORTED "unsupported"
%token WORD_USES "uses" WORD_VERSION "version" WORD_WORD "word" WORD_YES "yes"

%nterm <node> statements statement fields field aliases alias tlfs controls control
%nterm <node> demands demand list names bit_fields bit_field properties property align
%nterm <node> alignment groups group often from revision edits edit range clean_block items item
%nterm <node> member type count attributes attribute copy lookup loss source because
%nterm <node> shadows shadow high supports support listed for reason errata erratum cell words text strings
%nterm <node> name number wide string path

%destructor { node_free($$); } <node>

%%

spec:
	statements			{ scan->spec = node_add(node_new(NODE_SPEC, @1), $1); }
;

statements:
	%empty				{ $$ = NULL; }
|	statements statement		{ $$ = node_chain($1, $2); }
;

statement:
	"include" string WORD_END	{ $$ = node_make(NODE_INCLUDE, @1, $2, NULL, NULL); }
|	"fields" '{' WORD_END fields '}' WORD_END
					{ $$ = node_make(NODE_FIELDS, @1, $4, NULL, NULL); }
|	"controls" name '{' WORD_END controls '}' WORD_END
					{ $$ = node_make(NODE_CONTROLS, @1, $2, $5, NULL); }
|	"word" name name '{' WORD_END bit_fields '}' WORD_END
					{ $$ = node_make(NODE_WORD, @1, $2, $3, $6); }
|	"layout" name '{' WORD_END properties '}' WORD_END
					{ $$ = node_make(NODE_LAYOUT, @1, $2, $5, NULL); }
|	"revision" path from '{' WORD_END edits '}' WORD_END
					{ $$ = node_make(NODE_REVISION, @1, $2, $3, $6); }
|	"revision" path "same" "as" revision WORD_END
					{ $$ = node_make(NODE_SAME, @1, $2, $5, NULL); }
|	"shadow" path '{' WORD_END shadows '}' WORD_END
					{ $$ = node_make(NODE_SHADOW, @1, $2, $5, NULL); }
|	"support" path '{' WORD_END supports '}' WORD_END
					{ $$ = node_make(NODE_SUPPORT, @1, $2, $5, NULL); }
|	"errata" name '{' WORD_END errata '}' WORD_END
					{ $$ = node_make(NODE_ERRATA, @1, $2, $5, NULL); }
|	"frozen" path text WORD_END	{ $$ = node_make(NODE_FROZEN, @1, $2, $3, NULL); }
|	error WORD_END			{ $$ = NULL; yyerrok; }
;

fields:
	%empty				{ $$ = NULL; }
|	fields field			{ $$ = node_chain($1, $2); }
;

field:
	number name aliases WORD_END	{ $$ = node_make(NODE_FIELD, @$, $1, $2, $3); }
|	error WORD_END			{ $$ = NULL; yyerrok; }
;

aliases:
	%empty				{ $$ = NULL; }
|	aliases alias			{ $$ = node_chain($1, $2); }
;

alias:
	"linux" name			{ $$ = node_make(NODE_LINUX, @$, $2, NULL, NULL); }
|	tlfs
|	"no" "high"			{ $$ = node_new(NODE_NO_HIGH, @$); }
|	loss
;

tlfs:
	"tlfs" name			{ $$ = node_make(NODE_TLFS, @$, $2, NULL, NULL); }
;

controls:
	%empty				{ $$ = NULL; }
|	controls control		{ $$ = node_chain($1, $2); }
;

control:
	"default1" number WORD_END	{ $$ = node_make(NODE_DEFAULT1, @1, $2, NULL, NULL); }
|	"mask" name WORD_END		{ $$ = node_make(NODE_MASK, @1, $2, NULL, NULL); }
|	"mask" string WORD_END		{ $$ = node_make(NODE_MASK, @1, $2, NULL, NULL); }
|	number name demands WORD_END	{ $$ = node_make(NODE_BIT, @$, $1, $2, $3); }
|	error WORD_END			{ $$ = NULL; yyerrok; }
;

demands:
	%empty				{ $$ = NULL; }
|	demands demand			{ $$ = node_chain($1, $2); }
;

demand:
	"adds" list			{ $$ = node_make(NODE_ADDS, @$, $2, NULL, NULL); }
|	"uses" list			{ $$ = node_make(NODE_USES, @$, $2, NULL, NULL); }
|	"needs" list			{ $$ = node_make(NODE_NEEDS, @$, $2, NULL, NULL); }
|	"excludes" list		{ $$ = node_make(NODE_EXCLUDES, @$, $2, NULL, NULL); }
;

/* A comma behind the last name lets the statement go on in the next line. */
list:
	names
|	names ','			{ $$ = $1; }
;

names:
	name
|	names ',' name			{ $$ = node_chain($1, $3); }
;

bit_fields:
	%empty				{ $$ = NULL; }
|	bit_fields bit_field		{ $$ = node_chain($1, $2); }
;

bit_field:
	name number WORD_END		{ $$ = node_make(NODE_BITS, @$, $1, $2, NULL); }
|	error WORD_END			{ $$ = NULL; yyerrok; }
;

properties:
	%empty				{ $$ = NULL; }
|	properties property		{ $$ = node_chain($1, $2); }
;

property:
	"struct" name WORD_END		{ $$ = node_make(NODE_STRUCT, @1, $2, NULL, NULL); }
|	"size" number WORD_END		{ $$ = node_make(NODE_SIZE, @1, $2, NULL, NULL); }
|	align WORD_END
|	"version" number WORD_END	{ $$ = node_make(NODE_VERSION, @1, $2, NULL, NULL); }
|	"table" name ',' name WORD_END	{ $$ = node_make(NODE_TABLE, @1, $2, $4, NULL); }
|	lookup WORD_END
|	"clean" name "prefix" name '{' WORD_END groups '}' WORD_END
					{ $$ = node_make(NODE_CLEAN_WORD, @1, $2, $4, $7); }
|	error WORD_END			{ $$ = NULL; yyerrok; }
;

align:
	"align" alignment		{ $$ = node_make(NODE_ALIGN, @$, $2, NULL, NULL); }
;

alignment:
	"packed"			{ $$ = node_word(scan, @1); }
|	"natural"			{ $$ = node_word(scan, @1); }
;

groups:
	%empty				{ $$ = NULL; }
|	groups group			{ $$ = node_chain($1, $2); }
;

group:
	number name often WORD_END	{ $$ = node_make(NODE_GROUP, @$, $1, $2, $3); }
|	error WORD_END			{ $$ = NULL; yyerrok; }
;

often:
	%empty				{ $$ = NULL; }
|	"often"				{ $$ = node_new(NODE_OFTEN, @1); }
;

from:
	%empty				{ $$ = NULL; }
|	"from" revision			{ $$ = node_make(NODE_FROM, @$, $2, NULL, NULL); }
;

revision:
	name
|	WORD_VERSIONED
|	path
;

edits:
	%empty				{ $$ = NULL; }
|	edits edit			{ $$ = node_chain($1, $2); }
;

edit:
	"id" number WORD_END		{ $$ = node_make(NODE_ID, @1, $2, NULL, NULL); }
|	source WORD_END
|	because WORD_END
|	align WORD_END
|	item WORD_END
|	clean_block
|	"at" number item WORD_END	{ $$ = node_make(NODE_AT, @1, $2, $3, NULL); }
|	"append" item WORD_END		{ $$ = node_make(NODE_APPEND, @1, $2, NULL, NULL); }
|	"rename" name name attributes WORD_END
					{ $$ = node_make(NODE_RENAME, @1, $2, $3, $4); }
|	"retire" range "as" name WORD_END
					{ $$ = node_make(NODE_RETIRE, @1, $2, $4, NULL); }
|	"retire" range WORD_END		{ $$ = node_make(NODE_RETIRE, @1, $2, NULL, NULL); }
|	"move" range "by" number WORD_END
					{ $$ = node_make(NODE_MOVE, @1, $2, $4, NULL); }
|	"over" name member WORD_END	{ $$ = node_make(NODE_OVER, @1, $2, $3, NULL); }
|	"change" range attributes WORD_END
					{ $$ = node_make(NODE_CHANGE, @1, $2, $3, NULL); }
|	"lookup" "as" revision WORD_END	{ $$ = node_make(NODE_LOOKUP_AS, @1, $3, NULL, NULL); }
|	"embed" path WORD_END		{ $$ = node_make(NODE_EMBED, @1, $2, NULL, NULL); }
|	"rest" "of" revision WORD_END	{ $$ = node_make(NODE_REST_OF, @1, $3, NULL, NULL); }
|	error WORD_END			{ $$ = NULL; yyerrok; }
;

range:
	name				{ $$ = node_make(NODE_RANGE, @$, $1, NULL, NULL); }
|	name ".." name			{ $$ = node_make(NODE_RANGE, @$, $1, $3, NULL); }
;

clean_block:
	"clean" name attributes '{' WORD_END items '}' WORD_END
					{ $$ = node_make(NODE_CLEAN_BLOCK, @1, $2, $3, $6); }
;

items:
	%empty				{ $$ = node_new(NODE_BODY, @$); }
|	items item WORD_END		{ $$ = node_add($1, $2); }
|	items error WORD_END		{ $$ = $1; yyerrok; }
;

item:
	member
|	"pad" type name attributes
		{ $$ = node_make(NODE_PAD, place_join(@2, @3), $2, $3, $4); }
|	"pad" "to" number name attributes
		{ $$ = node_make(NODE_PAD_TO, place_join(@1, @4), $3, $4, $5); }
;

member:
	name count attributes		{ $$ = node_make(NODE_MEMBER, @1, $1, $2, $3); }
|	name name count attributes
		{
			$$ = node_make(NODE_MEMBER, place_join(@1, @2),
				       node_make(NODE_TYPE, @1, $1, NULL, NULL), $2, $3);
			node_add($$, $4);
		}
;

type:
	name count			{ $$ = node_chain(node_make(NODE_TYPE, @1, $1, NULL, NULL), $2); }
;

count:
	%empty				{ $$ = NULL; }
|	'[' number ']'			{ $$ = node_make(NODE_COUNT, @2, $2, NULL, NULL); }
;

attributes:
	%empty				{ $$ = NULL; }
|	attributes attribute		{ $$ = node_chain($1, $2); }
;

attribute:
	tlfs
|	"clean" name			{ $$ = node_make(NODE_CLEAN, @$, $2, NULL, NULL); }
|	copy
|	lookup
|	loss
|	because
;

copy:
	"copy" "none"			{ $$ = node_make(NODE_COPY, @$, node_word(scan, @2), NULL, NULL); }
|	"copy" "entry"			{ $$ = node_make(NODE_COPY, @$, node_word(scan, @2), NULL, NULL); }
|	"copy" "exit"			{ $$ = node_make(NODE_COPY, @$, node_word(scan, @2), NULL, NULL); }
|	"copy" "entry" "exit"		{ $$ = node_make(NODE_COPY, @$, node_word(scan, @2), node_word(scan, @3), NULL); }
;

lookup:
	"lookup" "none"			{ $$ = node_make(NODE_LOOKUP, @$, node_word(scan, @2), NULL, NULL); }
|	"lookup" "full"			{ $$ = node_make(NODE_LOOKUP, @$, node_word(scan, @2), NULL, NULL); }
|	"lookup" "full" "high"		{ $$ = node_make(NODE_LOOKUP, @$, node_word(scan, @2), node_word(scan, @3), NULL); }
;

loss:
	"loss" "refuse"			{ $$ = node_make(NODE_LOSS, @$, node_word(scan, @2), NULL, NULL); }
|	"loss" "drop"			{ $$ = node_make(NODE_LOSS, @$, node_word(scan, @2), NULL, NULL); }
|	"loss" "default" wide		{ $$ = node_make(NODE_LOSS, @$, node_word(scan, @2), $3, NULL); }
;

source:
	"source" text			{ $$ = node_make(NODE_SOURCE, @$, $2, NULL, NULL); }
;

because:
	"because" text			{ $$ = node_make(NODE_BECAUSE, @$, $2, NULL, NULL); }
;

shadows:
	%empty				{ $$ = NULL; }
|	shadows shadow			{ $$ = node_chain($1, $2); }
;

shadow:
	"ro" name high WORD_END		{ $$ = node_make(NODE_RO, @1, $2, $3, NULL); }
|	"rw" name high WORD_END		{ $$ = node_make(NODE_RW, @1, $2, $3, NULL); }
|	"rare" name high WORD_END	{ $$ = node_make(NODE_RARE, @1, $2, $3, NULL); }
|	error WORD_END			{ $$ = NULL; yyerrok; }
;

high:
	%empty				{ $$ = NULL; }
|	"high"				{ $$ = node_new(NODE_HIGH, @1); }
;

supports:
	%empty				{ $$ = NULL; }
|	supports support		{ $$ = node_chain($1, $2); }
;

support:
	source WORD_END
|	"lists" listed "as" name WORD_END
					{ $$ = node_make(NODE_LISTS, @1, $2, $4, NULL); }
|	"role" name WORD_END		{ $$ = node_make(NODE_ROLE, @1, $2, NULL, NULL); }
|	"yes" name for reason WORD_END	{ $$ = node_make(NODE_YES, @1, $2, $3, $4); }
|	"no" name for reason WORD_END	{ $$ = node_make(NODE_NO, @1, $2, $3, $4); }
|	error WORD_END			{ $$ = NULL; yyerrok; }
;

listed:
	"supported"			{ $$ = node_word(scan, @1); }
|	"unsupported"			{ $$ = node_word(scan, @1); }
;

for:
	%empty				{ $$ = NULL; }
|	"for" name			{ $$ = node_make(NODE_FOR, @$, $2, NULL, NULL); }
;

reason:
	%empty				{ $$ = NULL; }
|	because
;

errata:
	%empty				{ $$ = NULL; }
|	errata erratum			{ $$ = node_chain($1, $2); }
;

erratum:
	"row" name number "is" number because WORD_END
		{ $$ = node_make(NODE_ROW_ENCODING, @1, node_chain($2, $3), $5, $6); }
|	"row" name string "is" number because WORD_END
		{ $$ = node_make(NODE_ROW_ENCODING, @1, node_chain($2, $3), $5, $6); }
|	"row" name "size" cell "is" number because WORD_END
		{ $$ = node_make(NODE_ROW_SIZE, @1, node_chain($2, $4), $6, $7); }
|	"row" name "clean" words "is" words because WORD_END
		{ $$ = node_make(NODE_ROW_CLEAN, @1, node_chain($2, $4), $6, $7); }
|	"row" words "as" name because WORD_END
		{ $$ = node_make(NODE_ROW_NAME, @1, $2, $4, $5); }
|	"no" "row" list because WORD_END
		{ $$ = node_make(NODE_NO_ROW, place_join(@1, @2), $3, $4, NULL); }
|	"no" "member" list because WORD_END
		{ $$ = node_make(NODE_NO_MEMBER, place_join(@1, @2), $3, $4, NULL); }
|	"alike" name ',' name because WORD_END
		{ $$ = node_make(NODE_ALIKE, @1, $2, $4, $5); }
|	"twice" name "as" name because WORD_END
		{ $$ = node_make(NODE_TWICE, @1, $2, $4, $5); }
|	error WORD_END			{ $$ = NULL; yyerrok; }
;

cell:	number | string ;
words:	name | string ;

text:
	strings				{ $$ = join_strings(scan, $1); }
;

strings:
	string
|	strings ',' string		{ $$ = node_chain($1, $3); }
;

name:	WORD_NAME ;
number:	WORD_NUMBER ;
wide:	WORD_NUMBER | WORD_WIDE ;
string:	WORD_STRING ;
path:	WORD_PATH ;

%%

void parser_keywords(struct table *keywords, struct names *names)
{
	for (intptr_t token = WORD_ADDS; token <= WORD_YES; token++)
		table_add_name(keywords, name_of(names, yysymbol_name(YYTRANSLATE(token))),
			       (void *)token);
}

static void yyerror(struct place *place, struct scan *scan, void *scanner, const char *text)
{
	(void)scanner;
	report_error(scan->parse->messages, *place, "%s", text);
}

/* A symbol in a message: words of the language in quotes, kinds of words plain. */
static int print_symbol(char *text, size_t size, yysymbol_kind_t symbol)
{
	const char *name = yysymbol_name(symbol);
	bool kind = strchr(name, ' ') || name[0] == '\'' || strchr(name, '/');

	return snprintf(text, size, kind ? "%s" : "'%s'", name);
}

/* What can stand at the fault, if that is but a few things. */
static void list_expected(char *list, size_t size, const yypcontext_t *context)
{
	enum { SYMBOLS = 5 };
	yysymbol_kind_t expected[SYMBOLS];
	int count = yypcontext_expected_tokens(context, expected, SYMBOLS);
	size_t len = 0;

	*list = '\0';
	/* Where a number of 64 bits may stand, so may any. */
	if (count && expected[count - 1] == YYSYMBOL_WORD_WIDE)
		count--;
	for (int i = 0; i < count; i++) {
		len += snprintf(list + len, size - len, "%s", i == 0 ? ", expected " :
				i == count - 1 ? " or " : ", ");
		len += print_symbol(list + len, size - len, expected[i]);
	}
}

/* The word at @place as a message quotes it. */
static int shown_length(struct place place)
{
	enum { SHOWN = 40 };
	uint32_t len = place.len < SHOWN ? place.len : SHOWN;

	while (len < place.len && (place.source->bytes[place.start + len] & 0xc0) == 0x80)
		len--;
	return len;
}

static bool is_language(yysymbol_kind_t symbol)
{
	return symbol >= YYSYMBOL_WORD_ADDS && symbol <= YYSYMBOL_WORD_YES;
}

/* Only what stands for a field's content may have 64 bits. */
static bool is_too_wide(const yypcontext_t *context)
{
	enum { SYMBOLS = YYNTOKENS };
	yysymbol_kind_t expected[SYMBOLS];
	int count = yypcontext_expected_tokens(context, expected, SYMBOLS);

	for (int i = 0; i < count && yypcontext_token(context) == YYSYMBOL_WORD_WIDE; i++)
		if (expected[i] == YYSYMBOL_WORD_NUMBER)
			return true;
	return false;
}

static void report_unexpected(struct scan *scan, const yypcontext_t *context)
{
	struct place place = *yypcontext_location(context);
	struct messages *messages = scan->parse->messages;
	yysymbol_kind_t token = yypcontext_token(context);
	const char *word = place.source->bytes + place.start;
	int len = shown_length(place);
	char expected[256];

	list_expected(expected, sizeof(expected), context);
	if (token == YYSYMBOL_WORD_END)
		report_error(messages, place, "the statement ends early%s", expected);
	else if (token == (yysymbol_kind_t)YYTRANSLATE('}') && !scan->statement_depth)
		report_error(messages, place, "no block is open that '}' could close");
	else if (is_too_wide(context))
		report_error(messages, place, "the number does not fit 32 bits");
	else if (scan->first && !*expected)
		report_error(messages, place, "no statement begins with '%.*s' here", len, word);
	else
		report_error(messages, place, "unexpected '%.*s'%s%s%s", len, word,
			     len < (int)place.len ? "..." : "",
			     is_language(token) ? ", a word of the language" : "", expected);
}

/* Whether @symbol is the first word of a statement that stands in no block. */
static bool is_outermost(yysymbol_kind_t symbol)
{
	static const yysymbol_kind_t words[] = {
		YYSYMBOL_WORD_INCLUDE, YYSYMBOL_WORD_FIELDS, YYSYMBOL_WORD_CONTROLS,
		YYSYMBOL_WORD_WORD, YYSYMBOL_WORD_LAYOUT, YYSYMBOL_WORD_REVISION,
		YYSYMBOL_WORD_SHADOW, YYSYMBOL_WORD_SUPPORT, YYSYMBOL_WORD_ERRATA,
		YYSYMBOL_WORD_FROZEN,
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i] == symbol)
			return true;
	return false;
}

/* A brace is missing ahead of the word: let the block end there. */
static void close_open_block(struct scan *scan, const yypcontext_t *context)
{
	struct place place = *yypcontext_location(context);

	report_error(scan->parse->messages, place, "a block is not closed ahead of '%.*s'",
		     (int)place.len, place.source->bytes + place.start);
	note_open_block(scan);
	scan->closing = 2 * scan->depth + 1;
	scan->depth = 0;
	scan->held = token_of(scan, place);
	scan->held_place = place;
}

/*
 * Called at each syntax error.  The statement is then skipped to its end by the
 * scanner, which knows about blocks, so that one fault gives one message and
 * the next statement is looked at afresh.
 */
static int yyreport_syntax_error(const yypcontext_t *context, struct scan *scan, void *scanner)
{
	yysymbol_kind_t token = yypcontext_token(context);
	yysymbol_kind_t brace = (yysymbol_kind_t)YYTRANSLATE('{');
	bool belated = scan->ended_early && scan->first && token == brace;

	(void)scanner;
	scan->ended_early = token == YYSYMBOL_WORD_END;
	if (scan->first && scan->statement_depth && is_outermost(token)) {
		close_open_block(scan, context);
		return 0;
	}
	/* The scanner has reported a faulty word, and a '{' was due on the last line. */
	if (token != YYSYMBOL_WORD_BAD && !belated)
		report_unexpected(scan, context);
	scan->skipping = token != YYSYMBOL_WORD_END;
	return 0;
}
