// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Reads dumps of a VMCS as KVM prints them; the spec says what the labels mean. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "image/line_text.h"
#include "image/transcript.h"

enum { UNREAD_MOST = 20 };	/* so many lines are shown, and the others are counted */

/* Values, or places, that wait until it is known what they are. */
struct unsure {
	struct told_value *values;
	size_t value_count, value_room;
	struct srcpos *unread;
	size_t unread_count, unread_room;
	size_t others;			/* lines without a value */
	struct srcpos other;		/* the first of them */
};

struct dump_reader {
	struct transcripts *transcripts;
	const struct dump_form *form;
	bool *shared;			/* of lines: another section has the first label */
	bool *pair_shared;		/* and the second one directly after it */
	bool unsure;			/* the last line may be of another section */
	bool begins[256];		/* whether a line begins with the letter */
	struct line_text text;
	struct transcript *dump;	/* that is read, or NULL */
	size_t section;			/* in which a label without a heading stands */
	const struct dump_line *open;	/* the line whose other values may follow, or NULL */
	size_t open_value;		/* the next of these */
	size_t open_end;		/* no line after the one there has them */
	struct unsure waiting;
	size_t unread, others;
	struct srcpos other;
	bool certain;			/* a heading, or a line with several values was read */
};

static struct messages *dump_messages(const struct dump_reader *reader)
{
	return reader->transcripts->messages;
}

static struct srcpos place_at(const struct dump_reader *reader, size_t start, size_t len)
{
	return (struct srcpos){ reader->transcripts->source, start, len };
}

/* Where @label, blanks being nothing, ends if it begins at the letter @at; 0 if it does not. */
static size_t label_end(const struct dump_reader *reader, size_t at, const char *label)
{
	size_t len = strlen(label);

	if (strncmp(reader->text.letters + at, label, len))
		return 0;
	return at + len;
}

/* A label after another value may have lost the comma ahead of it. */
static const char *without_comma(const char *label)
{
	return label + strspn(label, ",");
}

static bool has_letters(const char *label)
{
	while (*label && !isalnum((unsigned char)*label))
		label++;
	return *label;
}

/* Whether the letter begins a word. */
static bool begins_label(const struct dump_reader *reader, size_t at)
{
	size_t place = reader->text.places[at];
	unsigned char before = place ? reader->transcripts->source->bytes[place - 1] : '\n';

	return !isalnum((unsigned char)reader->text.letters[at]) ||
	       (!isalnum(before) && before != '_');
}

/*
 * Numbers
 */

/* What stands where a value is expected. */
struct digits {
	enum { DIGITS_NONE, DIGITS_FEW, DIGITS_MANY, DIGITS_FINE } state;
	size_t end;			/* the letter after them */
	uint64_t number;
	size_t start, len;		/* in the source */
};

static struct digits digits_at(const struct dump_reader *reader, size_t at,
			       const struct dump_line *line, size_t index)
{
	const struct dump_cell *value = &line->values[index];
	const char *bytes = reader->transcripts->source->bytes;
	struct digits digits = { .start = reader->text.places[at], .end = at };
	size_t place = digits.start, count;
	bool decimal = !value->digits, cut, broken;

	if (!decimal && bytes[place] == '0' && (bytes[place + 1] | 0x20) == 'x')
		place += 2;
	if (decimal && bytes[place] == '-')
		place++;
	for (count = 0; decimal ? isdigit((unsigned char)bytes[place]) :
				  isxdigit((unsigned char)bytes[place]); place++, count++) {
		digits.number = digits.number * (decimal ? 10 : 16) + digit_value(bytes[place]);
	}
	digits.len = place - digits.start;
	digits.end += digits.len;
	/* Where a line was cut after a label, what the next one begins with is no part of it. */
	broken = at == reader->text.first || at == reader->text.count;
	/* A number of any length may have lost digits if what follows it is lost. */
	cut = count < value->most && value->digits && index + 1 < line->count &&
	      !label_end(reader, digits.end, value[1].label);
	digits.state = !count ? DIGITS_NONE : count > value->most ? DIGITS_MANY :
		       count < value->digits || cut || isalnum((unsigned char)bytes[place]) ||
		       bytes[place] == '_' ? DIGITS_FEW : DIGITS_FINE;
	if (broken && (digits.state != DIGITS_FINE || at == reader->text.count))
		digits.state = DIGITS_NONE;
	return digits;
}

