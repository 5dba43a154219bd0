%{
/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The grammar of a spec.  Its actions only make nodes. gen/import/fmt.c knows how a spec is laid
 * out in lines and columns.
 */
#include <string.h>

#include "base/spelling.h"
#include "base/text.h"
#include "language/lexer.h"
#include "language/spec.h"
%}

%require "3.8"
%define api.pure full
%define api.location.type {struct srcpos}
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
	((joined) = (count) ? srcpos_join(YYRHSLOC(parts, 1), YYRHSLOC(parts, count)) \
			    : (struct srcpos){ YYRHSLOC(parts, 0).source,		\
					       YYRHSLOC(parts, 0).start +		\
					       YYRHSLOC(parts, 0).len, 0 })

static void yyerror(struct srcpos *pos, struct scan *scan, void *scanner, const char *text);

/* A clause whose words say one of a few things: packed, entry, ... */
static struct node *node_choice(enum node_kind kind, struct srcpos pos, int64_t choice)
{
	struct node *node = node_new(kind, pos);

	node->number = choice;
	return node;
}

/* Use a word of the language as a name. */
static struct node *node_word(struct scan *scan, struct srcpos pos)
{
	struct node *node = node_new(NODE_NAME, pos);

	node->name = names_intern(scan->parse->names, pos.source->bytes + pos.start, pos.len);
	return node;
}

/* What stands for a line that was not understood: its first word tells what may be missing. */
static struct node *node_lost(struct scan *scan)
{
	const char *text = scan->source->bytes + scan->statement_at;
	struct srcpos pos = { scan->source, scan->statement_at, 0 };
	struct node *node = node_new(NODE_LOST, pos);

	node->name = names_intern(scan->parse->names, text, strcspn(text, " \t\r\n"));
	return node;
}

static struct node *node_erratum(enum erratum_kind kind, struct srcpos pos, struct node *because,
				 struct node *names, struct node *was, struct node *is)
{
	struct node *node = node_choice(NODE_ERRATUM, pos, kind);

	node_add(node, because);
	node_add(node, names);
	node_add(node, was);
	return node_add(node, is);
}

/* Only the content of a field may have 64 bits: skip a statement with another such number. */
static bool refuse_wide(struct scan *scan, struct node *number)
{
	if (!number->large && number->number <= UINT32_MAX &&
	    number->number >= -(int64_t)UINT32_MAX)
		return false;
	report_error(scan->parse->messages, number->pos, "the number does not fit 32 bits");
	node_free(number);
	scan->skipping = true;
	return true;
}

/* Several strings are one text, with blanks between them. */
static struct node *join_strings(struct scan *scan, struct node *strings)
{
	struct node *joined = node_new(NODE_STRING, strings->pos);
	struct text text = { 0 };

	for (const struct node *string = strings; string; string = string->next) {
		text_put(&text, string == strings ? "" : " ");
		text_put(&text, string->name);
		joined->pos = srcpos_join(joined->pos, string->pos);
	}
	joined->name = names_intern(scan->parse->names, text.len ? text.bytes : "", text.len);
	text_free(&text);
	node_free(strings);
	return joined;
}
}

