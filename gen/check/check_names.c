// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Names in the generated files, and whether C allows them.  Only this file knows all names that are
 * taken.  Templates add words before or after the names that are claimed here.
 */
#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "check/check.h"

/* Words of C, of its common extensions and of the macros that the files come with. */
static const char *const words[] = {
	"alignas", "alignof", "asm", "auto", "bool", "break", "case", "char", "const",
	"constexpr", "continue", "default", "do", "double", "else", "enum", "extern", "false",
	"float", "for", "goto", "if", "inline", "int", "long", "nullptr", "register", "restrict",
	"return", "short", "signed", "sizeof", "static", "static_assert", "struct", "switch",
	"thread_local", "true", "typedef", "typeof", "typeof_unqual", "union", "unsigned",
	"void", "volatile", "while", "NULL", "linux", "unix", "i386", "current", "noinline",
};

/* Names that the generated files themselves define, in capitals. */
static const char *const own_names[] = {
	"VMCS_ENC_WIDTH", "VMCS_ENC_WIDTH_16", "VMCS_ENC_WIDTH_32", "VMCS_ENC_WIDTH_64",
	"VMCS_ENC_WIDTH_NATURAL", "VMCS_ENC_TYPE", "VMCS_ENC_TYPE_CONTROL",
	"VMCS_ENC_TYPE_READ_ONLY", "VMCS_ENC_TYPE_GUEST", "VMCS_ENC_TYPE_HOST",
	"VMCS_ENC_IS_HIGH", "VMCS_ENC_BYTES", "VMCS_ENCODING", "VMCS_ENCODING_WIDTH",
	"VMCS_ENCODING_TYPE", "VMCS_SLOT", "VMCS_SLOTS", "VMCS_SLOT_ENCODINGS", "VMCS_ROW",
	"VMCS_ROWS", "VMCS_FIELD", "VMCS_FIELD_EXISTS",
	"VMCS_COPY", "VMCS_COPY_AS", "VMCS_EXTENT", "VMCS_LOAD", "VMCS_STORE", "VMCS_ENDS",
	"VMCS_ENDS_WITH_HIGH", "VMCS_PEEK", "VMCS_PEEK_FIELD", "VMCS_POKE", "VMCS_POKE_FIELD",
	"VMCS_BYTES", "VMCS_BY_WIDTH", "VMCS_END", "VMCS_BITS_BEFORE", "VMCS_MOVE",
	"VMCS_MOVE_REST", "VMCS_MOVE_1", "VMCS_MOVE_2", "VMCS_MOVE_4", "VMCS_MOVE_8",
	"VMCS_MOVE_16", "VMCS_MOVE_32", "VMCS_MOVE_64", "VMCS_MOVE_128", "VMCS_MOVE_256",
	"VMCS_MOVE_512", "VMCS_STRUCT", "VMCS_MAP", "VMCS_OFFSET", "VMCS_FIND", "VMCS_READ",
	"VMCS_WRITE", "VMCS_GROUPS", "VMCS_CLEAN", "VMCS_SYNC", "VMCS_SYNC_TABLE",
	"VMCS_SYNC_RO", "VMCS_SYNC_RW", "VMCS_SYNC_RARE", "VMCS_ASSERT_MEMBER",
	"VMCS_ASSERT_FIELD", "VMCS_ASSERT_CONTROL", "VMCS_LINUX_NAMES", "VMCS_CHECKED",
	"VMCS_ASSERT_ARRAY", "BIT", "BIT_ULL", "ARRAY_SIZE", "U8", "U16",
	"U32", "U64", "UNLIKELY",
	"SHADOW_FIELD_RO", "SHADOW_FIELD_RW",
};

/* The parts of guards that identify files, between VMCSGEN_ and _H. */
static const char *const own_guards[] = {
	"VMCS_ACCESS", "VMCS_CONTROLS", "VMCS_ENCODINGS", "VMCS_EXISTS", "VMCS_MOVE", "VMCS_SYNC",
	"VMCS_TYPES",
};

/* Suffixes that templates add to the name of a revision, and in the guards of its files. */
static const char *const endings[] = {
	"id", "size", "launch_state", "highest_index", "map", "groups",
};

static const char *const guard_endings[] = { "", "_map", "_copies" };

/* The owner of a name, and the spec's word for it. */
struct name_owner {
	const void *object;		/* NULL: the generated files */
	const char *what;
	struct srcpos pos;
	bool of_target;			/* who gives the name */
};

