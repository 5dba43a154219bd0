// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/spelling.h"
#include "compare/find_in_spec.h"
#include "compare/thesaurus.h"

enum { WORDS_MAX = 24, SUGGESTIONS = 8 };

/*
 * Words that programs put around a name, and that a name may lack: VMX_VMCS64_CTRL_TSC_OFFSET_FULL.
 */
static const char *const fillers[] = {
	"vmcs", "vmcs12", "vmcs16", "vmcs32", "vmcs64", "vmx", "vm", "evmcs", "16bit", "32bit",
	"64bit", "16b", "32b", "64b", "natural", "width", "nw", "field", "full", "ctrl", "ctls",
	"ctls2", "procbased", "pinbased", "control", "controls", "encoding", "exec", "execution",
	"the", "of", NULL
};

/* A name in words of lower case. */
struct words {
	char text[160];
	const char *of[WORDS_MAX];
	size_t count;
};

/* A word ends at punctuation, and where a capital follows: TscMultiplier. */
static bool begins_word(const char *name, const char *at)
{
	if (at == name || !isalnum((unsigned char)at[-1]))
		return true;
	return isupper((unsigned char)*at) && islower((unsigned char)at[-1]);
}

static void cut_words(struct words *words, const char *name)
{
	char *end = words->text, *last = words->text + sizeof(words->text) - 2;

	words->count = 0;
	for (const char *at = name; *at && end < last && words->count < WORDS_MAX; at++) {
		if (!isalnum((unsigned char)*at))
			continue;
		if (begins_word(name, at)) {
			if (end > words->text)
				*end++ = '\0';
			words->of[words->count++] = end;
		}
		*end++ = tolower((unsigned char)*at);
	}
	*end = '\0';
}

static bool is_filler(const char *word)
{
	for (const char *const *filler = fillers; *filler; filler++)
		if (!strcmp(*filler, word))
			return true;
	return false;
}

/* Whether two names are one, but for case and punctuation. */
static bool same_letters(const char *a, const char *b)
{
	for (;; a++, b++) {
		while (*a && !isalnum((unsigned char)*a))
			a++;
		while (*b && !isalnum((unsigned char)*b))
			b++;
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (!*a)
			return true;
	}
}

static bool same_subject(const struct subject *a, const struct subject *b)
{
	if (a->word || b->word)
		return a->word == b->word && a->bit == b->bit;
	if (a->field || b->field)
		return a->field == b->field && a->high == b->high;
	return a->member && b->member && a->member->name == b->member->name;
}

static void add_subject(struct subjects *subjects, const struct subject *subject)
{
	for (size_t i = 0; i < subjects->count; i++)
		if (same_subject(&subjects->of[i], subject))
			return;
	subjects->of = grow(subjects->of, &subjects->room, subjects->count + 1,
			    sizeof(*subjects->of));
	subjects->of[subjects->count++] = *subject;
}

static void enter_term(struct thesaurus *thesaurus, const char *name, const struct subject *subject)
{
	if (!name)
		return;
	thesaurus->terms = grow(thesaurus->terms, &thesaurus->room, thesaurus->count + 1,
				sizeof(*thesaurus->terms));
	thesaurus->terms[thesaurus->count++] = (struct term){ name, *subject };
}

/* A name of the SDM, and its parts where it has a short one in brackets: EPT pointer (EPTP). */
static void add_sdm_term(struct thesaurus *thesaurus, const char *name,
			 const struct subject *subject)
{
	struct arena *arena = thesaurus->spec->arena;
	const char *bracket = name ? strchr(name, '(') : NULL;

	enter_term(thesaurus, name, subject);
	if (!bracket)
		return;
	enter_term(thesaurus, arena_copy(arena, name, bracket - name), subject);
	enter_term(thesaurus, arena_copy(arena, bracket + 1, strcspn(bracket + 1, ")")), subject);
}

static void add_field_terms(struct thesaurus *thesaurus, const struct field *field)
{
	struct subject subject = { .field = field };

	enter_term(thesaurus, field->name, &subject);
	enter_term(thesaurus, field->tlfs, &subject);
	add_sdm_term(thesaurus, field->sdm, &subject);
	for (size_t i = 0; i < field->linux_count; i++)
		enter_term(thesaurus, field->linux_names[i], &subject);
}

static void add_control_terms(struct thesaurus *thesaurus, const struct control *control)
{
	struct subject subject = { .word = control->word, .control = control,
				   .bit = control->bit };

	enter_term(thesaurus, control->name, &subject);
	add_sdm_term(thesaurus, control->sdm, &subject);
}

