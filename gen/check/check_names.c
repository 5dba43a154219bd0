// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * What the generated files call things, and that C lets them: this is the one place that
 * knows all names that are taken.  The templates put what they say behind or in front of
 * the names that are claimed here.
 */
#include <ctype.h>
#include <string.h>

#include "check/check.h"

/* Words of C, of its common extensions and of the macros that the files come with. */
static const char * const words[] = {
	"alignas", "alignof", "asm", "auto", "bool", "break", "case", "char", "const",
	"constexpr", "continue", "default", "do", "double", "else", "enum", "extern", "false",
	"float", "for", "goto", "if", "inline", "int", "long", "nullptr", "register", "restrict",
	"return", "short", "signed", "sizeof", "static", "static_assert", "struct", "switch",
	"thread_local", "true", "typedef", "typeof", "typeof_unqual", "union", "unsigned",
	"void", "volatile", "while", "NULL", "linux", "unix", "i386", "current", "noinline",
};

/* What the generated files define or declare themselves, in capitals. */
static const char * const own_names[] = {
	"VMCS_ENC_WIDTH", "VMCS_ENC_WIDTH_16", "VMCS_ENC_WIDTH_32", "VMCS_ENC_WIDTH_64",
	"VMCS_ENC_WIDTH_NATURAL", "VMCS_ENC_TYPE", "VMCS_ENC_TYPE_CONTROL",
	"VMCS_ENC_TYPE_READ_ONLY", "VMCS_ENC_TYPE_GUEST", "VMCS_ENC_TYPE_HOST", "VMCS_ENC_INDEX",
	"VMCS_ENC_IS_HIGH", "VMCS_ENC_BYTES", "VMCS_ENCODING", "VMCS_ENCODING_WIDTH",
	"VMCS_ENCODING_TYPE", "VMCS_SLOT", "VMCS_SLOTS", "VMCS_SLOT_ENCODINGS", "VMCS_ROWS",
	"VMCS_RUN", "VMCS_LOSS", "VMCS_GAP", "VMCS_TRANSLATION", "VMCS_CONTROLS", "VMCS_FIELD",
	"VMCS_FIELD_EXISTS", "VMCS_INDEX", "VMCS_JOIN", "VMCS_JOIN3", "VMCS_JOINED",
	"VMCS_JOINED3", "VMCS_ENDS", "VMCS_ENDS_WITH_HIGH", "VMCS_PEEK", "VMCS_POKE",
	"VMCS_BYTES", "VMCS_END", "VMCS_OFFSET", "VMCS_BITS_BEFORE", "VMCS_READ", "VMCS_WRITE",
	"VMCS_NO_SUCH_FIELD", "VMCS_MOVE", "VMCS_MOVE_SHARED", "VMCS_MOVE_REST", "VMCS_MOVE_RUN",
	"VMCS_MOVE_1", "VMCS_MOVE_2", "VMCS_MOVE_4", "VMCS_MOVE_8", "VMCS_MOVE_16",
	"VMCS_MOVE_32", "VMCS_MOVE_64", "VMCS_MOVE_128", "VMCS_MOVE_256", "VMCS_MOVE_512",
	"VMCS_REFUSED", "VMCS_TRANSLATE", "VMCS_FILL", "VMCS_FILL_GAPS", "VMCS_SYNC",
	"VMCS_SYNC_TABLE", "VMCS_SYNC_RO", "VMCS_SYNC_RW", "VMCS_SYNC_RARE",
	"VMCS_ASSERT_MEMBER", "VMCS_ASSERT_FIELD", "VMCS_ASSERT_CONTROL", "VMCS_LINUX_NAMES",
	"VMCS_ASSERT_SIZE", "VMCS_ASSERT_MASK", "VMCS_ASSERT_ARRAY", "VMCS_REVISION",
	"VMCS_CANONICAL", "VMCS_NUMBER", "VMCS_READY", "VMCS_OWN", "VMCS_IMAGE", "VMCS_MEMORY",
	"BIT", "BIT_ULL", "ARRAY_SIZE", "U8", "U16", "U32", "U64", "UNLIKELY", "SHADOW_FIELD_RO",
	"SHADOW_FIELD_RW", "TESTS", "FAILURES", "REPORT", "FIELD", "FIELDS", "FIELD_OK",
	"TEST_FIELDS", "MEMBER", "TEST_MEMBERS", "LOOKUP", "LOOK_UP", "TEST_LOOKUPS", "MAIN",
	"STRUCT", "NOWHERE", "INDEX", "OFFSET", "HIGH", "CLEAN", "MEMCPY", "MEMSET", "PRINTF",
	"OFFSETOF", "ASSERT",
};