%token TOKEN_END "the end of the statement"
%token TOKEN_BAD "a faulty word"
%token <node> TOKEN_NAME "a name"
%token <node> TOKEN_VERSIONED "a revision's name"
%token <node> TOKEN_PATH "a LAYOUT/REVISION"
%token <node> TOKEN_PATTERN "a LAYOUT/PATTERN*"
%token <node> TOKEN_NUMBER "a number"
%token <node> TOKEN_STRING "a string"
%token TOKEN_TO_LAST ".."
/* The words of the language: TOKEN_ADDS must be the first, TOKEN_YES the last. */
%token TOKEN_ADDS "adds" TOKEN_ALIGN "align" TOKEN_ALIKE "alike" TOKEN_APPEND "append"
%token TOKEN_AS "as" TOKEN_AT "at" TOKEN_BECAUSE "because" TOKEN_BITS "bits" TOKEN_BY "by"
%token TOKEN_CHANGE "change" TOKEN_CHANGED "changed" TOKEN_CLEAN "clean"
%token TOKEN_CONTROLS "controls" TOKEN_COPIES "copies"
%token TOKEN_DEFAULT1 "default1" TOKEN_DROP "drop" TOKEN_DUMP "dump" TOKEN_EMBED "embed"
%token TOKEN_ENTRY "entry"
%token TOKEN_ERRATA "errata" TOKEN_EXCLUDES "excludes" TOKEN_EXISTENCE "existence"
%token TOKEN_EXIT "exit" TOKEN_FIELDS "fields"
%token TOKEN_FOR "for" TOKEN_FROM "from" TOKEN_FROZEN "frozen" TOKEN_FULL "full"
%token TOKEN_HIGH "high" TOKEN_ID "id" TOKEN_IMAGES "images" TOKEN_INCLUDE "include" TOKEN_IS "is"
%token TOKEN_LAYOUT "layout" TOKEN_LINUX "linux" TOKEN_LISTS "lists" TOKEN_LOOKUP "lookup"
%token TOKEN_LOSS "loss" TOKEN_MASK "mask" TOKEN_MASKS "masks"
%token TOKEN_MEMORY "memory" TOKEN_MOVE "move" TOKEN_NAMED "named" TOKEN_NAMES "names"
%token TOKEN_NATURAL "natural" TOKEN_NEEDS "needs" TOKEN_NEUTRAL "neutral" TOKEN_NEWEST "newest"
%token TOKEN_NO "no" TOKEN_NONE "none" TOKEN_OF "of" TOKEN_OFTEN "often" TOKEN_OVER "over"
%token TOKEN_PACKED "packed" TOKEN_PAD "pad" TOKEN_PAGES "pages" TOKEN_PREFIX "prefix"
%token TOKEN_RARE "rare" TOKEN_RENAME "rename" TOKEN_REST "rest" TOKEN_RETIRE "retire"
%token TOKEN_REVISION "revision" TOKEN_RO "ro" TOKEN_ROLE "role" TOKEN_ROW "row" TOKEN_RW "rw"
%token TOKEN_SAME "same" TOKEN_SDM "sdm" TOKEN_SHADOW "shadow" TOKEN_SIZE "size"
%token TOKEN_SOURCE "source" TOKEN_STRUCT "struct" TOKEN_SUPPORT "support"
%token TOKEN_SUPPORTED "supported" TOKEN_TABLE "table"
%token TOKEN_TARGET "target" TOKEN_TLFS "tlfs" TOKEN_TO "to" TOKEN_TWICE "twice"
%token TOKEN_UNCHANGED "unchanged" TOKEN_UNNAMED "unnamed" TOKEN_UNSUPPORTED "unsupported"
%token TOKEN_USES "uses" TOKEN_VERSION "version" TOKEN_YES "yes"

%nterm <node> statements statement fields field field_clauses field_clause tlfs controls control
%nterm <node> sdm_names sdm_name dump_lines dump_line rare
%nterm <node> demands
%nterm <node> demand list names bit_fields bit_field properties property align groups group
%nterm <node> often from revision edits edit range clean_block items item member type count
%nterm <node> attributes attribute lookup loss source because shadows shadow high supports
%nterm <node> support listed for copies copying when existence exists by errata erratum cell
%nterm <node> words text strings name number wide
%nterm <node> string path takings taking picks pick picked as called given

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
	"include" string TOKEN_END	{ $$ = node_make(NODE_INCLUDE, @1, $2, NULL, NULL); }
|	"fields" '{' TOKEN_END fields '}' TOKEN_END
					{ $$ = node_make(NODE_FIELDS, @1, $4, NULL, NULL); }
|	"controls" name '{' TOKEN_END controls '}' TOKEN_END
					{ $$ = node_make(NODE_CONTROLS, @1, $2, $5, NULL); }
|	"sdm" '{' TOKEN_END sdm_names '}' TOKEN_END
					{ $$ = node_make(NODE_SDM, @1, $4, NULL, NULL); }
|	"dump" name '{' TOKEN_END dump_lines '}' TOKEN_END
					{ $$ = node_make(NODE_DUMP, @1, $2, $5, NULL); }