/* Members that are not fields, and names that only a revision has for a field. */
static void add_member_terms(struct thesaurus *thesaurus, const struct revision *revision,
			     struct table *seen)
{
	for (size_t i = 0; i < revision->count; i++) {
		const struct member *member = &revision->members[i];
		struct subject subject = { .field = member->field };

		if (!member->field)
			subject.member = member;
		if (member->pad || table_add_name(seen, member->name, thesaurus))
			continue;
		enter_term(thesaurus, member->name, &subject);
		enter_term(thesaurus, member->tlfs, &subject);
	}
}

/* Labels that are long enough to be no common words. */
static void add_dump_terms(struct thesaurus *thesaurus, const struct dump_line *line)
{
	enum { FIRST_LABEL = 5, OTHER_LABEL = 8 };

	for (size_t i = 0; i < line->count; i++) {
		struct subject subject = { .field = line->values[i].field };
		const char *label = line->values[i].label;

		label += strspn(label, ",");
		if (subject.field && strlen(label) > (i ? OTHER_LABEL : FIRST_LABEL))
			enter_term(thesaurus, arena_copy(thesaurus->spec->arena, label,
							 strcspn(label, "=")), &subject);
	}
}

void thesaurus_init(struct thesaurus *thesaurus, const struct spec *spec)
{
	struct table seen = { .slots = NULL };

	*thesaurus = (struct thesaurus){ .spec = spec };
	for (size_t i = 0; i < spec->field_count; i++) {
		table_add_name(&seen, spec->fields[i]->name, thesaurus);
		add_field_terms(thesaurus, spec->fields[i]);
	}
	for (size_t i = 0; i < spec->control_count; i++)
		add_control_terms(thesaurus, spec->controls[i]);
	for (size_t i = 0; i < spec->layout_count; i++)
		for (size_t j = spec->layouts[i]->count; j--;)
			if (revision_is_whole(spec->layouts[i]->revisions[j]))
				add_member_terms(thesaurus, spec->layouts[i]->revisions[j], &seen);
	for (size_t i = 0; i < spec->dump_count; i++)
		for (size_t j = 0; j < spec->dumps[i].count; j++)
			add_dump_terms(thesaurus, &spec->dumps[i].lines[j]);
	table_free(&seen);
}

void thesaurus_free(struct thesaurus *thesaurus)
{
	free(thesaurus->terms);
}

/*
 * By numbers
 */

static bool is_number(const char *text, int base, unsigned long *number)
{
	char *end;

	if (!isxdigit((unsigned char)*text))
		return false;
	*number = strtoul(text, &end, base);
	return end > text && !*end;
}

/* The field with an encoding, or with its high half's. */
static bool add_encoding(const struct thesaurus *thesaurus, unsigned long encoding,
			 struct subjects *subjects)
{
	for (size_t i = 0; i < thesaurus->spec->field_count; i++) {
		const struct field *field = thesaurus->spec->fields[i];
		bool high = encoding == (field->encoding | ENCODING_HIGH) && field_has_high(field);

		if (encoding == field->encoding || high) {
			add_subject(subjects, &(struct subject){ .field = field, .high = high });
			return true;
		}
	}
	return false;
}

/* By any reading of the digits: kernels print encodings without 0x, too. */
static bool enter_number(const struct thesaurus *thesaurus, const char *text,
		       struct subjects *subjects)
{
	bool hexadecimal = !strncasecmp(text, "0x", 2);
	unsigned long number;
	bool found = false;

	if (!hexadecimal && *text != '0' && is_number(text, 10, &number))
		found = add_encoding(thesaurus, number, subjects);
	if (is_number(text, 16, &number) && (hexadecimal || strlen(text) >= 4 || *text == '0'))
		found |= add_encoding(thesaurus, number, subjects);
	return found;
}

/* What the bits of an encoding that no field has say. */
static const char *unknown_encoding(const struct thesaurus *thesaurus, unsigned long encoding)
{
	static const char *const widths[] = { "16-bit", "64-bit", "32-bit", "natural-width" };
	static const char *const types[] = { "control", "read-only", "guest", "host" };
	struct arena *arena = thesaurus->spec->arena;
	const struct field *before = NULL;

	if (encoding & ENCODING_RESERVED)
		return arena_printf(arena, "0x%lx is not an encoding: it has reserved bits set, "
				    "those of 0x%lx", encoding, encoding & ENCODING_RESERVED);
	for (size_t i = 0; i < thesaurus->spec->field_count; i++)
		if (thesaurus->spec->fields[i]->encoding < encoding)
			before = thesaurus->spec->fields[i];
	return arena_printf(arena, "the spec has no field 0x%08lx, which would be a %s %s field%s "
			    "with the index %u; the last one before it is %s", encoding,
			    widths[encoding_width(encoding)], types[encoding_type(encoding)],
			    encoding & ENCODING_HIGH ? "'s high half" : "",
			    encoding_index(encoding), before ? before->name : "none");
}

