// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Reads lists of names, or encodings, with their values, as debuggers and hypervisors print them:
 *
 *	guest_rip: 0xfff0	0000681e = fff0		681e GUEST_RIP: fff0
 *	.guest_rip = (u64)65520,			"guest_rip": "0xfff0",
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "compare/thesaurus.h"
#include "image/line_text.h"
#include "image/transcript.h"

enum {
	NAMES_SHOWN = 20,	/* so many that are not known are shown, and the others counted */
	NAME_MOST = 100,	/* bytes of a name */
	TYPE_MOST = 60,		/* and of a type in brackets */
};

/* A name with a number, in the source. */
struct pair {
	size_t name, name_len;
	size_t value, value_len;	/* with 0x */
	bool separated;			/* by a sign, not by a blank alone */
	bool prefixed;			/* by 0x */
	bool letters;			/* the number has some of a to f */
	bool in_c;			/* it is printed as C or JSON has it */
	size_t end;
};

/* The high half of a field, which waits for the other one. */
struct half {
	const struct field *field;
	uint64_t number;
	struct srcpos pos;
};

struct list_reader {
	struct transcripts *transcripts;
	struct transcript *list;
	struct thesaurus thesaurus;
	bool hexadecimal;		/* all numbers are, as one without 0x is */
	bool hexadecimal_names;		/* all encodings are, likewise */
	struct half *halves;
	size_t half_count, half_room;
	struct table met;		/* names that are not known, once each */
	size_t unknown, others;
	struct srcpos other;		/* the first line without a pair */
	bool decimal_said;
};

static const char *list_bytes(const struct list_reader *reader)
{
	return reader->transcripts->source->bytes;
}

static struct srcpos list_place(const struct list_reader *reader, size_t start, size_t len)
{
	return (struct srcpos){ reader->transcripts->source, start, len };
}

/* Whether @c ends a name with its value. */
static bool parts_pairs(char c)
{
	return strchr(",;{}\n", c);
}

/* Skip blanks, quotes, and a type in brackets ahead of a value. */
static size_t skip_type(const char *bytes, size_t at, size_t end, bool *in_c)
{
	while (at < end && strchr(" \t\"'(", bytes[at])) {
		size_t near = end - at < TYPE_MOST ? end - at : TYPE_MOST;
		const char *close = bytes[at] == '(' ? memchr(bytes + at, ')', near) : NULL;

		*in_c |= bytes[at] == '"' || close;
		at = close ? (size_t)(close - bytes) + 1 : at + 1;
	}
	return at;
}

/* Take the number at @at; false if it is none. */
static bool scan_number(const char *bytes, size_t at, size_t end, struct pair *pair)
{
	size_t digit;

	pair->prefixed = end - at > 2 && bytes[at] == '0' && (bytes[at + 1] | 0x20) == 'x';
	digit = at + 2 * pair->prefixed;
	pair->value = at;
	pair->letters = false;
	for (at = digit; at < end && isxdigit((unsigned char)bytes[at]); at++)
		pair->letters |= !isdigit((unsigned char)bytes[at]);
	pair->value_len = at - pair->value;
	pair->end = at;
	pair->in_c |= at < end && bytes[at] == '"';
	return at > digit && (at == end || (!isalnum((unsigned char)bytes[at]) &&
					    !strchr("_.", bytes[at])));
}

/* Cut what is around a name in [start, end): quotes, and the object that a member is of. */
static void cut_name(const char *bytes, size_t start, size_t end, struct pair *pair)
{
	while (end > start && strchr(" \t\"'", bytes[end - 1]))
		pair->in_c |= bytes[--end] == '"';
	while (start < end && strchr(" \t\"'*-", bytes[start]))
		start++;
	for (size_t at = end; at > start && !isspace((unsigned char)bytes[at - 1]); at--)
		if (bytes[at - 1] == '.' || (bytes[at - 1] == '>' && at - 1 > start)) {
			pair->in_c |= bytes[at - 1] == '.';
			start = at;
			break;
		}
	pair->name = start;
	pair->name_len = end - start;
}