|	"bits" name name '{' TOKEN_END bit_fields '}' TOKEN_END
					{ $$ = node_make(NODE_BITS, @1, $2, $3, $6); }
|	"layout" name '{' TOKEN_END properties '}' TOKEN_END
					{ $$ = node_make(NODE_LAYOUT, @1, $2, $5, NULL); }
|	"revision" path from '{' TOKEN_END edits '}' TOKEN_END
					{ $$ = node_make(NODE_REVISION, @1, $2, $3, $6); }
|	"revision" path "same" "as" revision TOKEN_END
					{ $$ = node_make(NODE_SAME, @1, $2, $5, NULL); }
|	"shadow" path '{' TOKEN_END shadows '}' TOKEN_END
					{ $$ = node_make(NODE_SHADOW, @1, $2, $5, NULL); }
|	"support" path from '{' TOKEN_END supports '}' TOKEN_END
					{ $$ = node_make(NODE_SUPPORT, @1, $2, $3, $6); }
|	"copies" picked '{' TOKEN_END copies '}' TOKEN_END
					{ $$ = node_make(NODE_COPIES, @1, $2, $5, NULL); }
|	"existence" path '{' TOKEN_END existence '}' TOKEN_END
					{ $$ = node_make(NODE_EXISTENCE, @1, $2, $5, NULL); }
|	"target" given '{' TOKEN_END takings '}' TOKEN_END
					{ $$ = node_make(NODE_TARGET, @1, $2, $5, NULL); }
|	"errata" name '{' TOKEN_END errata '}' TOKEN_END
					{ $$ = node_make(NODE_ERRATA, @1, $2, $5, NULL); }
|	"frozen" path TOKEN_END		{ $$ = node_make(NODE_FROZEN, @1, $2, NULL, NULL); }
|	error TOKEN_END			{ $$ = NULL; yyerrok; }
;

fields:
	%empty				{ $$ = NULL; }
|	fields field			{ $$ = node_chain($1, $2); }
;

field:
	number name field_clauses TOKEN_END
					{ $$ = node_make(NODE_FIELD, @$, $1, $2, $3); }
|	error TOKEN_END			{ $$ = NULL; yyerrok; }
;

field_clauses:
	%empty				{ $$ = NULL; }
|	field_clauses field_clause	{ $$ = node_chain($1, $2); }
;

field_clause:
	"linux" name			{ $$ = node_make(NODE_LINUX, @$, $2, NULL, NULL); }
|	tlfs
|	"no" "high"			{ $$ = node_new(NODE_NO_HIGH, @$); }
|	"changed" "by" text		{ $$ = node_make(NODE_CHANGED, @$, $3, NULL, NULL); }
|	"unchanged" because		{ $$ = node_make(NODE_UNCHANGED, @$, $2, NULL, NULL); }
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
	"default1" number TOKEN_END	{ $$ = node_make(NODE_DEFAULT1, @1, $2, NULL, NULL); }
|	"mask" name TOKEN_END		{ $$ = node_make(NODE_MASK, @1, $2, NULL, NULL); }
|	"mask" string TOKEN_END		{ $$ = node_make(NODE_MASK, @1, $2, NULL, NULL); }
|	number name demands TOKEN_END	{ $$ = node_make(NODE_BIT, @$, $1, $2, $3); }
|	error TOKEN_END			{ $$ = NULL; yyerrok; }
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

sdm_names:
	%empty				{ $$ = NULL; }
|	sdm_names sdm_name		{ $$ = node_chain($1, $2); }
;

sdm_name:
	name string TOKEN_END		{ $$ = node_make(NODE_SDM_NAME, @1, $1, $2, NULL); }
|	error TOKEN_END			{ $$ = NULL; yyerrok; }
;

dump_lines:
	%empty				{ $$ = NULL; }
|	dump_lines dump_line		{ $$ = node_chain($1, $2); }
;

dump_line:
	string rare TOKEN_END		{ $$ = node_add($2, $1); }
|	string list rare TOKEN_END	{ $$ = node_add(node_add($3, $1), $2); }
|	error TOKEN_END			{ $$ = NULL; yyerrok; }
;