/*
 * By places and bits
 */

static const char *ask_place(const struct thesaurus *thesaurus, const char *text, const char *at,
			     struct subjects *subjects)
{
	struct arena *arena = thesaurus->spec->arena;
	const char *path = arena_copy(arena, text, at - text);
	struct subject place = { .revision = spec_placed(thesaurus->spec, path) };
	unsigned long offset;

	if (!place.revision)
		return arena_printf(arena, "the spec has no revision '%s'; 'vmcsgen list' prints "
				    "those that it has", path);
	if (!is_number(at + 1, 0, &offset))
		return arena_printf(arena, "'%s' is not an offset: they are decimal, or "
				    "hexadecimal with 0x", at + 1);
	if (offset >= place.revision->layout->size)
		return arena_printf(arena, "%s has bytes 0 to %u", path,
				    place.revision->layout->size - 1);
	place.offset = offset;
	for (size_t i = 0; i < place.revision->count; i++) {
		const struct member *member = &place.revision->members[i];

		if (member->offset <= offset && offset < member_end(member)) {
			place.member = member;
			place.field = member->field;
		}
	}
	add_subject(subjects, &place);
	return NULL;
}

/* What is called @name just so, or else in another case and with other punctuation. */
static void add_exact(const struct thesaurus *thesaurus, const char *name,
		      struct subjects *subjects)
{
	size_t before = subjects->count;

	for (size_t i = 0; i < thesaurus->count; i++)
		if (!strcmp(thesaurus->terms[i].name, name))
			add_subject(subjects, &thesaurus->terms[i].subject);
	if (subjects->count > before)
		return;
	for (size_t i = 0; i < thesaurus->count; i++)
		if (same_letters(thesaurus->terms[i].name, name))
			add_subject(subjects, &thesaurus->terms[i].subject);
}

/* By what the macros of out/ and of kernels put around a name: VMCS_ENC_X, X_HIGH. */
static bool add_named(const struct thesaurus *thesaurus, const char *name,
		      struct subjects *subjects)
{
	static const char *const prefixes[] = { "VMCS_ENC_", "VMCS_CTRL_", "VMCS_DEFAULT1_" };
	size_t len, before = subjects->count;

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			name += strlen(prefixes[i]);
	add_exact(thesaurus, name, subjects);
	len = strlen(name);
	while (len && !isalnum((unsigned char)name[len - 1]))
		len--;
	if (subjects->count > before || len < 5 || strncasecmp(name + len - 4, "high", 4))
		return subjects->count > before;
	add_exact(thesaurus, arena_copy(thesaurus->spec->arena, name, len - 4), subjects);
	for (size_t i = before; i < subjects->count; i++) {
		const struct field *field = subjects->of[i].field;

		subjects->of[i].high = field && field_has_high(field);
	}
	return subjects->count > before;
}

/*
 * By words
 */

/* What it costs to take @asked for @word; at most 3, or 4 if it can't be. */
static unsigned int word_cost(const char *asked, const char *word)
{
	size_t asked_len = strlen(asked), len = strlen(word);

	if (!strcmp(asked, word))
		return 0;
	if (asked_len >= 3 && !strncmp(asked, word, asked_len))
		return 1;
	if (len >= 3 && !strncmp(asked, word, len))
		return 1;
	if (asked_len >= 4 && spelling_distance(asked, word, asked_len / 4) <= asked_len / 4)
		return 2;
	return 4;
}

/* The words that are alike, first those that are most; returns what all of it costs. */
static unsigned int words_cost(const struct words *asked, const struct words *words, bool *whole)
{
	bool taken[WORDS_MAX] = { false };
	unsigned int cost = 0;

	*whole = true;
	for (size_t i = 0; i < asked->count; i++) {
		unsigned int best = 4;
		size_t best_at = 0;

		for (size_t j = 0; j < words->count; j++) {
			unsigned int this = taken[j] ? 4 : word_cost(asked->of[i], words->of[j]);

			if (this < best) {
				best = this;
				best_at = j;
			}
		}
		if (best < 4)
			taken[best_at] = true;
		else if (is_filler(asked->of[i]))
			best = 1;
		else
			*whole = false;
		cost += 2 * best;
	}
	for (size_t j = 0; j < words->count; j++)
		if (!taken[j])
			cost += is_filler(words->of[j]) ? 1 : 3;
	return cost;
}