struct c_names {
	struct checker *checker;
	bool of_target;			/* only names that it gives are reported here */
	struct table taken;		/* names in capitals to struct name_owner */
	struct table guards;		/* the same of headers' guards, which meet guards alone */
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* @name as C has it; a macro or an enumerator is in capitals. */
static const char *c_spelling(const struct spec *spec, const char *name, bool capitals)
{
	char *text = arena_copy(spec->arena, name, strlen(name));

	for (char *c = text; *c; c++)
		if (!isalnum((unsigned char)*c))
			*c = '_';
		else if (capitals)
			*c = toupper((unsigned char)*c);
	return text;
}

/* The key of a name: no two may differ in case alone, as one may be in capitals. */
static const char *capital_name(const struct c_names *names, const char *name)
{
	const struct spec *spec = names->checker->spec;

	return name_of(spec->names, c_spelling(spec, name, true));
}

static void report_taken(struct c_names *names, const struct name_owner *first, const char *name,
			 const struct name_owner *second)
{
	struct checker *checker = names->checker;

	if (names->of_target && !first->of_target && !second->of_target)
		return;
	name = c_spelling(checker->spec, name, isupper((unsigned char)*name));
	if (!first->object) {
		check_report(checker, srcpos_key(second->pos), second->pos,
			     "'%s' is called %s in C, as something else in the generated files is",
			     second->what, name);
		return;
	}
	check_report(checker, srcpos_key(second->pos), second->pos,
		     "'%s' and '%s' are both called %s in C", second->what, first->what, name);
	report_note(checker->messages, first->pos, "the other one");
}

/* Give @name to @owner; report it if another owner has it. */
static void enter_name(struct c_names *names, struct table *table, const char *name,
		       const struct name_owner *owner)
{
	struct name_owner *entry = arena_alloc(names->checker->spec->arena, sizeof(*entry));
	struct name_owner *first = table_add_name(table, capital_name(names, name), entry);

	*entry = *owner;
	if (first && first->object != owner->object)
		report_taken(names, first, name, owner);
}

/* Let @owner have the name that @format makes. */
__attribute__((format(printf, 4, 5)))
static void claim(struct c_names *names, struct table *table, const struct name_owner *owner,
		  const char *format, ...)
{
	va_list args;

	va_start(args, format);
	enter_name(names, table, arena_vprintf(names->checker->spec->arena, format, args), owner);
	va_end(args);
}

/* Give the @object, a @what of the spec, the name that @format makes. */
#define claim_name(names, object, what, pos, ...)					\
	claim(names, &(names)->taken, &(struct name_owner){ object, what, pos, false },	\
	      __VA_ARGS__)

/* An object that keeps its own name in C. */
static void look_at_word(struct checker *checker, const char *name, struct srcpos pos)
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
		check_report(checker, srcpos_key(pos), pos, "'%s' means something else in C", name);
}

static void name_fields(struct c_names *names, const struct spec *spec)
{
	for (size_t i = 0; i < spec->field_count; i++) {
		const struct field *field = spec->fields[i];

		if (field->tlfs)
			look_at_word(names->checker, field->tlfs, field->pos);
		claim_name(names, field, field->name, field->pos, "VMCS_ENC_%s", field->name);
		if (field_has_high(field))
			claim_name(names, field, field->name, field->pos, "VMCS_ENC_%s_HIGH",
				   field->name);
	}
}

static void name_control_word(struct c_names *names, const struct control_word *word)
{
	struct checker *checker = names->checker;

	look_at_word(checker, word->field->name, word->field->pos);
	for (size_t i = 0; i < word->count; i++) {
		const struct control *control = &word->controls[i];

		/* One that is defined twice was reported. */
		if (table_name(&checker->spec->control_names, control->name) == control)
			claim_name(names, control, control->name, control->pos, "VMCS_CTRL_%s",
				   control->name);
	}
	for (const char *c = word->mask; c && *c; c++)
		if (!isalnum((unsigned char)*c) && *c != '_')
			check_report(checker, word, word->pos, "'%s' is not part of a C name",
				     word->mask);
}

static void name_groups(struct c_names *names, const struct layout *layout)
{
	static const char *const all[] = { "NONE", "ALL", "SELDOM" };

	for (size_t i = 0; layout->clean_word && i < COUNT(all); i++)
		claim_name(names, layout, layout->name, layout->clean_pos, "%s_%s",
			   layout->clean_prefix, all[i]);
	for (int bit = 0; layout->clean_word && bit < GROUPS; bit++) {
		const struct group *group = &layout->groups[bit];

		if (group->name)
			claim_name(names, group, group->name, group->pos, "%s_%s",
				   layout->clean_prefix, group->name);
	}
}

