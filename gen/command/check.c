// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The verb check. */
#include "command/session.h"
#include "command/verbs.h"

enum exit_status verb_check(const struct options *options)
{
	struct session session;

	session_begin(&session, options);
	session_read_checked(&session);
	return session_end(&session);
}