/*
 * What the templates put behind the name of a revision, in capitals.  "revision" is none,
 * but "revision_id" and "id" are.
 */
static const char * const endings[] = {
	"ID", "REVISION", "REVISION_ID", "HIGHEST_INDEX", "MAP", "GROUPS", "OFFSET", "OFFSET_T",
	"GROUP", "READ", "READ_AT", "WRITE", "WRITE_AT", "GET", "SET", "LOAD", "LOAD_SHARED",
	"STORE", "STORE_SHARED", "H", "MAP_H", "TRANSLATIONS", "TRANSLATIONS_H", "COPIES",
	"COPIES_H", "RUNS", "LOSSES", "GAPS", "MEMBERS", "LOOKUPS", "LOOK_UP", "TABLE",
	"TABLE_COUNT", "FIELDS", "FIELD",
};

/* Who has a name, and as what the spec knows him. */
struct taken {
	const void *owner;		/* NULL: the generated files */
	const char *what;
	struct srcpos pos;
};

struct c_names {
	struct checker *checker;
	struct table taken;		/* names in capitals to struct taken */
	struct table stems;		/* of them, those of revisions */
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The name as macros have it: no two may differ in case alone, as one may be in capitals. */
static const char *capital_name(struct c_names *names, const char *name)
{
	const struct spec *spec = names->checker->spec;
	char *text = arena_copy(spec->arena, name, strlen(name));

	for (char *c = text; *c; c++)
		*c = isalnum((unsigned char)*c) ? toupper((unsigned char)*c) : '_';
	return name_of(spec->names, text);
}

/* The name as C has it: what begins with a capital is a macro, or an enumerator. */
static const char *shown_name(struct c_names *names, const char *name)
{
	char *text = arena_copy(names->checker->spec->arena, name, strlen(name));

	if (isupper((unsigned char)*name))
		return capital_name(names, name);
	for (char *c = text; *c; c++)
		if (!isalnum((unsigned char)*c))
			*c = '_';
	return text;
}

static void report_taken(struct c_names *names, const struct taken *first, const char *name,
			 const struct taken *second)
{
	struct checker *checker = names->checker;

	name = shown_name(names, name);
	if (!first->owner) {
		check_report(checker, srcpos_key(second->pos), second->pos,
			     "'%s' is called %s in C, as something else in the generated files is",
			     second->what, name);
		return;
	}
	if (check_report(checker, srcpos_key(second->pos), second->pos,
			 "'%s' and '%s' are both called %s in C", second->what, first->what, name))
		report_note(checker->messages, first->pos, "the other one");
}

/* Let @owner have @name, which is reported if somebody else has it already. */
static void claim_in(struct c_names *names, struct table *table, const char *name,
		     const struct taken *claim)
{
	struct taken *taken = arena_alloc(names->checker->spec->arena, sizeof(*taken)), *first;
	const char *key = capital_name(names, name);

	*taken = *claim;
	first = table_add_name(table, key, taken);
	if (!first || first->owner == claim->owner)
		return;
	report_taken(names, first, name, claim);
}

static void claim(struct c_names *names, const void *owner, const char *what, struct srcpos pos,
		  const char *format, const char *a, const char *b)
{
	struct taken taken = { owner, what, pos };

	claim_in(names, &names->taken, arena_printf(names->checker->spec->arena, format, a, b),
		 &taken);
}

/* Something that keeps its name in C, alone. */
static void look_at_word(struct c_names *names, const char *name, struct srcpos pos)
{
	size_t len = strlen(name);
	bool reserved = name[0] == '_' && (name[1] == '_' || isupper((unsigned char)name[1]));

	for (size_t i = 0; !reserved && i < COUNT(words); i++)
		reserved = !strcmp(words[i], name);
	/* <stdint.h> has INT8_MAX and many of its kind. */
	if (len > 4 && isupper((unsigned char)name[0]))
		reserved |= !strcmp(name + len - 4, "_MAX") || !strcmp(name + len - 4, "_MIN") ||
			    (len > 6 && !strcmp(name + len - 6, "_WIDTH"));
	if (reserved)
		check_report(names->checker, srcpos_key(pos), pos,
			     "'%s' means something else in C", name);
}

static void name_fields(struct c_names *names, const struct spec *spec)
{
	for (size_t i = 0; i < spec->field_count; i++) {
		const struct field *field = spec->fields[i];

		claim(names, field, field->name, field->pos, "VMCS_ENC_%s%s", field->name, "");
		if (field_has_high(field))
			claim(names, field, field->name, field->pos, "VMCS_ENC_%s%s",
			      field->name, "_HIGH");
	}
}

static void name_controls(struct c_names *names, const struct spec *spec)
{
	for (size_t i = 0; i < spec->control_word_count; i++) {
		const struct control_word *word = spec->control_words[i];

		look_at_word(names, word->field->name, word->field->pos);
		for (size_t j = 0; j < word->count; j++) {
			const struct control *control = &word->controls[j];

			/* One that is defined twice was reported. */
			if (table_name(&spec->control_names, control->name) == control)
				claim(names, control, control->name, control->pos,
				      "VMCS_CTRL_%s%s", control->name, "");
		}
		for (const char *c = word->mask; c && *c; c++)
			if (!isalnum((unsigned char)*c) && *c != '_') {
				check_report(names->checker, word, word->pos,
					     "'%s' is no part of a C name", word->mask);
				break;
			}
	}
}

static void name_bits(struct c_names *names, const struct spec *spec)
{
	for (size_t i = 0; i < spec->bits_count; i++)
		for (size_t j = 0; j < spec->bits[i]->count; j++)
			look_at_word(names, spec->bits[i]->fields[j].name,
				     spec->bits[i]->fields[j].pos);
}

static void name_groups(struct c_names *names, const struct layout *layout)
{
	static const char * const all[] = { "NONE", "ALL", "SELDOM" };

	for (size_t i = 0; layout->clean_word && i < COUNT(all); i++)
		claim(names, layout, layout->name, layout->clean_pos, "%s_%s",
		      layout->clean_prefix, all[i]);
	for (int bit = 0; layout->clean_word && bit < GROUPS; bit++) {
		const struct group *group = &layout->groups[bit];

		if (group->name)
			claim(names, group, group->name, group->pos, "%s_%s",
			      layout->clean_prefix, group->name);
	}
}

static void name_layout(struct c_names *names, const struct layout *layout)
{
	name_groups(names, layout);
	if (!layout->table)
		return;
	look_at_word(names, layout->table, layout->pos);
	look_at_word(names, layout->table_count, layout->pos);
	claim(names, layout, layout->name, layout->pos, "%s_%s", layout->name, "field");
	claim(names, &layout->table, layout->table, layout->pos, "%s%s", layout->table, "");
	claim(names, &layout->table_count, layout->table_count, layout->pos, "%s%s",
	      layout->table_count, "");
}

/* Whether the stem is another one with an ending of the templates: what both make meets. */
static void look_at_stem(struct c_names *names, const char *stem, const struct taken *claim)
{
	const char *key = capital_name(names, stem);
	size_t len = strlen(key);

	for (size_t i = 0; i < COUNT(endings); i++) {
		size_t ending = strlen(endings[i]) + 1;
		struct taken *first;

		if (len <= ending || key[len - ending] != '_' ||
		    strcmp(key + len - ending + 1, endings[i]))
			continue;
		first = table_name(&names->stems,
				   names_intern(names->checker->spec->names, key, len - ending));
		if (first && first->owner != claim->owner)
			report_taken(names, first, stem, claim);
	}
	/* Between two of them, this says where the one ends and the other begins. */
	if (strstr(key, "_TO_"))
		check_report(names->checker, srcpos_key(claim->pos), claim->pos,
			     "'%s' is called %s in C, and '_to_' stands between two names",
			     claim->what, shown_name(names, stem));
}

/* Each layout has two files beside those that are called as its revisions. */
static void look_at_path(struct c_names *names, const struct revision *revision)
{
	if (!strcmp(revision->name, "fields") || !strcmp(revision->name, "accessors"))
		check_report(names->checker, srcpos_key(revision->pos), revision->pos,
			     "'%s/%s' is called as the file %s.h of its layout is",
			     revision->layout->name, revision->name, revision->name);
}

/* Call @take for the names in C of each revision: what is its own begins with one of them. */
static void for_stems(struct c_names *names, const struct layout *layout,
		      void (*take)(struct c_names *names, const char *stem,
				   const struct taken *claim))
{
	struct arena *arena = names->checker->spec->arena;

	for (size_t i = 0; i < layout->count; i++) {
		const struct revision *revision = layout->revisions[i];
		struct taken taken = { .owner = revision, .pos = revision->pos };

		if (!revision_is_whole(revision))
			continue;
		taken.what = arena_printf(arena, "%s/%s", layout->name, revision->name);
		take(names, arena_printf(arena, "%s_%s", layout->name, revision->name), &taken);
		take(names, arena_printf(arena, "%s_%s", layout->c_struct, revision->name), &taken);
	}
}

static void enter_stem(struct c_names *names, const char *stem, const struct taken *claim)
{
	claim_in(names, &names->stems, stem, claim);
	claim_in(names, &names->taken, stem, claim);
}

/* A copy goes to a revision of another layout by all of its name, a translation by a part. */
static void look_at_targets(struct c_names *names, const struct layout *layout)
{
	for (size_t i = 0; layout->clean_word && i < layout->count; i++) {
		const struct revision *revision = layout->revisions[i];
		const struct taken *first = table_name(&names->stems,
						       capital_name(names, revision->name));
		struct taken taken = { revision, revision->name, revision->pos };

		if (revision_is_whole(revision) && first && first->owner != revision)
			report_taken(names, first, revision->name, &taken);
	}
}

static void name_support(struct c_names *names, const struct support *support)
{
	struct c_names own = { .checker = names->checker };
	const struct spec *spec = names->checker->spec;

	for (size_t i = 0; i < spec->control_word_count; i++) {
		const struct control_word *word = spec->control_words[i];

		if (!word->mask)
			continue;
		claim(&own, word, word->mask, word->pos, "%s_%s", support->prefix, word->mask);
		for (size_t j = 0; j < support->role_count; j++)
			claim(&own, support->roles[j], support->roles[j], support->pos, "%s_%s",
			      arena_printf(spec->arena, "%s_%s", support->prefix, word->mask),
			      support->roles[j]);
	}
	table_free(&own.taken);
}

static void look_at_revision(struct checker *checker, const struct revision *revision)
{
	struct c_names names = { .checker = checker };

	look_at_path(&names, revision);
	for (size_t i = 0; i < revision->count; i++)
		look_at_word(&names, revision->members[i].name, revision->members[i].pos);
}

static void c_name(struct checker *checker)
{
	struct c_names names = { .checker = checker };
	const struct spec *spec = checker->spec;

	for (size_t i = 0; i < COUNT(own_names); i++)
		claim(&names, NULL, own_names[i], (struct srcpos){ 0 }, "%s%s", own_names[i], "");
	name_fields(&names, spec);
	name_controls(&names, spec);
	name_bits(&names, spec);
	for (size_t i = 0; i < spec->layout_count; i++)
		for_stems(&names, spec->layouts[i], enter_stem);
	for (size_t i = 0; i < spec->layout_count; i++) {
		for_stems(&names, spec->layouts[i], look_at_stem);
		look_at_targets(&names, spec->layouts[i]);
		name_layout(&names, spec->layouts[i]);
	}
	for (size_t i = 0; i < spec->support_count; i++)
		name_support(&names, spec->supports[i]);
	for_revisions(checker, look_at_revision);
	table_free(&names.taken);
	table_free(&names.stems);
}

const struct check check_c_name = {
	"c-name", SEVERITY_ERROR, "a name that C, or another thing in the generated files, has",
	c_name, { NULL },
};
