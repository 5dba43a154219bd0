/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Images as they are kept outside of a guest: what KVM_GET_NESTED_STATE returned,
 * struct kvm_nested_state with none, one or two images after it, or an image alone,
 * a bare one, which messages call a page.  A file has one or more of them, one after another.
 * A VMM may save a state in a buffer for the largest one: then zeroes follow it.
 */
#ifndef VMCSGEN_BLOB_H
#define VMCSGEN_BLOB_H

#include "language/spec.h"

enum {
	IMAGE_SIZE = 4096,
	STATE_HEADER = 128,
	STATE_IMAGES = 2,		/* vmcs12 and the one that it links to */
};

/* In the first word of an image: it is a shadow VMCS.  The other bits are its id. */
#define IMAGE_SHADOW 0x80000000u

struct image {
	const unsigned char *bytes;
	const struct revision *revision;
	uint32_t offset;		/* in its blob */
};

struct blob {
	const unsigned char *bytes;
	uint32_t size;			/* of all of it */
	bool bare;			/* one image and no header */
	uint64_t number;		/* in the file, from 1 */
	uint64_t at;			/* its first byte, in the file */
	struct image images[STATE_IMAGES];
	unsigned int count;
};

enum { BLOBS_BUFFER = 1 << 20 };

/*
 * A file of blobs, as it is read; whoever opens it fills in @messages, @spec, @layout and
 * @from.  Where several revisions share an id, it stands for @from, if that has it, else
 * for the last of them that `list` prints.
 */
struct blobs {
	struct messages *messages;
	const struct spec *spec;
	const struct layout *layout;	/* that all images are to be of, or NULL */
	const struct revision *from;	/* or NULL */
	const char *name;		/* of the file, as messages have it */
	int fd;
	unsigned char *buffer;
	size_t len, next;		/* bytes in the buffer; where the next blob begins */
	uint64_t before;		/* bytes of the file ahead of those */
	uint64_t number;		/* of the blobs that there were */
	uint32_t slack;			/* zeroes that may follow the last one in its buffer */
	bool ended;			/* nothing more can be read */
	bool from_met, from_missed;	/* an image has the id of @from, or has not */
	struct blob blob;		/* the last of them, or the one that is looked at */
};

/*
 * Open @path, or standard input if that is NULL.  False after a message.
 * blobs_close() in any case.
 */
bool blobs_open(struct blobs *blobs, const char *path);
void blobs_close(struct blobs *blobs);

/*
 * Read on: what blobs_next() has returned is gone.  False at the end, or after a message:
 * about a failure, a file that ends within a blob, or any that was reported before.
 */
bool blobs_read(struct blobs *blobs);

/*
 * Pass over the zeroes that follow the last blob in its buffer, of those bytes that have been
 * read; returns how many they are.  It is to be called ahead of each blobs_next(), and after
 * the last one.
 */
uint32_t blobs_slack(struct blobs *blobs);

/*
 * The next blob of those that have been read, at most BLOBS_BUFFER bytes in all.  NULL if
 * the next one has not been read whole, or after a message: it is none, or an image in it
 * is none of the layout.
 */
const struct blob *blobs_next(struct blobs *blobs);

/*
 * Report what is wrong with the last blob at its byte @offset, as "FILE, page 1, byte
 * 312: text", with its byte in the file.
 */
void blobs_error(const struct blobs *blobs, uint32_t offset, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Why @revision can have no image, as what follows its name; or NULL. */
const char *image_fault(const struct revision *revision);

/* The number in @size bytes, at most 8, the lowest first. */
static inline uint64_t number_at(const unsigned char *bytes, uint32_t size)
{
	uint64_t number = 0;

	while (size--)
		number = number << 8 | bytes[size];
	return number;
}

#endif