/* The text of a line of the spec ahead of its value @index, or the label of the first. */
static const char *told_label(const struct dump_reader *reader, const struct dump_line *line,
			      size_t index)
{
	struct arena *arena = reader->transcripts->arena;
	const char *at = line->text, *end;
	bool tail = line->count == 1 && *line->tail;

	for (size_t i = 0; i < index; i++)
		at = strchr(at, '%') + 1 + strspn(strchr(at, '%') + 1, "0123456789d");
	at += strspn(at, " ,:|");
	end = strchr(at, '%');
	while (end > at && strchr(" =:,|", end[-1]))
		end--;
	if (end == at)
		return arena_printf(arena, "%s[%zu]", told_label(reader, line, 0), index);
	return arena_printf(arena, "%.*s%s%s", (int)(end - at), at, tail ? " " : "",
			    tail ? line->tail : "");
}

/*
 * Dumps and their sections
 */

/* Whether @word has a control that adds @field, and @number sets it. */
static bool word_adds(const struct control_word *word, uint64_t number, const struct field *field)
{
	for (size_t i = 0; i < word->count; i++)
		for (size_t j = 0; number >> word->controls[i].bit & 1 &&
		     j < word->controls[i].adds.count; j++)
			if (word->controls[i].adds.of[j].field == field)
				return true;
	return false;
}

/* Whether the dump should have a field: a control that adds it is 1. */
static bool is_added(const struct dump_reader *reader, const struct field *field)
{
	const struct spec *spec = reader->transcripts->spec;

	for (size_t i = 0; field && i < spec->control_word_count; i++) {
		const struct control_word *word = spec->control_words[i];
		const struct told_value *told = transcript_value(reader->dump, word->field);

		if (told && word_adds(word, told->number, field))
			return true;
	}
	return false;
}

static void miss_values(struct dump_reader *reader, const struct dump_line *line)
{
	struct transcript *dump = reader->dump;
	bool wanted = !line->rare;

	for (size_t i = 0; i < line->count; i++)
		wanted = wanted || transcript_value(dump, line->values[i].field) ||
			 is_added(reader, line->values[i].field);
	for (size_t i = 0; wanted && i < line->count; i++) {
		const struct field *field = line->values[i].field;

		if (!field || transcript_value(dump, field))
			continue;
		for (size_t j = 0; j < dump->missing_count; j++)
			if (dump->missing[j] == field)
				field = NULL;
		if (!field)
			continue;
		dump->missing = grow(dump->missing, &dump->missing_room, dump->missing_count + 1,
				     sizeof(*dump->missing));
		dump->missing[dump->missing_count++] = field;
	}
}

/* The values that wait belong to the section that is read. */
static void keep_waiting(struct dump_reader *reader)
{
	for (size_t i = 0; i < reader->waiting.value_count; i++)
		transcript_add(reader->transcripts, reader->dump, &reader->waiting.values[i]);
	reader->waiting.value_count = 0;
}

/* Whether one more warning is shown: they may be as many as there are lines. */
static bool is_shown(struct dump_reader *reader)
{
	return reader->unread++ < UNREAD_MOST;
}

static void report_doubtful(struct dump_reader *reader, const char *label, struct srcpos pos)
{
	if (!is_shown(reader))
		return;
	report_check(dump_messages(reader), SEVERITY_WARNING, NULL, pos,
		     "'%s' is not read: a heading is missing, and several sections have it", label);
}

/* The values that wait may be of another section: its heading was lost. */
static void drop_waiting(struct dump_reader *reader)
{
	for (size_t i = 0; i < reader->waiting.value_count; i++) {
		const struct told_value *value = &reader->waiting.values[i];

		if (value->field)
			report_doubtful(reader, value->label, value->pos);
		else
			transcript_add(reader->transcripts, reader->dump, value);
	}
	reader->waiting.value_count = 0;
}

static size_t last_section(const struct dump_form *form)
{
	return form->count ? form->lines[form->count - 1].section : 0;
}

/* Nothing more of the dump follows. */
static void end_dump(struct dump_reader *reader)
{
	if (!reader->dump)
		return;
	if (reader->section == last_section(reader->form))
		keep_waiting(reader);
	else
		drop_waiting(reader);
	for (size_t i = 0; i < reader->form->count; i++)
		if (reader->form->lines[i].count)
			miss_values(reader, &reader->form->lines[i]);
	reader->dump = NULL;
	reader->open = NULL;
	reader->section = 0;
}

static void begin_dump(struct dump_reader *reader, struct srcpos pos)
{
	end_dump(reader);
	reader->dump = transcripts_begin(reader->transcripts, pos);
	reader->waiting.unread_count = 0;
	reader->waiting.others = 0;
}