/* The first sign from @start on that a number follows; @end if there is none. */
static size_t find_sign(const char *bytes, size_t start, size_t end)
{
	struct pair pair = { 0 };
	bool in_c = false;

	for (; start < end; start++)
		if ((bytes[start] == '=' || bytes[start] == ':') &&
		    scan_number(bytes, skip_type(bytes, start + 1, end, &in_c), end, &pair))
			break;
	return start;
}

/* The next pair in [start, end), which no comma parts.  False if there is none. */
static bool take_pair(const char *bytes, size_t start, size_t end, struct pair *pair)
{
	size_t sign = find_sign(bytes, start, end), at;

	*pair = (struct pair){ .separated = sign < end };
	if (sign == end) {
		while (end > start && isspace((unsigned char)bytes[end - 1]))
			end--;
		sign = end;
		while (sign > start && !isspace((unsigned char)bytes[sign - 1]))
			sign--;
		if (sign == start)
			return false;
		sign--;
	}
	at = skip_type(bytes, sign + 1, end, &pair->in_c);
	cut_name(bytes, start, sign, pair);
	return pair->name_len && scan_number(bytes, at, end, pair);
}

/*
 * Call @take with each pair of the source; it returns false if it does not take one.  @skip is told
 * of lines with words and without a pair.
 */
static void each_pair(struct list_reader *reader, bool (*take)(struct list_reader *reader,
							       const struct pair *pair),
		      void (*skip)(struct list_reader *reader, size_t start))
{
	const struct source *source = reader->transcripts->source;
	const char *bytes = source->bytes;
	struct pair pair;

	for (size_t line = 0, next; line < source->len; line = next) {
		bool found = false, words = false;
		size_t at, end;

		next = line_after(source, line);
		at = line + log_prefix(bytes + line, next - line);
		for (end = at; at < next; at = end + (end < next)) {
			for (end = at; end < next && !parts_pairs(bytes[end]); end++)
				words |= isalpha((unsigned char)bytes[end]);
			/* Several may stand there with blanks between. */
			while (take_pair(bytes, at, end, &pair)) {
				pair.in_c |= pair.end == end && strchr(",;", bytes[end]);
				found |= take(reader, &pair);
				at = pair.end;
				if (!pair.separated || find_sign(bytes, at, end) == end)
					break;
			}
		}
		words &= !memchr(bytes + line, '{', next - line);
		if (words && !found)
			skip(reader, line);
	}
}

/*
 * Values
 */

/* Whether a name is an encoding without 0x; @letters says whether it has any of a to f. */
static bool is_hexadecimal(const char *name, size_t len, bool *letters)
{
	*letters = false;
	for (size_t i = 0; i < len; i++) {
		if (!isxdigit((unsigned char)name[i]))
			return false;
		*letters |= !isdigit((unsigned char)name[i]);
	}
	return len >= 4;
}

/* A number that could be of either base is hexadecimal if another one is. */
static bool note_base(struct list_reader *reader, const struct pair *pair)
{
	const char *name = list_bytes(reader) + pair->name;
	bool letters;

	reader->hexadecimal |= pair->letters && !pair->prefixed;
	reader->hexadecimal_names |= is_hexadecimal(name, pair->name_len, &letters) &&
				     letters;
	return true;
}

static void skip_nothing(struct list_reader *reader, size_t start)
{
	(void)reader;
	(void)start;
}