static void name_layout(struct c_names *names, const struct layout *layout)
{
	name_groups(names, layout);
	if (!layout->table)
		return;
	look_at_word(names->checker, layout->table, layout->pos);
	look_at_word(names->checker, layout->table_count, layout->pos);
	claim_name(names, layout, layout->name, layout->pos, "%s_field", layout->name);
	claim_name(names, &layout->table, layout->table, layout->pos, "%s", layout->table);
	claim_name(names, &layout->table_count, layout->table_count, layout->pos, "%s",
		   layout->table_count);
}

/* Names that begin with the revision's own. */
static void claim_revision(struct c_names *names, const struct layout *layout, const char *name,
			   const struct name_owner *owner)
{
	for (size_t i = 0; i < COUNT(guard_endings); i++)
		claim(names, &names->guards, owner, "%s_%s%s", layout->name, name,
		      guard_endings[i]);
	for (size_t i = 0; i < COUNT(endings); i++)
		claim(names, &names->taken, owner, "%s_%s_%s", layout->name, name, endings[i]);
}

/* The struct of a page that is not the only one of a target. */
static void claim_page(struct c_names *names, const struct layout *layout, const char *name,
		       const struct name_owner *owner)
{
	claim(names, &names->taken, owner, "%s_%s", layout->c_struct, name);
}

static void name_revisions(struct c_names *names, const struct layout *layout)
{
	for (size_t i = 0; i < layout->count; i++) {
		const struct revision *revision = layout->revisions[i];
		struct name_owner owner = { .object = revision, .what = revision->path,
					    .pos = revision->pos };

		if (!revision_is_whole(revision))
			continue;
		claim_revision(names, layout, revision->name, &owner);
		if (layout->clean_word)
			claim_page(names, layout, revision->name, &owner);
	}
}

/* Names that do not depend on revisions, and guards. */
static void claim_own_names(struct c_names *names)
{
	const struct spec *spec = names->checker->spec;
	const struct name_owner generated = { 0 };

	for (size_t i = 0; i < COUNT(own_names); i++)
		enter_name(names, &names->taken, own_names[i], &generated);
	for (size_t i = 0; i < COUNT(own_guards); i++)
		enter_name(names, &names->guards, own_guards[i], &generated);
	for (size_t i = 0; i < spec->layout_count; i++) {
		const struct layout *layout = spec->layouts[i];
		struct name_owner owner = { .object = layout, .what = layout->name,
					    .pos = layout->pos };

		claim(names, &names->guards, &owner, "%s_%s", layout->name,
		      layout->clean_word ? "fields" : "revisions");
	}
	for (size_t i = 0; i < spec->support_count; i++) {
		const struct support *support = spec->supports[i];
		/* By name: a second definition has been reported. */
		struct name_owner owner = { .object = support->name, .what = support->name,
					    .pos = support->pos };

		claim(names, &names->guards, &owner, "%s_%s_controls",
		      support->revision->layout->name, support->name);
	}
}

/* A layout has two files that are not named after revisions. */
static void look_at_revision(struct checker *checker, const struct layout *layout,
			     const char *name, struct srcpos pos)
{
	if (!strcmp(name, "fields") || !strcmp(name, "revisions"))
		check_report(checker, srcpos_key(pos), pos,
			     "'%s/%s' is called as the file %s.h of its layout is", layout->name,
			     name, name);
}

/* The owner of the names of a revision, as a target takes it. */
static struct name_owner taking_owner(const struct c_names *names, const struct taking *taking)
{
	return (struct name_owner){
		.object = taking->revision, .pos = taking->pos,
		.what = arena_printf(names->checker->spec->arena, "%s/%s",
				     taking->revision->layout->name, taking->name),
		.of_target = strcmp(taking->name, taking->revision->name),
	};
}

static void name_taken(struct c_names *names, const struct takings *takings)
{
	for (size_t i = 0; i < takings->count; i++) {
		const struct taking *taking = &takings->of[i];
		const struct layout *layout = taking->revision->layout;
		struct name_owner owner = taking_owner(names, taking);

		if (owner.of_target)
			look_at_revision(names->checker, layout, taking->name, taking->pos);
		claim_revision(names, layout, taking->name, &owner);
	}
}