/* Go to the section with this number. */
static void enter_section(struct dump_reader *reader, size_t section, bool heading)
{
	if (heading && section == reader->section + 1)
		keep_waiting(reader);
	else
		drop_waiting(reader);
	reader->section = section;
	reader->open = NULL;
}

/* Say what was not read between two values of a dump. */
static void report_unread(struct dump_reader *reader)
{
	struct unsure *waiting = &reader->waiting;

	for (size_t i = 0; i < waiting->unread_count; i++)
		if (is_shown(reader))
			report_check(dump_messages(reader), SEVERITY_WARNING, NULL,
				     waiting->unread[i],
				     "this is not read: it looks like a value, but no label of a "
				     "dump stands ahead of it");
	if (waiting->others && !reader->others)
		reader->other = waiting->other;
	reader->others += waiting->others;
	waiting->unread_count = 0;
	waiting->others = 0;
}

/*
 * Lines
 */

static void add_waiting(struct dump_reader *reader, const struct told_value *value)
{
	struct unsure *waiting = &reader->waiting;

	waiting->values = grow(waiting->values, &waiting->value_room, waiting->value_count + 1,
			       sizeof(*waiting->values));
	waiting->values[waiting->value_count++] = *value;
}

/* What several sections may have waits, and with it what follows and has no field. */
static void add_told(struct dump_reader *reader, const struct told_value *value)
{
	if (reader->unsure || (!value->field && reader->waiting.value_count))
		add_waiting(reader, value);
	else
		transcript_add(reader->transcripts, reader->dump, value);
}

/* Take one value, whose label ends at the letter @at; returns where it ends. */
static size_t take_value(struct dump_reader *reader, const struct dump_line *line, size_t index,
			 size_t at)
{
	const struct dump_cell *expected = &line->values[index];
	struct digits digits = digits_at(reader, at, line, index);
	struct told_value value = {
		.label = told_label(reader, line, index), .field = expected->field,
		.number = digits.number, .digits = expected->field ?
			2 * encoding_size(expected->field->encoding) : expected->digits,
		.pos = place_at(reader, digits.start, digits.len),
	};

	if (!value.digits)
		value.text = arena_copy(reader->transcripts->arena,
					reader->transcripts->source->bytes + digits.start,
					digits.len);
	if (digits.state == DIGITS_FINE)
		add_told(reader, &value);
	else if (digits.state == DIGITS_MANY)
		report_error(dump_messages(reader), value.pos, "'%s' has more than %u digits",
			     value.label, expected->most);
	else if (digits.state == DIGITS_FEW && is_shown(reader))
		report_check(dump_messages(reader), SEVERITY_WARNING, NULL, value.pos,
			     "'%s' is not read: it has fewer than %u digits; it may be cut",
			     value.label, expected->digits);
	return digits.end;
}

/* Take the values of @line from @index on, as far as they follow directly; returns the end. */
static size_t take_values(struct dump_reader *reader, const struct dump_line *line, size_t index,
			  size_t at)
{
	size_t end = take_value(reader, line, index, at), next;

	while (++index < line->count) {
		const char *label = line->values[index].label;

		next = label_end(reader, end, label);
		if (!next && *label)
			break;
		if (digits_at(reader, next ? next : end, line, index).state == DIGITS_NONE)
			break;
		end = take_value(reader, line, index, next ? next : end);
		reader->certain = true;
	}
	reader->open = index < line->count ? line : NULL;
	reader->open_value = index;
	reader->open_end = end <= reader->text.first ? reader->text.next :
			   reader->text.places[reader->text.count];
	return end;
}

/* The rest of the line that is open, after what was lost of it; returns the end, or 0. */
static size_t take_open(struct dump_reader *reader, size_t at)
{
	const struct dump_line *line = reader->open;

	for (size_t i = reader->open_value; i < line->count; i++) {
		const char *label = without_comma(line->values[i].label);
		size_t end = has_letters(label) ? label_end(reader, at, label) : 0;

		if (end && digits_at(reader, end, line, i).state)
			return take_values(reader, line, i, end);
	}
	return 0;
}

/* Whether what begins with the label that ends at @end may be a line of another section. */
static bool is_unsure(const struct dump_reader *reader, const struct dump_line *line, size_t end)
{
	size_t index = line - reader->form->lines;

	return reader->shared[index] &&
	       (line->count < 2 || reader->pair_shared[index] ||
		!label_end(reader, digits_at(reader, end, line, 0).end, line->values[1].label));
}