/* The number, or false after a message. */
static bool pair_number(struct list_reader *reader, const struct pair *pair, unsigned int size,
			uint64_t *number)
{
	const char *bytes = list_bytes(reader) + pair->value + 2 * pair->prefixed;
	size_t len = pair->value_len - 2 * pair->prefixed;
	bool hexadecimal = pair->prefixed || reader->hexadecimal ||
			   (*bytes == '0' && len == 2 * size && !pair->in_c);
	unsigned int base = hexadecimal ? 16 : 10;
	struct srcpos pos = list_place(reader, pair->value, pair->value_len);
	uint64_t most = size < 8 ? (1ull << 8 * size) - 1 : UINT64_MAX;

	*number = 0;
	for (size_t i = 0; i < len; i++) {
		unsigned int digit = digit_value(bytes[i]);

		if (*number > (most - digit) / base) {
			report_error(reader->transcripts->messages, pos,
				     "the number does not fit %u bits", 8 * size);
			return false;
		}
		*number = *number * base + digit;
	}
	if (hexadecimal || pair->in_c || len == 1 || reader->decimal_said)
		return true;
	reader->decimal_said = true;
	report_check(reader->transcripts->messages, SEVERITY_WARNING, NULL, pos,
		     "numbers are read as decimal ones here: none has 0x or a letter");
	return true;
}

static void add_half(struct list_reader *reader, const struct field *field, uint64_t number,
		     struct srcpos pos)
{
	reader->halves = grow(reader->halves, &reader->half_room, reader->half_count + 1,
			      sizeof(*reader->halves));
	reader->halves[reader->half_count++] = (struct half){ field, number, pos };
}

static bool add_pair(struct list_reader *reader, const struct pair *pair,
		     const struct subject *subject)
{
	struct srcpos pos = list_place(reader, pair->value, pair->value_len);
	unsigned int size = subject->high ? 4 : subject->field ?
			    encoding_size(subject->field->encoding) : subject->member->size;
	struct told_value value = {
		.label = subject->field ? subject->field->name : subject->member->name,
		.field = subject->field, .digits = 2 * size, .pos = pos,
	};

	if (!pair_number(reader, pair, size, &value.number))
		return true;
	if (subject->high)
		add_half(reader, subject->field, value.number, pos);
	else
		transcript_add(reader->transcripts, reader->list, &value);
	return true;
}

/*
 * Names
 */

/* The encoding ahead of a name, "681e GUEST_RIP"; or NULL. */
static const char *leading_encoding(const struct list_reader *reader, const char *name)
{
	size_t len = strcspn(name, " \t");

	if (!name[len] || len < 4 || strspn(name, "0123456789abcdefABCDEFx") < len)
		return NULL;
	return arena_copy(reader->transcripts->arena, name, len);
}

static void warn_unknown(struct list_reader *reader, const char *name, const struct pair *pair)
{
	struct messages *messages = reader->transcripts->messages;
	struct srcpos pos = list_place(reader, pair->name, pair->name_len);
	struct subjects near = { .of = NULL };
	const char *fault;

	table_add_name(&reader->met, name, reader);
	if (reader->unknown++ >= NAMES_SHOWN)
		return;
	fault = thesaurus_ask(&reader->thesaurus, name, &near);
	if (fault)
		report_check(messages, SEVERITY_WARNING, NULL, pos, "this is not read: %s", fault);
	else
		report_check(messages, SEVERITY_WARNING, NULL, pos,
			     "this is not read: '%s' is not a field; did you mean '%s'?", name,
			     near.taken_for ? near.taken_for :
			     near.of[0].field ? near.of[0].field->name : "");
	free(near.of);
}

/* Whether @subject is something that has a value. */
static bool has_value(const struct subject *subject)
{
	return !subject->word && (subject->field || (subject->member && !subject->member->array &&
						     !subject->member->pad));
}

/* A part of a member's first word, revision_id or shadow_vmcs, is read under its own name. */
static bool read_bits(struct list_reader *reader, const struct pair *pair, const char *name)
{
	const struct spec *spec = reader->transcripts->spec;
	struct told_value value = { .digits = 1, .label = name,
				    .pos = list_place(reader, pair->value, pair->value_len) };

	for (size_t i = 0; i < spec->bits_count; i++)
		for (size_t j = 0; j < spec->bits[i]->count; j++) {
			if (strcmp(spec->bits[i]->fields[j].name, name))
				continue;
			if (pair_number(reader, pair, 4, &value.number))
				transcript_add(reader->transcripts, reader->list, &value);
			return true;
		}
	return false;
}

