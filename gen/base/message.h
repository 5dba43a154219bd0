/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Messages about the input, as gcc writes them:
 *
 *	spec/fields.vmcs:12:2: error: text [-Wname]
 *	   12 | 	0x0000  virtual_processor_id
 *	      | 	^~~~~~
 *	spec/fields.vmcs:7:2: note: the other party
 *
 * Columns count characters.  Without a place, "vmcsgen" stands for the position.
 * A line of more than 160 bytes is cut to what is around the span.
 */
#ifndef VMCSGEN_MESSAGE_H
#define VMCSGEN_MESSAGE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/srcpos.h"

/* The exit statuses; documented in vmcsgen(1). */
enum exit_status {
	EXIT_FINE = 0,
	EXIT_CHECK_FAILED = 1,		/* or, for diff: a difference */
	EXIT_WRONG_USAGE = 2,
	EXIT_BAD_INPUT = 3,
	EXIT_FAILED_IO = 4,
};

struct messages {
	FILE *to;
	bool colour;
	unsigned int errors, warnings;
	enum exit_status status;	/* the worst that was reported */
	bool silent;			/* the last message was not shown, nor are its notes */
	bool muted;			/* messages count but are not shown */
	FILE *held;			/* errors and their notes are held here, or NULL */
	bool note_held;			/* a note belongs to the last of these */
};

enum severity { SEVERITY_OFF, SEVERITY_WARNING, SEVERITY_ERROR };

/*
 * Report that the input at @pos can't be used.  The status becomes
 * EXIT_BAD_INPUT.  @format is printf's, without a newline.
 */
void report_error(struct messages *messages, struct srcpos pos, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same with another status: the system failed, or the usage is wrong. */
void report_status(struct messages *messages, enum exit_status status, struct srcpos pos,
		   const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#define report_io(messages, pos, ...) \
	report_status(messages, EXIT_FAILED_IO, pos, __VA_ARGS__)
#define report_usage(messages, ...) \
	report_status(messages, EXIT_WRONG_USAGE, (struct srcpos){ 0 }, __VA_ARGS__)

/* Exit with this status, unless a worse one has been reported. */
void messages_worsen(struct messages *messages, enum exit_status status);

/*
 * Report a finding of the check @name.  An error makes the status
 * EXIT_CHECK_FAILED, a warning leaves it alone.
 */
void report_check(struct messages *messages, enum severity severity, const char *name,
		  struct srcpos pos, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* Add a note to the last message if that was shown: the other party, or a hint. */
void report_note(struct messages *messages, struct srcpos pos, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Report that the system failed: "vmcsgen: text: strerror".  EXIT_FAILED_IO. */
void report_failure(struct messages *messages, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