/* How well @line fits at the letter @at: 0 if it doesn't; else @end is that of its label. */
static unsigned int line_fits(const struct dump_reader *reader, const struct dump_line *line,
			      size_t at, size_t *end)
{
	bool tail = line->count == 1 && *line->tail;
	struct digits digits;

	*end = label_end(reader, at, line->values[0].label);
	if (!*end)
		return 0;
	digits = digits_at(reader, *end, line, 0);
	if (digits.state == DIGITS_NONE || (tail && !label_end(reader, digits.end, line->tail)))
		return 0;
	return 2 * (line->section == reader->section ? 3 :
		    !is_unsure(reader, line, *end) ? 2 : 1) + tail;
}

/* A label stands there that several sections have, and the section is not known. */
static size_t refuse_doubtful(struct dump_reader *reader, const struct dump_line *line, size_t at)
{
	struct digits digits = digits_at(reader, at, line, 0);

	report_doubtful(reader, told_label(reader, line, 0),
			place_at(reader, digits.start, digits.len));
	return digits.end;
}

/* Take a line that begins with the label that ends at @end; returns where it ends. */
static size_t take_line(struct dump_reader *reader, const struct dump_line *line, size_t at,
			size_t end)
{
	reader->unsure = is_unsure(reader, line, end);
	if (!reader->dump || !line->section)
		begin_dump(reader, place_at(reader, reader->text.places[at], 0));
	report_unread(reader);
	if (reader->unsure && line->section != reader->section)
		return refuse_doubtful(reader, line, end);
	if (line->section > reader->section)
		enter_section(reader, line->section, false);
	else if (!reader->unsure && line->section == reader->section)
		keep_waiting(reader);
	end = take_values(reader, line, 0, end);
	if (line->count == 1 && *line->tail)
		end = label_end(reader, end, line->tail);
	return end;
}

/* A line without values: a heading, or one that stands ahead of a list. */
static size_t take_plain_line(struct dump_reader *reader, const struct dump_line *line, size_t at)
{
	struct srcpos pos = place_at(reader, reader->text.places[at], 0);
	struct told_value value = { .label = line->text, .empty = true, .pos = pos };
	size_t end = label_end(reader, at, line->tail);

	if (!end || (!line->heading && !reader->dump))
		return 0;
	if (line->heading && (!reader->dump || line->section <= reader->section))
		begin_dump(reader, pos);
	report_unread(reader);
	if (line->heading)
		enter_section(reader, line->section, true);
	else
		add_waiting(reader, &value);
	reader->certain |= !!line->heading;
	return end;
}

/* Take what begins at the letter @at; returns where it ends, or 0 if nothing does. */
static size_t take_at(struct dump_reader *reader, size_t at)
{
	const struct dump_line *best = NULL;
	unsigned int fits = 0;
	size_t best_end = 0, end;

	if (!begins_label(reader, at))
		return 0;
	end = reader->open ? take_open(reader, at) : 0;
	if (end || !reader->begins[(unsigned char)reader->text.letters[at]])
		return end;
	for (size_t i = 0; i < reader->form->count; i++) {
		const struct dump_line *line = &reader->form->lines[i];
		unsigned int this;

		if (!line->count) {
			end = take_plain_line(reader, line, at);
			if (end)
				return end;
			continue;
		}
		this = line_fits(reader, line, at, &end);
		if (this > fits) {
			best = line;
			best_end = end;
			fits = this;
		}
	}
	if (!best || (fits < 4 && !reader->dump))
		return 0;
	return take_line(reader, best, at, best_end);
}

/*
 * What is not read
 */

/* Where in [at, end) something like "name=0x12" stands; the end if it does not. */
static size_t like_value(const char *bytes, size_t at, size_t end)
{
	for (size_t start = at; at < end; at++) {
		size_t value = at + 1, digits;

		if (bytes[at] != '=' && bytes[at] != ':')
			continue;
		while (value < end && bytes[value] == ' ')
			value++;
		if (end - value > 2 && bytes[value] == '0' && (bytes[value + 1] | 0x20) == 'x')
			value += 2;
		else if (bytes[at] == ':')
			continue;
		for (digits = 0; value < end && isxdigit((unsigned char)bytes[value]); value++)
			digits++;
		if (digits < 2)
			continue;
		while (at > start && bytes[at - 1] == ' ')
			at--;
		while (at > start && !isspace((unsigned char)bytes[at - 1]))
			at--;
		return at;
	}
	return end;
}

/* Note what is in the source between two places and was not taken. */
static bool note_unread(struct dump_reader *reader, size_t start, size_t end)
{
	struct unsure *waiting = &reader->waiting;
	const char *bytes = reader->transcripts->source->bytes;
	size_t at = start < end ? like_value(bytes, start, end) : end;

	if (!reader->dump || at >= end)
		return false;
	while (isspace((unsigned char)bytes[end - 1]))
		end--;
	waiting->unread = grow(waiting->unread, &waiting->unread_room, waiting->unread_count + 1,
			       sizeof(*waiting->unread));
	waiting->unread[waiting->unread_count++] = place_at(reader, at, end - at);
	return true;
}