static bool read_pair(struct list_reader *reader, const struct pair *pair)
{
	const char *name = names_intern(reader->transcripts->spec->names,
					list_bytes(reader) + pair->name, pair->name_len);
	const char *encoding = leading_encoding(reader, name);
	struct subjects subjects = { .of = NULL };
	bool read = false, letters;

	if (pair->name_len > NAME_MOST)
		return false;
	if (table_name(&reader->met, name))
		return true;
	if (!encoding)
		encoding = name;
	if (reader->hexadecimal_names && is_hexadecimal(encoding, strlen(encoding), &letters))
		encoding = arena_printf(reader->transcripts->arena, "0x%s", encoding);
	thesaurus_name(&reader->thesaurus, encoding, &subjects);
	if (!subjects.count && read_bits(reader, pair, name))
		return true;
	if (subjects.count == 1 && has_value(&subjects.of[0]))
		read = add_pair(reader, pair, &subjects.of[0]);
	else if (subjects.count > 1)
		report_check(reader->transcripts->messages, SEVERITY_WARNING, NULL,
			     list_place(reader, pair->name, pair->name_len),
			     "this is not read: '%s' may be %s or %s", name,
			     subjects.of[0].field ? subjects.of[0].field->name : "a member",
			     subjects.of[1].field ? subjects.of[1].field->name : "a member");
	else if (pair->separated || pair->prefixed)
		warn_unknown(reader, name, pair);
	read |= subjects.count || pair->separated || pair->prefixed;
	free(subjects.of);
	return read;
}

static void skip_line(struct list_reader *reader, size_t start)
{
	if (!reader->others++)
		reader->other = list_place(reader, start, 0);
}

/* Put the high halves of fields to their low ones. */
static void join_halves(struct list_reader *reader)
{
	struct messages *messages = reader->transcripts->messages;

	for (size_t i = 0; i < reader->half_count; i++) {
		const struct half *half = &reader->halves[i];
		size_t index = (uintptr_t)table_object(&reader->list->by_field, half->field);
		struct told_value *low = index ? &reader->list->values[index - 1] : NULL;

		if (!low) {
			report_check(messages, SEVERITY_WARNING, NULL, half->pos,
				     "the high half of %s is not read: the low one is missing",
				     half->field->name);
		} else if (low->number >> 32 && low->number >> 32 != half->number) {
			report_error(messages, half->pos, "%s has another high half already",
				     half->field->name);
			report_note(messages, low->pos, "the first value");
		} else {
			low->number |= half->number << 32;
		}
	}
}

/* Say what was left out, in a line each. */
static void report_rest(struct list_reader *reader)
{
	struct messages *messages = reader->transcripts->messages;

	if (reader->unknown > NAMES_SHOWN)
		report_check(messages, SEVERITY_WARNING, NULL, (struct srcpos){ 0 },
			     "%zu more names are not known", reader->unknown - NAMES_SHOWN);
	if (!reader->list->count) {
		if (messages->status == EXIT_FINE)
			report_error(messages, list_place(reader, 0, 0),
				     "the text has no dump of a VMCS, and no field with a value");
	} else if (reader->others) {
		report_check(messages, SEVERITY_WARNING, NULL, reader->other,
			     "%zu line%s, from this one on, %s no name with a value",
			     reader->others, reader->others == 1 ? "" : "s",
			     reader->others == 1 ? "has" : "have");
	}
}

void read_list(struct transcripts *transcripts)
{
	struct list_reader reader = { .transcripts = transcripts };

	reader.list = transcripts_begin(transcripts, list_place(&reader, 0, 0));
	thesaurus_init(&reader.thesaurus, transcripts->spec);
	each_pair(&reader, note_base, skip_nothing);
	each_pair(&reader, read_pair, skip_line);
	join_halves(&reader);
	report_rest(&reader);
	thesaurus_free(&reader.thesaurus);
	table_free(&reader.met);
	free(reader.halves);
}
