// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ask KVM's own code: this is linked with a few of its functions, which run here as they would in
 * the kernel, and prints what they do.
 *
 *	ask copies		what is copied at an entry and at an exit, byte by byte
 *	ask members		where the members of the structures lie
 *	ask fields [WORD...]	what each question says to each encoding, on a CPU that may set all
 *				controls, or all of these words, in hexadecimal, in the order of questions.h
 *
 * What a line says is in Audit/Answers.pm, which reads it.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "questions.h"

#define REGION 4096
#define GROUPS 16
#define ENCODINGS (1ul << 17)

/*
 * Memory in which each word points to the middle of it: whatever pointer the code follows, it finds
 * more of the same.
 */
static void *mirrors[1 << 16];

static char *reflect(size_t size)
{
	char **memory = malloc(size + sizeof(*memory));

	if (!memory)
		exit(4);
	for (size_t i = 0; i <= size / sizeof(*memory); i++)
		memory[i] = (char *)&mirrors[1 << 15];
	return (char *)memory;
}

/* One run of a copy: into what memory that was filled with @old becomes, from bytes of @source. */
struct attempt {
	uint8_t into[REGION];
};

static void fill_source(uint8_t *source, int shift)
{
	for (int i = 0; i < REGION; i++)
		source[i] = i >> shift;
}

static void attempt_copy(struct attempt *attempt, bool entry, uint8_t old, int shift, unsigned int clean)
{
	uint8_t source[REGION];
	char *vmx = reflect(question_vcpu_size());

	fill_source(source, shift);
	memset(attempt->into, old, REGION);
	if (entry)
		question_entry(vmx, attempt->into, source, clean);
	else
		question_exit(vmx, source, attempt->into);
	free(vmx);
}

/*
 * A byte is written if it ends the same whatever it was before; the two halves of where it comes from
 * are two runs.  Print "WAY DIRTY INTO FROM" for each.
 */
static void print_copies(bool entry, const char *dirty, unsigned int clean)
{
	static struct attempt zeros[2], ones[2];

	for (int half = 0; half < 2; half++) {
		attempt_copy(&zeros[half], entry, 0x00, 8 * half, clean);
		attempt_copy(&ones[half], entry, 0xff, 8 * half, clean);
	}
	for (int i = 0; i < REGION; i++) {
		if (zeros[0].into[i] != ones[0].into[i] || zeros[1].into[i] != ones[1].into[i])
			continue;
		printf("%s %s %d %d\n", entry ? "entry" : "exit", dirty, i,
		       zeros[1].into[i] << 8 | zeros[0].into[i]);
	}
}

static void ask_copies(void)
{
	unsigned int all = (1u << GROUPS) - 1;
	char name[16];

	print_copies(true, "all", 0);
	print_copies(true, "none", all);
	for (int i = 0; i < GROUPS; i++) {
		snprintf(name, sizeof(name), "%d", i);
		print_copies(true, name, all & ~(1u << i));
	}
	print_copies(false, "all", 0);
}

/* Print "NAME ENCODING ANSWER GROUPS" where the answer is positive. */
static void ask_field(const struct question *question, unsigned long encoding)
{
	unsigned int groups = 0;
	long answer = question->ask(encoding, &groups);

	if (answer > 0)
		printf("%s %lu %ld %u\n", question->name, encoding, answer, groups);
}

/* All encodings, with the bits that none has: 15 and 16 always, and each other of a register once. */
static void ask_fields(void)
{
	for (const struct question *question = questions; question->name; question++) {
		for (unsigned long encoding = 0; encoding < ENCODINGS; encoding++)
			ask_field(question, encoding);
		for (int bit = 17; bit < 64; bit++)
			for (unsigned long encoding = 0; encoding < 1ul << 15; encoding++)
				if (question->ask(encoding | 1ul << bit, &(unsigned int){ 0 }) > 0) {
					ask_field(question, encoding | 1ul << bit);
					break;
				}
	}
}

static void ask_members(void)
{
	for (const struct place *place = places; place->member; place++)
		printf("%s %s %zu %zu\n", place->structure, place->member, place->offset, place->size);
}

/* Say which controls the CPU has; those of the words that are not given, all. */
static void set_controls(int count, char **words)
{
	memset(question_cpu, 0xff, question_cpu_size);
	for (int i = 0; i < count; i++) {
		const struct place *place = &controls[i];
		uint64_t value = strtoull(words[i], NULL, 16);

		if (place->member)
			memcpy((char *)question_cpu + place->offset, &value, place->size);
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	for (size_t i = 0; i < sizeof(mirrors) / sizeof(*mirrors); i++)
		mirrors[i] = &mirrors[1 << 15];
	set_controls(argc > 2 ? argc - 2 : 0, argv + 2);
	question_prepare();
	if (!strcmp(what, "copies"))
		ask_copies();
	else if (!strcmp(what, "members"))
		ask_members();
	else if (!strcmp(what, "fields"))
		ask_fields();
	else
		return 2;
	return fflush(stdout) || ferror(stdout) ? 4 : 0;
}
