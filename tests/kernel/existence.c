// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Compares the kernel's decision with the generated one, field by field, for each control alone,
 * for all controls but one, and for all combinations of those that matter in this, where all
 * others may be 1 and where none of them may.
 */
#include <stdio.h>

#include "vmcs12/exists.h"
#include "vmcs12/linux-map.h"
#include "existence.h"

enum { BITS = 5 * 32 + 64, MOST = 8 };

/* Set one of all controls, of which the tertiary ones are the last. */
static void put(struct words *words, unsigned int bit, bool one)
{
	u32 *all[] = { &words->pin, &words->cpu, &words->secondary, &words->exit, &words->entry };

	if (bit < 5 * 32)
		*all[bit / 32] = (*all[bit / 32] & ~(1U << bit % 32)) | (u32)one << bit % 32;
	else
		words->tertiary = (words->tertiary & ~(1ULL << (bit - 5 * 32))) |
				  (unsigned long long)one << (bit - 5 * 32);
}

static struct words filled(bool ones)
{
	struct words words = { 0 };

	for (unsigned int bit = 0; bit < BITS; bit++)
		put(&words, bit, ones);
	return words;
}

static bool our_exists(const struct words *words, u32 encoding)
{
	const struct vmcs_controls may = {
		.pin_based_vm_exec_control = words->pin,
		.cpu_based_vm_exec_control = words->cpu,
		.secondary_vm_exec_control = words->secondary,
		.tertiary_vm_exec_control = words->tertiary,
		.vm_exit_controls = words->exit,
		.vm_entry_controls = words->entry,
	};

	return vmcs12_field_exists(&may, encoding);
}

static bool differ(const struct words *words, u32 encoding, const char *what)
{
	bool kernel = kernel_exists(words, encoding), ours = our_exists(words, encoding);

	if (kernel != ours)
		printf("difference,0x%04x,%s,%d,%d\n", encoding, what, kernel, ours);
	return kernel != ours;
}

/* The controls whose bit alone changes what either side says. */
static unsigned int relevant(u32 encoding, unsigned int *bits)
{
	unsigned int count = 0;

	for (unsigned int bit = 0; bit < BITS; bit++) {
		bool counts = false;

		for (int ones = 0; ones < 2; ones++) {
			const struct words before = filled(ones);
			struct words words = before;

			put(&words, bit, !ones);
			differ(&words, encoding, "one control");
			counts |= kernel_exists(&words, encoding) != kernel_exists(&before, encoding) ||
				  our_exists(&words, encoding) != our_exists(&before, encoding);
		}
		if (counts && count < MOST)
			bits[count++] = bit;
	}
	return count;
}

/* All combinations of the controls that some field depends on, for all fields. */
static void compare_all(const unsigned int *bits, unsigned int count)
{
	unsigned long tried = 0;

	for (int ones = 0; ones < 2; ones++)
		for (unsigned int set = 0; set < 1U << count; set++) {
			struct words words = filled(ones);

			for (unsigned int i = 0; i < count; i++)
				put(&words, bits[i], set >> i & 1);
			for (unsigned int slot = 0; slot < VMCS_SLOTS; slot++, tried++)
				if (vmcs12_linux_map[slot] &&
				    differ(&words, vmcs_slot_encodings[slot], "all"))
					return;
		}
	printf("combinations,%u,%lu,,\n", count, tried);
}

int main(void)
{
	unsigned int all[BITS], count = 0;
	bool seen[BITS] = { false };

	puts("kind,what,number,kernel,ours");
	for (unsigned int slot = 0; slot < VMCS_SLOTS; slot++) {
		unsigned int bits[MOST], some;
		u32 encoding = vmcs_slot_encodings[slot];

		if (!vmcs12_linux_map[slot])
			continue;
		some = relevant(encoding, bits);
		for (unsigned int i = 0; i < some; i++)
			if (!seen[bits[i]]) {
				seen[bits[i]] = true;
				all[count++] = bits[i];
			}
	}
	compare_all(all, count);
	return 0;
}