rare:
	%empty				{ $$ = node_choice(NODE_DUMP_LINE, @$, false); }
|	"rare"				{ $$ = node_choice(NODE_DUMP_LINE, @$, true); }
;

/* A comma after the last name lets the statement go on in the next line. */
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
	name number TOKEN_END		{ $$ = node_make(NODE_BIT_FIELD, @$, $1, $2, NULL); }
|	error TOKEN_END			{ $$ = NULL; yyerrok; }
;

properties:
	%empty				{ $$ = NULL; }
|	properties property		{ $$ = node_chain($1, $2); }
;

property:
	"struct" name TOKEN_END		{ $$ = node_make(NODE_STRUCT, @1, $2, NULL, NULL); }
|	"size" number TOKEN_END		{ $$ = node_make(NODE_SIZE, @1, $2, NULL, NULL); }
|	align TOKEN_END
|	"version" number TOKEN_END	{ $$ = node_make(NODE_VERSION, @1, $2, NULL, NULL); }
|	"table" name ',' name TOKEN_END	{ $$ = node_make(NODE_TABLE, @1, $2, $4, NULL); }
|	lookup TOKEN_END
|	"clean" name "prefix" name '{' TOKEN_END groups '}' TOKEN_END
					{ $$ = node_make(NODE_CLEAN_WORD, @1, $2, $4, $7); }
|	error TOKEN_END			{ $$ = node_lost(scan); yyerrok; }
;

align:
	"align" "packed"		{ $$ = node_choice(NODE_ALIGN, @$, false); }
|	"align" "natural"		{ $$ = node_choice(NODE_ALIGN, @$, true); }
;

groups:
	%empty				{ $$ = NULL; }
|	groups group			{ $$ = node_chain($1, $2); }
;

group:
	number name often TOKEN_END	{ $$ = node_make(NODE_GROUP, @$, $1, $2, $3); }
|	error TOKEN_END			{ $$ = NULL; yyerrok; }
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
|	TOKEN_VERSIONED
|	path
;

edits:
	%empty				{ $$ = NULL; }
|	edits edit			{ $$ = node_chain($1, $2); }
;

edit:
	"id" number TOKEN_END		{ $$ = node_make(NODE_ID, @1, $2, NULL, NULL); }
|	source TOKEN_END
|	because TOKEN_END
|	align TOKEN_END
|	item TOKEN_END
|	clean_block
|	"at" number item TOKEN_END	{ $$ = node_make(NODE_AT, @1, $2, $3, NULL); }
|	"append" item TOKEN_END		{ $$ = node_make(NODE_APPEND, @1, $2, NULL, NULL); }
|	"rename" name name attributes TOKEN_END
					{ $$ = node_make(NODE_RENAME, @1, $2, $3, $4); }
|	"retire" range "as" name TOKEN_END
					{ $$ = node_make(NODE_RETIRE, @1, $2, $4, NULL); }
|	"retire" range TOKEN_END		{ $$ = node_make(NODE_RETIRE, @1, $2, NULL, NULL); }
|	"move" range "by" number TOKEN_END
					{ $$ = node_make(NODE_MOVE, @1, $2, $4, NULL); }
|	"over" name member TOKEN_END	{ $$ = node_make(NODE_OVER, @1, $2, $3, NULL); }
|	"change" range attributes TOKEN_END
					{ $$ = node_make(NODE_CHANGE, @1, $2, $3, NULL); }
|	"lookup" "as" revision TOKEN_END
					{ $$ = node_make(NODE_LOOKUP_AS, @1, $3, NULL, NULL); }
|	"embed" path TOKEN_END		{ $$ = node_make(NODE_EMBED, @1, $2, NULL, NULL); }
|	"rest" "of" revision TOKEN_END	{ $$ = node_make(NODE_REST_OF, @1, $3, NULL, NULL); }
|	error TOKEN_END			{ $$ = node_lost(scan); yyerrok; }
;

range:
	name				{ $$ = node_make(NODE_RANGE, @$, $1, NULL, NULL); }