/* A struct with the layout's own name: that of all memory, and of a single page. */
static void claim_struct(struct c_names *names, const struct taking *taking)
{
	const struct layout *layout = taking->revision->layout;
	struct name_owner owner = { .object = layout, .what = layout->name, .pos = taking->pos,
				    .of_target = true };

	look_at_word(names->checker, layout->c_struct, layout->pos);
	enter_name(names, &names->taken, layout->c_struct, &owner);
	if (layout->clean_word)
		return;
	claim(names, &names->taken, &owner, "%s_revision", layout->c_struct);
	claim(names, &names->taken, &owner, "%s_revisions", layout->name);
	claim(names, &names->taken, &owner, "nr_%s_revisions", layout->name);
}

/* The structs of a target, and its copies between pages and memory. */
static void name_structs(struct c_names *names, const struct target *target)
{
	const struct takings *memory = &target->memory, *pages = &target->pages;
	struct arena *arena = names->checker->spec->arena;

	for (size_t i = 0; i < memory->count; i++)
		claim_struct(names, &memory->of[i]);
	for (size_t i = 0; i < pages->count; i++) {
		const struct taking *page = &pages->of[i];
		const struct layout *layout = page->revision->layout;
		struct name_owner owner = taking_owner(names, page);
		const char *prefix = layout->name;

		if (takings_of_layout(pages, layout) == 1) {
			claim_struct(names, page);
		} else {
			claim_page(names, layout, page->name, &owner);
			prefix = arena_printf(arena, "%s_%s", layout->name, page->name);
		}
		owner.of_target = true;
		for (size_t j = 0; j < memory->count; j++) {
			const char *kept = memory->of[j].revision->layout->name;

			claim(names, &names->taken, &owner, "%s_to_%s", prefix, kept);
			claim(names, &names->taken, &owner, "%s_to_%s", kept, prefix);
		}
	}
}

/* The names that a target gives to revisions; their own names are checked elsewhere. */
static void look_at_taken(struct checker *checker, const struct target *target)
{
	struct c_names names = { .checker = checker, .of_target = true };
	const struct takings *all[] = { &target->memory, &target->images, &target->pages };

	if (!strcmp(target->name, "vmcs.json"))
		check_report(checker, NULL, target->pos,
			     "'vmcs.json' is a file in the folder of the targets");
	claim_own_names(&names);
	for (size_t i = 0; i < COUNT(all); i++)
		name_taken(&names, all[i]);
	name_structs(&names, target);
	table_free(&names.taken);
	table_free(&names.guards);
}

static void look_at_names(struct checker *checker, const struct spec *spec)
{
	struct c_names names = { .checker = checker };

	claim_own_names(&names);
	name_fields(&names, spec);
	for (size_t i = 0; i < spec->control_word_count; i++)
		name_control_word(&names, spec->control_words[i]);
	for (size_t i = 0; i < spec->bits_count; i++)
		for (size_t j = 0; j < spec->bits[i]->count; j++)
			look_at_word(checker, spec->bits[i]->fields[j].name,
				     spec->bits[i]->fields[j].pos);
	for (size_t i = 0; i < spec->layout_count; i++) {
		name_revisions(&names, spec->layouts[i]);
		name_layout(&names, spec->layouts[i]);
	}
	table_free(&names.taken);
	table_free(&names.guards);
	for (size_t i = 0; i < spec->target_count; i++)
		look_at_taken(checker, spec->targets[i]);
}

/* Compare a mask only with the masks of its own list. */
static void look_at_masks(struct checker *checker, const struct support *support)
{
	struct c_names own = { .checker = checker };

	for (size_t i = 0; i < checker->spec->control_word_count; i++) {
		const struct control_word *word = checker->spec->control_words[i];

		if (!word->mask)
			continue;
		claim_name(&own, word, word->mask, word->pos, "%s_%s", support->prefix, word->mask);
		for (size_t j = 0; j < support->role_count; j++)
			claim_name(&own, support->roles[j], support->roles[j], support->pos,
				   "%s_%s_%s", support->prefix, word->mask, support->roles[j]);
	}
	table_free(&own.taken);
}

static void look_at_revision_name(struct checker *checker, const struct revision *revision)
{
	look_at_revision(checker, revision->layout, revision->name, revision->pos);
}

static void look_at_member_name(struct checker *checker, const struct revision *revision,
				const struct member *member)
{
	(void)revision;
	look_at_word(checker, member->name, member->pos);
	if (member->tlfs)
		look_at_word(checker, member->tlfs, member->pos);
}

const struct check check_c_name = {
	.name = "c-name", .severity = SEVERITY_ERROR, .spec = look_at_names,
	.support = look_at_masks, .revision = look_at_revision_name, .member = look_at_member_name,
	.text = "a name that C, or another thing in the generated files, has",
};