/* Read the line that begins at @start, but for what the line before has of it. */
static size_t read_dump_line(struct dump_reader *reader, size_t start, size_t taken)
{
	const struct source *source = reader->transcripts->source;
	size_t at = 0, end, next = line_after(source, start), left;
	bool found = taken > start;

	line_text_take(&reader->text, source, start);
	left = reader->text.first ? reader->text.places[0] : next;
	if (reader->open && start > reader->open_end)
		reader->open = NULL;
	while (at < reader->text.first && reader->text.places[at] < taken)
		at++;
	left = taken > left ? taken : left;
	while (at < reader->text.first) {
		end = take_at(reader, at);
		if (!end) {
			at++;
			continue;
		}
		found |= note_unread(reader, left, reader->text.places[at]) || true;
		at = end;
		left = reader->text.places[end - 1] + 1;
	}
	found |= note_unread(reader, left, next);
	if (reader->text.first && !found && !reader->waiting.others++)
		reader->waiting.other = place_at(reader, start, 0);
	return left;
}

/*
 * The whole source
 */

/* Whether @line has the first @count labels of @other one after another. */
static bool has_labels(const struct dump_line *line, const struct dump_line *other, size_t count)
{
	for (size_t i = 0; i + count <= line->count; i++) {
		size_t same = 0;

		while (same < count && !strcmp(without_comma(line->values[i + same].label),
					       without_comma(other->values[same].label)))
			same++;
		if (same == count)
			return true;
	}
	return false;
}

/* Whether the first @count labels of @line are in a line of another section, too. */
static bool in_other_section(const struct dump_form *form, const struct dump_line *line,
			     size_t count)
{
	for (size_t i = 0; line->count >= count && i < form->count; i++)
		if (form->lines[i].section != line->section &&
		    has_labels(&form->lines[i], line, count))
			return true;
	return false;
}

static void read_form(struct dump_reader *reader)
{
	const struct dump_form *form = reader->form;
	size_t taken = 0;

	reader->shared = xcalloc(form->count + 1, sizeof(*reader->shared));
	reader->pair_shared = xcalloc(form->count + 1, sizeof(*reader->pair_shared));
	for (size_t i = 0; i < form->count; i++) {
		const struct dump_line *line = &form->lines[i];

		reader->shared[i] = in_other_section(form, line, 1);
		reader->pair_shared[i] = in_other_section(form, line, 2);
		reader->begins[(unsigned char)*(line->count ? line->values[0].label :
						line->tail)] = true;
	}
	for (size_t at = 0; at < reader->transcripts->source->len;
	     at = line_after(reader->transcripts->source, at))
		taken = read_dump_line(reader, at, taken);
	end_dump(reader);
	if (reader->unread > UNREAD_MOST)
		report_check(dump_messages(reader), SEVERITY_WARNING, NULL, (struct srcpos){ 0 },
			     "%zu more values, or what looks like some, are not read",
			     reader->unread - UNREAD_MOST);
	if (reader->others)
		report_check(dump_messages(reader), SEVERITY_WARNING, NULL, reader->other,
			     "%zu line%s inside of dumps, from this one on, %s no value of a VMCS",
			     reader->others, reader->others == 1 ? "" : "s",
			     reader->others == 1 ? "has" : "have");
	line_text_free(&reader->text);
	free(reader->shared);
	free(reader->pair_shared);
	free(reader->waiting.values);
	free(reader->waiting.unread);
}

/* Whether the source has a dump of this form. */
static bool has_form(const struct transcripts *transcripts, const struct dump_form *form)
{
	struct messages unseen = { .to = stderr, .muted = true };
	struct transcripts tried = { .arena = transcripts->arena, .messages = &unseen,
				     .spec = transcripts->spec, .source = transcripts->source };
	struct dump_reader reader = { .transcripts = &tried, .form = form };

	read_form(&reader);
	transcripts_free(&tried);
	return reader.certain;
}

bool read_dumps(struct transcripts *transcripts)
{
	for (size_t i = 0; i < transcripts->spec->dump_count; i++) {
		struct dump_reader reader = { .transcripts = transcripts,
					      .form = &transcripts->spec->dumps[i] };

		if (!has_form(transcripts, reader.form))
			continue;
		read_form(&reader);
		return true;
	}
	return false;
}