|	name ".." name			{ $$ = node_make(NODE_RANGE, @$, $1, $3, NULL); }
;

clean_block:
	"clean" name attributes '{' TOKEN_END items '}' TOKEN_END
					{ $$ = node_make(NODE_CLEAN_BLOCK, @1, $2, $3, $6); }
;

items:
	%empty				{ $$ = node_new(NODE_BODY, @$); }
|	items item TOKEN_END		{ $$ = node_add($1, $2); }
|	items error TOKEN_END		{ $$ = node_add($1, node_lost(scan)); yyerrok; }
;

item:
	member
|	"pad" type name attributes
		{ $$ = node_make(NODE_PAD, srcpos_join(@2, @3), $2, $3, $4); }
|	"pad" "to" number name attributes
		{ $$ = node_make(NODE_PAD_TO, srcpos_join(@1, @4), $3, $4, $5); }
;

member:
	name count attributes		{ $$ = node_make(NODE_MEMBER, @1, $1, $2, $3); }
|	name name count attributes
		{
			$$ = node_make(NODE_MEMBER, srcpos_join(@1, @2),
				       node_make(NODE_TYPE, @1, $1, NULL, NULL), $2, $3);
			node_add($$, $4);
		}
;

type:
	name count
		{ $$ = node_chain(node_make(NODE_TYPE, @1, $1, NULL, NULL), $2); }
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
|	lookup
|	loss
|	because
;

lookup:
	"lookup" "none"			{ $$ = node_choice(NODE_LOOKUP, @$, 0); }
|	"lookup" "full"			{ $$ = node_choice(NODE_LOOKUP, @$, LOOKUP_FULL); }
|	"lookup" "full" "high"
		{ $$ = node_choice(NODE_LOOKUP, @$, LOOKUP_FULL | LOOKUP_HIGH); }
;

loss:
	"loss" "drop"			{ $$ = node_new(NODE_DROP, @$); }
|	"neutral" wide			{ $$ = node_make(NODE_NEUTRAL, @$, $2, NULL, NULL); }
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
	"ro" name high TOKEN_END		{ $$ = node_make(NODE_RO, @1, $2, $3, NULL); }
|	"rw" name high TOKEN_END		{ $$ = node_make(NODE_RW, @1, $2, $3, NULL); }
|	"rare" name high TOKEN_END	{ $$ = node_make(NODE_RARE, @1, $2, $3, NULL); }
|	error TOKEN_END			{ $$ = NULL; yyerrok; }
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
	source TOKEN_END
|	"lists" listed "as" name TOKEN_END
					{ $$ = node_add($2, $4); $$->pos = @1; }
|	"role" name TOKEN_END		{ $$ = node_make(NODE_ROLE, @1, $2, NULL, NULL); }
|	"named" list TOKEN_END		{ $$ = node_make(NODE_NAMED, @1, $2, NULL, NULL); }
|	"unnamed" list TOKEN_END	{ $$ = node_make(NODE_UNNAMED, @1, $2, NULL, NULL); }
|	"yes" name for because TOKEN_END	{ $$ = node_make(NODE_YES, @1, $2, $3, $4); }
|	"no" name for because TOKEN_END	{ $$ = node_make(NODE_NO, @1, $2, $3, $4); }
|	error TOKEN_END			{ $$ = NULL; yyerrok; }
;

listed:
	"supported"			{ $$ = node_choice(NODE_LISTS, @1, false); }
|	"unsupported"			{ $$ = node_choice(NODE_LISTS, @1, true); }
;

for:
	%empty				{ $$ = NULL; }
|	"for" name			{ $$ = node_make(NODE_FOR, @$, $2, NULL, NULL); }
;

copies:
	%empty				{ $$ = NULL; }
|	copies copying			{ $$ = node_chain($1, $2); }
;

copying:
	source TOKEN_END
|	"yes" name when because TOKEN_END	{ $$ = node_make(NODE_YES, @1, $2, $3, $4); }
|	"no" name when because TOKEN_END	{ $$ = node_make(NODE_NO, @1, $2, $3, $4); }
|	error TOKEN_END			{ $$ = NULL; yyerrok; }
;