/* A term, and how near it is to what was asked. */
struct near {
	const struct term *term;
	unsigned int cost;
	bool whole;			/* each word that was asked for is in it */
};

/* Put @near among the nearest subjects, those with all words first; a subject is there once. */
static void add_near(struct near *nearest, size_t *count, struct near near)
{
	size_t at = 0;

	for (size_t i = 0; i < *count; i++)
		if (same_subject(&nearest[i].term->subject, &near.term->subject)) {
			if (nearest[i].whole > near.whole ||
			    (nearest[i].whole == near.whole && nearest[i].cost <= near.cost))
				return;
			memmove(&nearest[i], &nearest[i + 1], (--*count - i) * sizeof(*nearest));
			break;
		}
	while (at < *count && (nearest[at].whole > near.whole ||
			       (nearest[at].whole == near.whole && nearest[at].cost <= near.cost)))
		at++;
	if (at >= SUGGESTIONS)
		return;
	*count += *count < SUGGESTIONS;
	memmove(&nearest[at + 1], &nearest[at], (*count - at - 1) * sizeof(*nearest));
	nearest[at] = near;
}

static size_t find_nearest(const struct thesaurus *thesaurus, const char *text,
			   struct near nearest[SUGGESTIONS])
{
	struct words asked, words;
	size_t count = 0;

	cut_words(&asked, text);
	for (size_t i = 0; i < thesaurus->count; i++) {
		struct near near = { .term = &thesaurus->terms[i] };

		cut_words(&words, near.term->name);
		near.cost = words_cost(&asked, &words, &near.whole);
		if (near.cost < 6 * asked.count)
			add_near(nearest, &count, near);
	}
	return count;
}

/* The name of what a term is about, as the spec has it. */
static const char *subject_name(const struct subject *subject)
{
	return subject->control ? subject->control->name :
	       subject->field ? subject->field->name : subject->member->name;
}

/* The name of the one subject that @text is misspelled for, or NULL if there are several. */
static const struct term *find_misspelled(const struct thesaurus *thesaurus, const char *text)
{
	unsigned int best = spelling_most(text);
	const struct term *found = NULL;
	bool several = false;

	for (size_t i = 0; i < thesaurus->count; i++) {
		const struct term *term = &thesaurus->terms[i];
		unsigned int distance = spelling_distance(text, term->name, best);

		if (distance > best)
			continue;
		several = found && distance == best &&
			  (several || !same_subject(&found->subject, &term->subject));
		best = distance;
		found = term;
	}
	return several ? NULL : found;
}

/* The names of the nearest subjects: "a, b or c". */
static const char *list_names(struct arena *arena, const struct near *nearest, size_t count)
{
	const char *list = "";

	for (size_t i = 0; i < count; i++)
		list = arena_printf(arena, "%s%s%s", list, !i ? "" : i + 1 == count ? " or " : ", ",
				    subject_name(&nearest[i].term->subject));
	return list;
}

/* The nearest one if all words are in it, and in no other as near; else say which may be meant. */
static const char *ask_words(const struct thesaurus *thesaurus, const char *text,
			     struct subjects *subjects)
{
	struct near nearest[SUGGESTIONS + 1];
	size_t count = find_nearest(thesaurus, text, nearest), as_near = 0;
	bool whole = count && nearest[0].whole, some;
	struct arena *arena = thesaurus->spec->arena;
	const struct term *term;

	while (as_near < count && nearest[as_near].cost == nearest[0].cost &&
	       nearest[as_near].whole == whole)
		as_near++;
	term = !whole ? find_misspelled(thesaurus, text) : as_near == 1 ? nearest[0].term : NULL;
	if (term) {
		add_subject(subjects, &term->subject);
		subjects->taken_for = term->name;
		return NULL;
	}
	if (whole)
		return arena_printf(arena, "'%s' may be %s", text,
				    list_names(arena, nearest, as_near));
	some = as_near && as_near <= SUGGESTIONS / 2;	/* more would be no help */
	return arena_printf(arena, "the spec has no field, control or member '%s'%s%s%s", text,
			    some ? "; did you mean " : "",
			    some ? list_names(arena, nearest, as_near) : "", some ? "?" : "");
}

/*
 * Any text
 */

