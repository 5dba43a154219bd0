/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Images outside of a guest: the result of KVM_GET_NESTED_STATE, struct kvm_nested_state followed
 * by up to two images, or a single bare image, which messages call a page.  A file has one or more
 * of them, one after another.  A VMM may save a state in a buffer for the largest one: then zeroes
 * follow it.
 */
#ifndef VMCSGEN_BLOB_H
#define VMCSGEN_BLOB_H

#include "base/source.h"
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
 * A file of blobs, while it is read.  Whoever opens it fills in @messages, @spec, @layout and
 * @from.  An id of several revisions means @from, if that has it, else the last one that `list`
 * prints.
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
 * The whole file if it is text, which a name or a number of a VMCS may be in; nothing else can be
 * read of it then.  It is in @arena.  NULL if it has blobs, or after a message.  Ask this first.
 */
struct source *blobs_text(struct blobs *blobs, struct arena *arena);

/*
 * Read more; the results of blobs_next() are gone.  False at the end, or after a message: a
 * failure, a file that ends within a blob, or an earlier message.
 */
bool blobs_read(struct blobs *blobs);

/*
 * Skip the zeroes after the last blob in its buffer, as far as they have been read; returns how
 * many.  Call it before each blobs_next(), and after the last one.
 */
uint32_t blobs_slack(struct blobs *blobs);

/*
 * The next blob that has been read, of at most BLOBS_BUFFER bytes.  NULL if it is incomplete, or
 * after a message: it is not a blob, or it has an image of another layout.
 */
const struct blob *blobs_next(struct blobs *blobs);

/*
 * The next page of those that have been read whose first word has the id of a revision: a blob with
 * that image, of the revision that blobs_next() would take.  Pages begin at multiples of
 * IMAGE_SIZE.  NULL if there is none.
 */
const struct blob *blobs_scan(struct blobs *blobs);

/*
 * Report a fault of the last blob at its byte @offset, as "FILE, page 1, byte 312: text", where the
 * byte is that in the file.
 */
void blobs_error(const struct blobs *blobs, uint32_t offset, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Why @revision can have no image, as a text to follow its name; or NULL. */
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
