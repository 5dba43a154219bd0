// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include <vmcs12/evmcs-first.h>
#include <vmcs12/rfc-2017.h>

#include "image.h"
#include "words.h"

#define VMCS_REVISION linux_6_1
#define VMCS_CANONICAL linux_6_1
#include <vmcs12/accessors.h>
#define VMCS_REVISION rfc_2017
#define VMCS_CANONICAL linux_6_1
#include <vmcs12/accessors.h>
#define VMCS_REVISION evmcs_first
#define VMCS_CANONICAL linux_6_1
#include <vmcs12/accessors.h>

#define REVISION(c_name, text) {						\
	.name = text,								\
	.id = vmcs12_##c_name##_revision_id,					\
	.size = sizeof(struct vmcs12_##c_name),					\
	.from_default = &vmcs12_linux_6_1_to_##c_name,				\
	.to_default = &vmcs12_##c_name##_to_linux_6_1,				\
}

const struct revision revisions[REVISIONS] = {
	REVISION(linux_6_1, "linux-6.1"),
	REVISION(rfc_2017, "rfc-2017"),
	REVISION(evmcs_first, "evmcs-first"),
};

unsigned int default_offset(uint32_t encoding)
{
	return vmcs12_linux_6_1_offset(encoding);
}

static void move(const struct vmcs_translation *translation, uint8_t *to, const uint8_t *from)
{
	for (unsigned int i = 0; i < translation->run_count; i++)
		memcpy(to + translation->runs[i].to, from + translation->runs[i].from,
		       translation->runs[i].bytes);
}

uint32_t id_from_default(const struct revision *revision, uint32_t word)
{
	uint32_t id = word & ~SHADOW_BIT, bit = word & SHADOW_BIT;

	if (id == DEFAULT_ID)
		return revision->id | bit;
	if (id == revision->id)
		return DEFAULT_ID | bit;
	return word;
}

static void swap_ids(const struct revision *revision, uint8_t *image)
{
	uint32_t word;

	memcpy(&word, image, sizeof(word));
	word = id_from_default(revision, word);
	memcpy(image, &word, sizeof(word));
}

void image_from_default(const struct revision *revision, uint8_t to[PAGE],
			const uint8_t from[PAGE])
{
	if (revision == &revisions[0]) {
		copy_words(to, from, PAGE);
		return;
	}
	fill_words(to, UNREACHED, PAGE);
	move(revision->from_default, to, from);
	swap_ids(revision, to);
}

void image_to_default(const struct revision *revision, uint8_t to[PAGE],
		      const uint8_t from[PAGE])
{
	fill_words(to, 0, PAGE);
	move(revision->to_default, to, from);
	if (revision != &revisions[0])
		swap_ids(revision, to);
}

void image_fill_unreached(uint8_t image[PAGE])
{
	uint8_t filled[PAGE];

	memset(filled, UNREACHED, PAGE);
	move(revisions[0].to_default, filled, image);
	memcpy(image, filled, PAGE);
}

size_t image_unreached_differ(const struct revision *revision, const uint8_t *image,
			      const uint8_t *other)
{
	const struct vmcs_translation *reached = revision->to_default;
	uint8_t cleared[2][PAGE];
	size_t count = 0;

	memcpy(cleared[0], image, revision->size);
	memcpy(cleared[1], other, revision->size);
	for (unsigned int i = 0; i < reached->run_count; i++) {
		memset(cleared[0] + reached->runs[i].from, 0, reached->runs[i].bytes);
		memset(cleared[1] + reached->runs[i].from, 0, reached->runs[i].bytes);
	}
	if (!memcmp(cleared[0], cleared[1], revision->size))
		return 0;
	for (size_t i = 0; i < revision->size; i++)
		count += cleared[0][i] != cleared[1][i];
	return count;
}
