// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The verb check. */
#include "command/session.h"

enum exit_status verb_check(const struct options *options)
{
	struct session session;

	session_begin(&session, options);
	session_load(&session);
	return session_end(&session);
}