when:
	"at" "entry"			{ $$ = node_choice(NODE_WHEN, @$, COPY_ENTRY); }
|	"at" "exit"			{ $$ = node_choice(NODE_WHEN, @$, COPY_EXIT); }
;

existence:
	%empty				{ $$ = NULL; }
|	existence exists		{ $$ = node_chain($1, $2); }
;

exists:
	source TOKEN_END
|	"yes" list by because TOKEN_END
		{
			$$ = node_make(NODE_YES, @1,
				       node_make(NODE_LIST, @2, $2, NULL, NULL), $3, $4);
		}
|	error TOKEN_END			{ $$ = NULL; yyerrok; }
;

by:
	%empty				{ $$ = NULL; }
|	"by" name			{ $$ = node_make(NODE_BY, @$, $2, NULL, NULL); }
;

takings:
	%empty				{ $$ = NULL; }
|	takings taking			{ $$ = node_chain($1, $2); }
;

taking:
	source TOKEN_END
|	"memory" picks TOKEN_END	{ $$ = node_make(NODE_MEMORY, @1, $2, NULL, NULL); }
|	"images" picks TOKEN_END	{ $$ = node_make(NODE_IMAGES, @1, $2, NULL, NULL); }
|	"pages" picks TOKEN_END		{ $$ = node_make(NODE_PAGES, @1, $2, NULL, NULL); }
|	"masks" picks TOKEN_END		{ $$ = node_make(NODE_MASKS, @1, $2, NULL, NULL); }
|	"fields" name TOKEN_END		{ $$ = node_make(NODE_TAKEN_FIELDS, @1, $2, NULL, NULL); }
|	"names" "linux" TOKEN_END	{ $$ = node_choice(NODE_NAMES, @1, false); }
|	"names" "tlfs" TOKEN_END	{ $$ = node_choice(NODE_NAMES, @1, true); }
|	error TOKEN_END			{ $$ = NULL; yyerrok; }
;

picks:
	pick
|	picks ',' pick			{ $$ = node_chain($1, $3); }
;

pick:
	picked as			{ $$ = node_make(NODE_PICK, @$, $1, $2, NULL); }
|	"newest" picked as		{ $$ = node_make(NODE_NEWEST, @$, $2, $3, NULL); }
;

picked:	path | TOKEN_PATTERN ;

as:
	%empty				{ $$ = NULL; }
|	"as" given			{ $$ = $2; }
;

called:	name | TOKEN_VERSIONED ;

/* Names of a target and of what it takes: four words of the language may be names here. */
given:
	called
|	"linux"				{ $$ = node_word(scan, @1); }
|	"supported"			{ $$ = node_word(scan, @1); }
|	"tlfs"				{ $$ = node_word(scan, @1); }
|	"unsupported"			{ $$ = node_word(scan, @1); }
;

errata:
	%empty				{ $$ = NULL; }
|	errata erratum			{ $$ = node_chain($1, $2); }
;

erratum:
	"row" name number "is" number because TOKEN_END
		{ $$ = node_erratum(ERRATUM_ENCODING, @1, $6, $2, $3, $5); }
|	"row" name string "is" number because TOKEN_END
		{ $$ = node_erratum(ERRATUM_ENCODING, @1, $6, $2, $3, $5); }
|	"row" name "size" cell "is" number because TOKEN_END
		{ $$ = node_erratum(ERRATUM_SIZE, @1, $7, $2, $4, $6); }
|	"row" name "clean" words "is" words because TOKEN_END
		{ $$ = node_erratum(ERRATUM_CLEAN, @1, $7, $2, $4, $6); }
|	"row" words "as" name because TOKEN_END
		{ $$ = node_erratum(ERRATUM_NAME, @1, $5, $2, NULL, $4); }
|	"no" "row" list because TOKEN_END
		{ $$ = node_erratum(ERRATUM_NO_ROW, @1, $4, $3, NULL, NULL); }
|	"alike" name ',' name because TOKEN_END
		{ $$ = node_erratum(ERRATUM_ALIKE, @1, $5, $2, NULL, $4); }
