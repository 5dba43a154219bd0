// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ask KVM's own code: this is linked with a few of its functions, which run here as they would in
 * the kernel, and prints what they do.
 *
 *	ask copies		what is copied at an entry and at an exit, byte by byte
 *	ask members		where the members of the structures lie
 *	ask clamps		by what index each look-up loads
 *	ask vmwrite		what VMWRITE does to each field
 *	ask restore		what becomes of saved state that is wrong
 *	ask fields [WORD...]	what each question says to each encoding, on a CPU that may set all
 *				controls, or all of these words, in hexadecimal, in the order of
 *				questions.h
 *	ask offers [WORD...]	the words of controls that KVM offers an L1 on such a CPU
 *
 * What a line says is in Audit/Answers.pm, which reads it.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "questions.h"

#define REGION 4096
#define GROUPS 16
#define ENCODINGS (1ul << 17)

/* CPU time, for all that is asked in a run: code that waits for what only a kernel has never ends. */
#define SECONDS 60

/*
 * Memory in which each word points to the middle of it: whatever pointer the code follows, it finds
 * more of the same.
 */
static void *mirrors[1 << 16];

/* As much of it as a structure has; what earlier code has written into the rest is gone. */
static char *reflect(size_t size)
{
	char **memory = malloc(size + sizeof(*memory));

	if (!memory)
		exit(4);
	for (size_t i = 0; i < sizeof(mirrors) / sizeof(*mirrors); i++)
		mirrors[i] = &mirrors[1 << 15];
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

static void attempt_copy(struct attempt *attempt, bool entry, uint8_t old, int shift,
			 unsigned int clean)
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
 * Whether a byte is written: it ends the same whatever it was before, and is 0 where the source is
 * nothing but zeros.  A copy that depends on the value does not count.
 */
static bool is_written(const struct attempt *zeros, const struct attempt *ones,
		       const struct attempt *nothing, int byte)
{
	return zeros[0].into[byte] == ones[0].into[byte] &&
	       zeros[1].into[byte] == ones[1].into[byte] && !nothing->into[byte];
}

/*
 * The two halves of where a byte comes from are two runs.  Print "WAY DIRTY INTO FROM" for each
 * that is written.
 */
static void print_copies(bool entry, const char *dirty, unsigned int clean)
{
	static struct attempt zeros[2], ones[2], nothing;

	for (int half = 0; half < 2; half++) {
		attempt_copy(&zeros[half], entry, 0x00, 8 * half, clean);
		attempt_copy(&ones[half], entry, 0xff, 8 * half, clean);
	}
	attempt_copy(&nothing, entry, 0xff, 16, clean);
	for (int i = 0; i < REGION; i++) {
		if (!is_written(zeros, ones, &nothing, i))
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

static bool finds(const struct question *question, unsigned long encoding)
{
	return question->ask(encoding, &(unsigned int){ 0 }) > 0;
}

/*
 * All encodings, with the bits that none has: 15 and 16 always, and each other of a register once.
 */
static void ask_fields(void)
{
	for (const struct question *question = questions; question->name; question++) {
		for (unsigned long encoding = 0; encoding < ENCODINGS; encoding++)
			ask_field(question, encoding);
		for (int bit = 17; bit < 64; bit++)
			for (unsigned long encoding = 0; encoding < 1ul << 15; encoding++)
				if (finds(question, encoding | 1ul << bit)) {
					ask_field(question, encoding | 1ul << bit);
					break;
				}
	}
}

/*
 * A clamp may give another index than it was asked for: what is found then tells whether the load
 * went by it.  It is told what it was asked for.
 */
static struct {
	bool replaces;
	unsigned long by, index, size;
} clamp;

unsigned long question_clamp(unsigned long index, unsigned long size)
{
	clamp.index = index;
	clamp.size = size;
	return clamp.replaces ? clamp.by : index;
}

/* What a question answers by an index that a clamp gives, in the place of the encoding's. */
static long answer_by(const struct question *question, unsigned long encoding, unsigned long index)
{
	long answer;

	clamp.replaces = true;
	clamp.by = index;
	answer = question->ask(encoding, &(unsigned int){ 0 });
	clamp.replaces = false;
	return answer;
}

/*
 * Print "NAME FOUND FOLLOWED SIZE HIGHEST": how many encodings are found; how many of them find
 * what another has if the clamp gives the other's index; the size that is clamped to, and the
 * highest index.
 */
static void ask_clamp(const struct question *question)
{
	unsigned long found = 0, followed = 0, highest = 0, size = 0, other = 0;
	long last = 0;

	for (unsigned long encoding = 0; encoding < 1ul << 15; encoding++) {
		long answer;

		clamp.index = clamp.size = 0;
		answer = question->ask(encoding, &(unsigned int){ 0 });
		if (answer <= 0)
			continue;
		highest = clamp.index > highest ? clamp.index : highest;
		size = clamp.size;
		followed += !found++ || (answer_by(question, encoding, other) == last);
		question->ask(encoding, &(unsigned int){ 0 });
		other = clamp.index;
		last = answer;
	}
	printf("%s %lu %lu %lu %lu\n", question->name, found, followed, size, highest);
}

static void ask_clamps(void)
{
	for (const struct question *question = questions; question->name; question++)
		ask_clamp(question);
}

/* Print "ENCODING STATUS KEPT" of a VMWRITE of all ones; what no field has is refused with 12. */
static void ask_vmwrite(void)
{
	for (unsigned long encoding = 0; encoding < 1ul << 15; encoding++) {
		unsigned long kept = 0;
		long status = question_vmwrite(encoding, ~0ul, &kept);

		if (status != 12)
			printf("%lu %ld %lu\n", encoding, status, kept);
	}
}

static struct restored restore(const struct saved_state *saved)
{
	struct restored restored = { 0 };

	question_restore(saved, &restored);
	return restored;
}

static void print_restored(const char *what, const struct saved_state *saved)
{
	struct restored restored = restore(saved);

	printf("%s %lu %d %ld %d %lu %lu\n", what, saved->size, saved->shadow, restored.status,
	       restored.entered, restored.read[0], restored.read[1]);
}

/* Saved state of all sizes: print what is read beyond its end. */
static void restore_sizes(int shadow)
{
	for (unsigned long size = question_header; size <= question_header + 2 * REGION; size++) {
		const struct saved_state saved = { size, 1, shadow, 0, -1 };
		struct restored restored = restore(&saved);

		if (restored.read[0] > size || restored.read[1] > size)
			print_restored("size", &saved);
	}
}

/*
 * Print "WHAT SIZE SHADOW STATUS ENTERED READ READ": nothing is wrong; the id of the first struct
 * vmcs12 is, where L2 runs, and where it does not; that of the second; or a check fails.
 */
static void ask_restore(void)
{
	unsigned long size = question_header + 2 * REGION;

	for (int shadow = 0; shadow < 2; shadow++) {
		restore_sizes(shadow);
		print_restored("right", &(struct saved_state){ size, 1, shadow, 0, -1 });
		print_restored("id-1", &(struct saved_state){ size, 1, shadow, 1, -1 });
		for (int i = 0; question_checks[i]; i++)
			print_restored(question_checks[i],
				       &(struct saved_state){ size, 1, shadow, 0, i });
	}
	print_restored("id-1-kept", &(struct saved_state){ size, 0, 0, 1, -1 });
	print_restored("id-2", &(struct saved_state){ size, 1, 1, 2, -1 });
}

static void ask_members(void)
{
	for (const struct place *place = places; place->member; place++)
		printf("%s %s %zu %zu\n", place->structure, place->member, place->offset,
		       place->size);
}

/* Print each word in hexadecimal; one that a kernel lacks is 0. */
static void ask_offers(void)
{
	question_offer();
	for (const struct place *place = offers; place->member; place++) {
		uint64_t value = 0;

		memcpy(&value, (char *)question_cpu + place->offset, place->size);
		printf("%llx\n", (unsigned long long)value);
	}
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

/* All that can be asked. */
static const struct {
	const char *name;
	void (*ask)(void);
} asks[] = {
	{ "copies", ask_copies },
	{ "members", ask_members },
	{ "fields", ask_fields },
	{ "offers", ask_offers },
	{ "clamps", ask_clamps },
	{ "vmwrite", ask_vmwrite },
	{ "restore", ask_restore },
};

int main(int argc, char **argv)
{
	if (setrlimit(RLIMIT_CPU, &(struct rlimit){ SECONDS, SECONDS }))
		return 4;
	set_controls(argc > 2 ? argc - 2 : 0, argv + 2);
	question_prepare();
	for (size_t i = 0; argc > 1 && i < sizeof(asks) / sizeof(*asks); i++) {
		if (strcmp(argv[1], asks[i].name))
			continue;
		asks[i].ask();
		return fflush(stdout) || ferror(stdout) ? 4 : 0;
	}
	return 2;
}
