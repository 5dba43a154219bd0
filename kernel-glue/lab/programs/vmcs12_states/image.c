// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "image.h"
#include "words.h"

#define VMCS_REVISION(c_name, text) {						\
	.name = text,								\
	.id = vmcs12_##c_name##_id,						\
	.size = vmcs12_##c_name##_size,						\
	.launch_state = vmcs12_##c_name##_launch_state,				\
	.map = vmcs12_##c_name##_map,						\
},

const struct revision revisions[REVISIONS] = {
#include <vmcs12/revision-list.h>
};

static const uint32_t encodings[] = {
#define VMCS_FIELD(name) VMCS_ENC_##name,
#include <vmcs_fields.h>
};

unsigned int default_offset(uint32_t encoding)
{
	return vmcs_offset(revisions[0].map, encoding);
}

/* What an image begins with in every revision: the id, and the VMX-abort indicator. */
#define HEADER 8

/* Move what both have of the header, the launch state, and the fields that VMREAD reaches. */
static void move(const struct revision *to, uint8_t *to_image,
		 const struct revision *from, const uint8_t *from_image)
{
	memcpy(to_image, from_image, HEADER);
	memcpy(to_image + to->launch_state, from_image + from->launch_state, sizeof(uint32_t));
	for (size_t i = 0; i < ARRAY_SIZE(encodings); i++) {
		unsigned int to_offset = vmcs_offset(to->map, encodings[i]);
		unsigned int from_offset = vmcs_offset(from->map, encodings[i]);

		if (to_offset && from_offset)
			memcpy(to_image + to_offset, from_image + from_offset,
			       vmcs_bytes(encodings[i]));
	}
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
	move(revision, to, &revisions[0], from);
	swap_ids(revision, to);
}

void image_to_default(const struct revision *revision, uint8_t to[PAGE],
		      const uint8_t from[PAGE])
{
	fill_words(to, 0, PAGE);
	move(&revisions[0], to, revision, from);
	if (revision != &revisions[0])
		swap_ids(revision, to);
}

void image_fill_unreached(uint8_t image[PAGE])
{
	uint8_t filled[PAGE];

	memset(filled, UNREACHED, PAGE);
	move(&revisions[0], filled, &revisions[0], image);
	memcpy(image, filled, PAGE);
}

/* Clear what move() would move between an image of the default revision and this one. */
static void clear_reached(const struct revision *revision, uint8_t *image)
{
	static const uint8_t nothing[PAGE];

	move(revision, image, &revisions[0], nothing);
}

size_t image_unreached_differ(const struct revision *revision, const uint8_t *image,
			      const uint8_t *other)
{
	uint8_t cleared[2][PAGE];
	size_t count = 0;

	memcpy(cleared[0], image, revision->size);
	memcpy(cleared[1], other, revision->size);
	clear_reached(revision, cleared[0]);
	clear_reached(revision, cleared[1]);
	if (!memcmp(cleared[0], cleared[1], revision->size))
		return 0;
	for (size_t i = 0; i < revision->size; i++)
		count += cleared[0][i] != cleared[1][i];
	return count;
}