|	"twice" name "as" name because TOKEN_END
		{ $$ = node_erratum(ERRATUM_TWICE, @1, $5, $2, NULL, $4); }
|	error TOKEN_END			{ $$ = NULL; yyerrok; }
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

name:	TOKEN_NAME ;
wide:	TOKEN_NUMBER ;
number:
	TOKEN_NUMBER
		{
			$$ = $1;
			if (refuse_wide(scan, $$))
				YYERROR;
		}
;
string:	TOKEN_STRING ;
path:	TOKEN_PATH ;

%%

void parser_keywords(struct table *keywords, struct names *names)
{
	for (intptr_t token = TOKEN_ADDS; token <= TOKEN_YES; token++)
		table_add_name(keywords, name_of(names, yysymbol_name(YYTRANSLATE(token))),
			       (void *)token);
}

static void yyerror(struct srcpos *pos, struct scan *scan, void *scanner, const char *text)
{
	(void)scanner;
	report_error(scan->parse->messages, *pos, "%s", text);
}

enum { SHOWN = 40 };			/* bytes of a word in a message */

static bool is_language(yysymbol_kind_t symbol)
{
	return symbol >= YYSYMBOL_TOKEN_ADDS && symbol <= YYSYMBOL_TOKEN_YES;
}

/* A symbol in a message: words of the language in quotes, kinds of words plain. */
static int print_symbol(char *text, size_t size, yysymbol_kind_t symbol)
{
	const char *name = yysymbol_name(symbol);
	bool kind = strchr(name, ' ') || name[0] == '\'' || strchr(name, '/');

	return snprintf(text, size, kind ? "%s" : "'%s'", name);
}

/* The tokens that are allowed at the fault, if they are few. */
static void list_expected(char *list, size_t size, const yypcontext_t *context)
{
	enum { SYMBOLS = 8 };
	yysymbol_kind_t expected[SYMBOLS];
	int count = yypcontext_expected_tokens(context, expected, SYMBOLS);
	size_t len = 0;

	*list = '\0';
	for (int i = 0; i < count; i++) {
		len += snprintf(list + len, size - len, "%s", i == 0 ? ", expected " :
				i == count - 1 ? " or " : ", ");
		len += print_symbol(list + len, size - len, expected[i]);
	}
}

/* The word of the language that may stand here and is spelled most like @word; or NULL. */
static const char *expected_near(const yypcontext_t *context, const char *word)
{
	yysymbol_kind_t expected[YYNTOKENS];
	int count = yypcontext_expected_tokens(context, expected, YYNTOKENS);
	unsigned int best = spelling_most(word);
	const char *near = NULL;

	for (int i = 0; i < count; i++) {
		const char *name = yysymbol_name(expected[i]);
		unsigned int distance = is_language(expected[i]) ?
					spelling_distance(word, name, best) : best + 1;

		if (distance <= best && distance) {
			best = distance;
			near = name;
		}
	}
	return near;
}

/* What may have been meant by the word at the fault, or by the one before it. */
static void suggest_word(char *text, size_t size, struct scan *scan, const yypcontext_t *context)
{
	struct srcpos both[] = { *yypcontext_location(context), scan->before };

	*text = '\0';
	for (size_t i = scan->first ? 1 : 2; i--;) {
		const struct srcpos *pos = &both[i];
		const char *word = pos->source ?
			names_intern(scan->parse->names, pos->source->bytes + pos->start,
				     pos->len) : "";
		const char *near = expected_near(context, word);

		if (near)
			snprintf(text, size, "; did you mean '%s'%s%.*s%s?", near,
				 i ? " for '" : "", i ? SHOWN : 0, word, i ? "'" : "");
	}
}

/* The word at @pos as a message quotes it. */
static int shown_length(struct srcpos pos)
{
	uint32_t len = pos.len < SHOWN ? pos.len : SHOWN;

	while (len < pos.len && (pos.source->bytes[pos.start + len] & 0xc0) == 0x80)
		len--;
	return len;
}