/* The word of controls that a text names ahead of a bit, "WORD BIT" or "WORD[BIT]"; or NULL. */
static const char *cut_bit(const struct thesaurus *thesaurus, const char *text, unsigned int *bit)
{
	const char *end = text + strlen(text), *digits;

	while (end > text && !isalnum((unsigned char)end[-1]))
		end--;
	digits = end;
	while (digits > text && isdigit((unsigned char)digits[-1]))
		digits--;
	if (digits == end || end - digits > 2 || digits == text || digits[-1] == '_' ||
	    isalnum((unsigned char)digits[-1]))
		return NULL;
	*bit = strtoul(digits, NULL, 10);
	while (digits > text && !isalnum((unsigned char)digits[-1]))
		digits--;
	if (digits - text > 4 && !strncasecmp(digits - 3, "bit", 3) &&
	    !isalnum((unsigned char)digits[-4]))
		digits -= 4;
	return digits > text ? arena_copy(thesaurus->spec->arena, text, digits - text) : NULL;
}

static const char *ask_bit(const struct thesaurus *thesaurus, const char *name, unsigned int bit,
			   struct subjects *subjects)
{
	struct arena *arena = thesaurus->spec->arena;
	struct subject subject = { .bit = bit };
	struct subjects words = { .of = NULL };

	if (!enter_number(thesaurus, name, &words) && !add_named(thesaurus, name, &words))
		ask_words(thesaurus, name, &words);
	for (size_t i = 0; i < words.count; i++)
		if (spec_control_word(thesaurus->spec, words.of[i].field))
			subject.word = spec_control_word(thesaurus->spec, words.of[i].field);
	free(words.of);
	if (!subject.word)
		return "";
	if (bit >= encoding_size(subject.word->field->encoding) * 8)
		return arena_printf(arena, "'%s' has bits 0 to %u", subject.word->field->name,
				    encoding_size(subject.word->field->encoding) * 8 - 1);
	for (size_t i = 0; i < subject.word->count; i++)
		if (subject.word->controls[i].bit == bit)
			subject.control = &subject.word->controls[i];
	add_subject(subjects, &subject);
	return NULL;
}

/* The next part of a text that may be a name or a number, in the arena; NULL at the end. */
static const char *next_part(const struct thesaurus *thesaurus, const char **text)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
	const char *part;

	*text += strcspn(*text, letters);
	part = arena_copy(thesaurus->spec->arena, *text, strspn(*text, letters));
	*text += strlen(part);
	return *part ? part : NULL;
}

/* An encoding as messages of kernels have it, in hexadecimal: "field=401e", "reg 6820". */
static bool add_told_encoding(const struct thesaurus *thesaurus, const char *text,
			      struct subjects *subjects)
{
	const char *part, *before = "";
	unsigned long number;
	bool found = false;

	while ((part = next_part(thesaurus, &text))) {
		if ((!strcasecmp(before, "field") || !strcasecmp(before, "reg")) &&
		    is_number(part, 16, &number))
			found |= add_encoding(thesaurus, number, subjects);
		before = part;
	}
	return found;
}

/* Whole names in a text, and numbers that are long enough to be no counts. */
static void add_parts(const struct thesaurus *thesaurus, const char *text,
		      struct subjects *subjects)
{
	unsigned long number;
	const char *part;

	while ((part = next_part(thesaurus, &text))) {
		if (strlen(part) < 4)
			continue;
		if (is_number(part, 16, &number))
			add_encoding(thesaurus, number, subjects);
		else
			add_named(thesaurus, part, subjects);
	}
}

const char *thesaurus_ask(const struct thesaurus *thesaurus, const char *text,
			  struct subjects *subjects)
{
	bool is_hex = !strncasecmp(text, "0x", 2);
	const char *at = strchr(text, '@'), *word, *fault;
	unsigned long number;
	unsigned int bit;

	if (at && strchr(text, '/') && strchr(text, '/') < at)
		return ask_place(thesaurus, text, at, subjects);
	if (enter_number(thesaurus, text, subjects) || add_named(thesaurus, text, subjects))
		return NULL;
	if (is_number(text, is_hex ? 16 : 10, &number))
		return unknown_encoding(thesaurus, number);
	word = cut_bit(thesaurus, text, &bit);
	fault = word ? ask_bit(thesaurus, word, bit, subjects) : "";
	if (!fault || *fault)
		return fault;
	if (strpbrk(text, " \t(=:") && !add_told_encoding(thesaurus, text, subjects))
		add_parts(thesaurus, text, subjects);
	return subjects->count ? NULL : ask_words(thesaurus, text, subjects);
}

void thesaurus_name(const struct thesaurus *thesaurus, const char *text, struct subjects *subjects)
{
	if (!enter_number(thesaurus, text, subjects))
		add_named(thesaurus, text, subjects);
}

void thesaurus_all(const struct thesaurus *thesaurus, struct subjects *subjects)
{
	for (size_t i = 0; i < thesaurus->count; i++)
		add_subject(subjects, &thesaurus->terms[i].subject);
}