static void report_unexpected(struct scan *scan, const yypcontext_t *context)
{
	struct srcpos pos = *yypcontext_location(context);
	struct messages *messages = scan->parse->messages;
	yysymbol_kind_t token = yypcontext_token(context);
	const char *word = pos.source->bytes + pos.start;
	int len = shown_length(pos);
	char expected[256], meant[160];

	list_expected(expected, sizeof(expected), context);
	suggest_word(meant, sizeof(meant), scan, context);
	if (token == YYSYMBOL_TOKEN_END)
		report_error(messages, pos, "the statement ends early%s", expected);
	else if (token == (yysymbol_kind_t)YYTRANSLATE('}') && !scan->statement_depth)
		report_error(messages, pos, "no block is open that '}' could close");
	else if (scan->first && !*expected)
		report_error(messages, pos, "no statement begins with '%.*s' here%s", len, word,
			     meant);
	else
		report_error(messages, pos, "unexpected '%.*s'%s%s%s%s", len, word,
			     len < (int)pos.len ? "..." : "",
			     is_language(token) ? ", a word of the language" : "",
			     *meant ? "" : expected, meant);
}

/* Whether @symbol is the first word of a statement that stands in no block. */
static bool is_outermost(yysymbol_kind_t symbol)
{
	static const yysymbol_kind_t words[] = {
		YYSYMBOL_TOKEN_INCLUDE, YYSYMBOL_TOKEN_FIELDS, YYSYMBOL_TOKEN_CONTROLS,
		YYSYMBOL_TOKEN_BITS, YYSYMBOL_TOKEN_LAYOUT, YYSYMBOL_TOKEN_REVISION,
		YYSYMBOL_TOKEN_SHADOW, YYSYMBOL_TOKEN_SUPPORT, YYSYMBOL_TOKEN_ERRATA,
		YYSYMBOL_TOKEN_FROZEN, YYSYMBOL_TOKEN_TARGET, YYSYMBOL_TOKEN_COPIES,
		YYSYMBOL_TOKEN_EXISTENCE, YYSYMBOL_TOKEN_SDM, YYSYMBOL_TOKEN_DUMP,
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i] == symbol)
			return true;
	return false;
}

/*
 * How many blocks end ahead of the word though no brace says so: all, ahead of a statement that
 * stands in no block; ahead of another those that begin on a line as far to the right as its own.
 */
static unsigned int blocks_to_close(const struct scan *scan, const yypcontext_t *context)
{
	size_t at = yypcontext_location(context)->start;
	unsigned int count = 0;

	if (!scan->first || !is_language(yypcontext_token(context)))
		return 0;
	if (is_outermost(yypcontext_token(context)))
		return scan->statement_depth;
	while (count < scan->depth && scan->depth <= BRACES_MAX &&
	       indentation(scan->source, scan->open[scan->depth - count - 1].start) >=
	       indentation(scan->source, at))
		count++;
	return count;
}

/* A brace is missing ahead of the word: let the innermost blocks end there. */
static void close_open_blocks(struct scan *scan, const yypcontext_t *context, unsigned int count)
{
	struct srcpos pos = *yypcontext_location(context);
	const char *word = names_intern(scan->parse->names, pos.source->bytes + pos.start, pos.len);

	report_error(scan->parse->messages, pos, "a block is not closed ahead of '%s'", word);
	note_open_block(scan);
	scan->closing = 2 * count + 1;
	scan->depth -= count;
	scan->held = (int)(intptr_t)table_name(&scan->parse->keywords, word);
	scan->held_pos = pos;
}

/*
 * Called at each syntax error.  The scanner, which knows about blocks, then skips the statement, so
 * that one fault gives one message and parsing goes on with the next statement.
 */
static int yyreport_syntax_error(const yypcontext_t *context, struct scan *scan, void *scanner)
{
	yysymbol_kind_t token = yypcontext_token(context);
	unsigned int count = blocks_to_close(scan, context);

	(void)scanner;
	if (count) {
		close_open_blocks(scan, context, count);
		return 0;
	}
	/* The scanner has reported a faulty word. */
	if (token != YYSYMBOL_TOKEN_BAD)
		report_unexpected(scan, context);
	scan->skipping = token != YYSYMBOL_TOKEN_END;
	if (!scan->skipping)
		lose_statement(scan);
	return 0;
}
